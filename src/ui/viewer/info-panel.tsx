'use client';
import { Copy, X } from 'lucide-react';
import type { Media } from '#core/media.ts';
import { copyPrompt } from '../kit/copy-prompt.ts';
import { IconButton } from '../kit/button.tsx';
import { showToast } from '../kit/feedback.ts';
import { groundingLinks, isDemo, mediaFacts } from './media-facts.ts';

async function copySettings(media: Media) {
  const { prompt, kind, model, seed, settings } = media;
  try {
    await navigator.clipboard.writeText(JSON.stringify({ kind, prompt, model, seed, settings }, null, 2));
    showToast('Settings copied');
  } catch {
    showToast('The browser did not allow copying.');
  }
}

export function InfoPanel({ media, onClose }: { media: Media; onClose: () => void }) {
  const links = groundingLinks(media);
  return (
    <aside
      aria-label="Details"
      className="border-line bg-surface rounded-t-panel flex max-h-[60dvh] w-full flex-col overflow-y-auto border-t beside:max-h-none beside:w-80 beside:rounded-none beside:border-t-0 beside:border-l"
    >
      <div className="flex items-center justify-between py-2 pr-2 pl-5">
        <h2 className="font-medium">Details</h2>
        <IconButton label="Close details" icon={X} tipSide="left" onClick={onClose} />
      </div>
      <div className="flex flex-col gap-5 px-5 pb-6">
        {media.prompt ? (
          <section>
            <div className="flex items-center justify-between">
              <h3 className="text-quiet text-note">Prompt</h3>
              <IconButton
                label="Copy prompt"
                icon={Copy}
                tipSide="left"
                className="-mr-2"
                onClick={() => void copyPrompt(media.prompt)}
              />
            </div>
            <p className="break-words whitespace-pre-wrap select-text">{media.prompt}</p>
          </section>
        ) : null}
        {isDemo(media) ? (
          <p className="bg-hover rounded-lg px-3 py-2">Demo: drawn on this server without a model.</p>
        ) : null}
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
          {mediaFacts(media).map(({ name, value }) => (
            <div key={name} className="contents">
              <dt className="text-quiet">{name}</dt>
              <dd className="text-right break-words tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        {media.urls.sources ? (
          <section>
            <h3 className="text-quiet text-note mb-1">Made from</h3>
            <ul className="flex flex-wrap gap-1.5">
              {media.urls.sources.map((url, index) => (
                <li key={url}>
                  <a href={url} download className="rounded-tile block">
                    <img
                      src={url}
                      alt={`Source ${index + 1}`}
                      loading="lazy"
                      decoding="async"
                      className="rounded-tile checker h-20 w-auto max-w-full object-cover"
                    />
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {links.length > 0 ? (
          <section>
            <h3 className="text-quiet text-note mb-1">Grounding links</h3>
            <ul className="flex flex-col gap-1">
              {links.map((link) => (
                <li key={link} className="truncate">
                  <a
                    className="text-accent-text underline"
                    href={link}
                    target="_blank"
                    rel="noopener noreferrer"
                  >
                    {link}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {media.prompt ? (
          <button
            type="button"
            className="border-line-strong hover:bg-hover touch:h-11 flex h-9 items-center justify-center gap-2 rounded-lg border"
            onClick={() => void copySettings(media)}
          >
            <Copy aria-hidden className="size-4" />
            Copy settings
          </button>
        ) : null}
      </div>
    </aside>
  );
}
