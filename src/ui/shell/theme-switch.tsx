'use client';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useTheme } from 'next-themes';
import { useSyncExternalStore } from 'react';
import { IconButton } from '../kit/button.tsx';

const THEMES = [
  { value: 'system', label: 'Theme: system', icon: Monitor },
  { value: 'light', label: 'Theme: light', icon: Sun },
  { value: 'dark', label: 'Theme: dark', icon: Moon },
] as const;

const never = () => () => {};

/** One button that goes round: system, light, dark. The choice is known only in the browser. */
export function ThemeSwitch({ tipSide = 'right' }: { tipSide?: 'right' | 'left' }) {
  const { theme, setTheme } = useTheme();
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const at = inBrowser ? THEMES.findIndex((option) => option.value === theme) : 0;
  const current = THEMES[at] ?? THEMES[0];
  const next = THEMES[(at + 1) % THEMES.length] ?? THEMES[0];
  return (
    <IconButton
      label={current.label}
      icon={current.icon}
      tipSide={tipSide}
      onClick={() => setTheme(next.value)}
    />
  );
}
