import { showToast } from './feedback.ts';

export async function copyPrompt(prompt: string) {
  try {
    await navigator.clipboard.writeText(prompt);
    showToast('Prompt copied');
  } catch {
    showToast('The browser did not allow copying. Select the text instead.');
  }
}
