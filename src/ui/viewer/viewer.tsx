'use client';
import { ChevronLeft, ChevronRight, X } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, type ReactNode, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { toMediaId } from '#client/ids.ts';
import { useMedia, useMediaActions } from '#client/use-gallery.ts';
import type { Media, MediaId } from '#core/media.ts';
import { collectMedia } from '../collections/collecting.ts';
import { copyPrompt } from '../kit/copy-prompt.ts';
import { downloadMedia, purgeWithQuestion, starMedia, trashWithUndo } from '../gallery/media-commands.ts';
import { buttonClass, IconButton } from '../kit/button.tsx';
import { isTyping } from '../shell/is-typing.ts';
import { InfoPanel } from './info-panel.tsx';
import { ViewerActions } from './viewer-actions.tsx';
import type { ViewerProps } from './viewer-props.ts';
import { ViewerStage, type Stage } from './viewer-stage.tsx';
import { useInfoOpen } from './use-info-open.ts';
import { useInertShell } from './use-inert-shell.ts';

/** An address that holds no id is an address of nothing. */
export function Viewer({ id, ...props }: ViewerProps) {
  const mediaId = toMediaId(id);
  return mediaId ? <OpenViewer id={mediaId} {...props} /> : <NothingOpen onClose={props.onClose} />;
}

function NothingOpen({ onClose }: Pick<ViewerProps, 'onClose'>) {
  const frame = useRef<HTMLDivElement>(null);
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <Frame frame={frame}>
      <ViewerMessage status="missing" onClose={onClose} />
    </Frame>
  );
}

/** Everything beneath is out of reach while it is there. */
function Frame({ frame, children }: { frame: RefObject<HTMLDivElement | null>; children: ReactNode }) {
  useInertShell(frame);
  return createPortal(
    <div
      ref={frame}
      role="dialog"
      aria-modal="true"
      aria-label="Viewer"
      tabIndex={-1}
      className="dark bg-surface text-text fixed inset-0 z-40 flex flex-col outline-none beside:flex-row"
    >
      {children}
    </div>,
    document.body,
  );
}

