import { ImagePlus } from 'lucide-react';

export function DropVeil() {
  return (
    <div className="border-accent bg-surface/85 rounded-panel pointer-events-none fixed inset-2 z-50 flex flex-col items-center justify-center gap-3 border-2 border-dashed md:left-[calc(var(--sidebar)+8px)]">
      <ImagePlus aria-hidden className="text-accent-text size-8" strokeWidth={1.5} />
      <p className="text-lead">Drop images and videos to add them to the gallery</p>
    </div>
  );
}
