import { ratioOf } from './draft.ts';

/** The shape of an aspect, of the same area for each. */
export function AspectMark({ aspect }: { aspect: string }) {
  const root = Math.sqrt(ratioOf(aspect));
  return (
    <span aria-hidden className="flex size-5 items-center justify-center">
      <span
        className="border-mark rounded-[2px] border-[1.5px]"
        style={{ width: `${Math.min(20, 13 * root)}px`, height: `${Math.min(20, 13 / root)}px` }}
      />
    </span>
  );
}