function OpenViewer({ id, ids, onNearEnd, onShow, onClose }: ViewerProps & { id: MediaId }) {
  const { media, status } = useMedia(id);
  const actions = useMediaActions();
  const [infoOpen, setInfoOpen] = useInfoOpen();
  const frame = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage>(null);
  const at = ids.indexOf(id);
  const previous = at > 0 ? ids[at - 1] : undefined;
  const next = at >= 0 ? ids[at + 1] : undefined;
  const nearEnd = useEffectEvent(() => onNearEnd?.());
  useEffect(() => {
    if (at >= 0 && at > ids.length - 10) nearEnd();
  }, [at, ids.length]);

  const step = (by: 1 | -1) => {
    const to = by === 1 ? next : previous;
    if (to) onShow(to);
  };
  /** Goes to the neighbour that takes the place of a picture that leaves; closes when it was the last. */
  const leave = () => {
    const to = next ?? previous;
    if (to) onShow(to);
    else onClose();
  };
  const trash = (item: Media) => {
    leave();
    trashWithUndo(actions, [item.id]);
  };
  const purge = async (item: Media) => {
    if (await purgeWithQuestion(actions, [item.id])) leave();
  };
  const restore = (item: Media) => {
    leave();
    actions.restore([item.id]);
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const { target } = event;
    const elsewhere = target instanceof Node && target !== document.body && !frame.current?.contains(target);
    if (
      event.defaultPrevented ||
      elsewhere ||
      isTyping(target) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return;
    const inVideo = target instanceof HTMLVideoElement;
    const onControl = target instanceof Element && target.closest('a, button, video') !== null;
    const commands: Record<string, (() => void) | undefined> = {
      Escape: onClose,
      ArrowLeft: inVideo ? undefined : () => step(-1),
      ArrowRight: inVideo ? undefined : () => step(1),
      ' ': media?.kind === 'video' && !onControl ? () => stage.current?.playOrPause() : undefined,
      '+': () => stage.current?.zoomIn(),
      '=': () => stage.current?.zoomIn(),
      '-': () => stage.current?.zoomOut(),
      '0': () => stage.current?.fit(),
      f: () => stage.current?.full(),
      i: () => setInfoOpen(!infoOpen),
      s: media ? () => starMedia(actions, [media.id], !media.starred) : undefined,
      c: media?.prompt ? () => void copyPrompt(media.prompt) : undefined,
      l: media && !media.trashedAt ? () => collectMedia([media]) : undefined,
      d: media ? () => downloadMedia([media]) : undefined,
      Delete: media
        ? () => (event.shiftKey || media.trashedAt ? void purge(media) : trash(media))
        : undefined,
    };
    const command = commands[event.key];
    if (!command) return;
    event.preventDefault();
    command();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);

  return (
    <Frame frame={frame}>
      <div className="relative min-h-0 min-w-0 flex-1">
        {media ? (
          <ViewerStage key={media.id} media={media} ref={stage} onStep={step} />
        ) : (
          <ViewerMessage status={status} onClose={onClose} />
        )}
        <header className="pointer-events-none absolute inset-x-0 top-0 flex items-center justify-between gap-2 p-2 md:p-3 *:pointer-events-auto">
          <div className="bg-surface/70 flex items-center gap-1 rounded-lg backdrop-blur-sm">
            <IconButton label="Close" icon={X} onClick={onClose} tipSide="right" />
            {at >= 0 ? (
              <span className="text-quiet text-note pr-3 tabular-nums">
                {(at + 1).toLocaleString('en')} of {ids.length.toLocaleString('en')}
              </span>
            ) : null}
          </div>
          {media ? (
            <ViewerActions
              media={media}
              infoOpen={infoOpen}
              onInfo={() => setInfoOpen(!infoOpen)}
              onStar={() => starMedia(actions, [media.id], !media.starred)}
              onCollect={() => collectMedia([media])}
              onTrash={() => trash(media)}
              onRestore={() => restore(media)}
              onPurge={() => void purge(media)}
            />
          ) : null}
        </header>
        {previous ? <Arrow side="left" onClick={() => step(-1)} /> : null}
        {next ? <Arrow side="right" onClick={() => step(1)} /> : null}
      </div>
      {media && infoOpen ? <InfoPanel media={media} onClose={() => setInfoOpen(false)} /> : null}
    </Frame>
  );
}

function Arrow({ side, onClick }: { side: 'left' | 'right'; onClick: () => void }) {
  const Icon = side === 'left' ? ChevronLeft : ChevronRight;
  return (
    <button
      type="button"
      aria-label={side === 'left' ? 'Previous' : 'Next'}
      onClick={onClick}
      className={`text-text bg-surface/60 hover:bg-surface absolute top-1/2 flex size-11 -translate-y-1/2 items-center justify-center rounded-full backdrop-blur-sm transition-colors max-md:hidden ${side === 'left' ? 'left-3' : 'right-3'}`}
    >
      <Icon aria-hidden className="size-6" strokeWidth={1.5} />
    </button>
  );
}

function ViewerMessage({
  status,
  onClose,
}: Pick<ViewerProps, 'onClose'> & { status: ReturnType<typeof useMedia>['status'] }) {
  if (status === 'loading' || status === 'ready') {
    return (
      <p className="text-quiet motion-safe:animate-wait flex h-full items-center justify-center">Opening</p>
    );
  }
  return (
    <div className="flex h-full flex-col items-center justify-center gap-4 p-6 text-center">
      <p className="text-lead">
        {status === 'missing'
          ? 'There is no such picture in this library.'
          : 'This picture could not be fetched. It is kept on the server; try again when the connection is back.'}
      </p>
      <button type="button" className={buttonClass('plain')} onClick={onClose}>
        Go to the gallery
      </button>
    </div>
  );
}
