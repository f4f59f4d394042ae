'use client';
import { Dice5, Image, Palette, SlidersHorizontal, Video, X } from 'lucide-react';
import type { Model } from '#client/use-models.ts';
import type { Kind } from '#core/settings.ts';
import { CHIP, ChoiceChip } from '../kit/choice-chip.tsx';
import { ASPECTS, MAX_COUNT, randomSeed, STYLES, type Draft, type ModelField } from './draft.ts';
import { AspectMark } from './aspect-mark.tsx';

const KINDS = [
  { kind: 'image', label: 'Image', icon: Image },
  { kind: 'video', label: 'Video', icon: Video },
] as const;

const INNER =
  'touch:h-10 touch:min-w-11 inline-flex h-[26px] items-center gap-1.5 rounded-md px-2 transition-colors';

function KindSwitch({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  return (
    <fieldset className="border-line touch:h-11 flex h-8 shrink-0 items-center gap-0.5 rounded-lg border px-0.5">
      <legend className="sr-only">What to make</legend>
      {KINDS.map(({ kind: option, label, icon: Icon }) => (
        <label
          key={option}
          className={`${INNER} text-quiet hover:text-text has-checked:bg-hover has-checked:text-text has-focus-visible:outline-accent-text cursor-pointer has-focus-visible:outline-2`}
        >
          <input
            type="radio"
            name="kind"
            value={option}
            checked={kind === option}
            onChange={() => onChange(option)}
            className="sr-only"
          />
          <Icon aria-hidden className="size-4" strokeWidth={1.75} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function SeedChip({ seed, onChange }: { seed: string; onChange: (seed: string) => void }) {
  return (
    <div
      className={`${CHIP} has-[input:focus-visible]:outline-accent-text gap-0.5 px-0.5 has-[input:focus-visible]:outline-2`}
    >
      <button
        type="button"
        aria-label="Roll a seed"
        data-tip="Roll a seed"
        className={`tip ${INNER} text-quiet hover:text-text`}
        onClick={() => onChange(randomSeed())}
      >
        <Dice5 aria-hidden className="size-4" strokeWidth={1.75} />
      </button>
      <input
        type="text"
        inputMode="numeric"
        aria-label="Seed, empty for a new one each time"
        placeholder="Any seed"
        value={seed}
        maxLength={10}
        onChange={(event) => onChange(event.target.value.replaceAll(/\D/g, ''))}
        className="placeholder:text-text touch:h-10 w-[4.6rem] bg-transparent tabular-nums outline-none"
      />
      {seed === '' ? null : (
        <button
          type="button"
          aria-label="Any seed"
          className={`${INNER} text-quiet hover:text-text px-1`}
          onClick={() => onChange('')}
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </div>
  );
}

/** The controls of the composer in one row; on a narrow screen the row scrolls sideways. */
export function ComposerChips({
  draft,
  models,
  supports,
  more,
  onChange,
  onMore,
}: {
  draft: Draft;
  models: readonly Model[];
  supports: (field: ModelField) => boolean;
  more: boolean;
  onChange: (change: Partial<Draft>) => void;
  onMore: () => void;
}) {
  const { kind } = draft;
  const ofKind = models.filter((model) => model.kind === kind);
  const model = ofKind.find(({ id }) => id === draft.model[kind]) ?? ofKind[0];
  const styles = draft.style === '' || STYLES.includes(draft.style) ? STYLES : [...STYLES, draft.style];
  return (
    <div className="-mx-3 flex flex-wrap items-center gap-1.5 px-3 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:py-1 max-sm:[scrollbar-width:none]">
      <KindSwitch kind={kind} onChange={(next) => onChange({ kind: next })} />
      {model ? (
        <ChoiceChip
          label="Model"
          value={model.id}
          text={model.label}
          choices={ofKind.map(({ id, label, demo }) => ({
            value: id,
            label,
            note: demo ? 'No key, nothing leaves this computer' : undefined,
          }))}
          onChoose={(id) => onChange({ model: { ...draft.model, [kind]: id } })}
        />
      ) : null}
      {supports('aspect') ? (
        <ChoiceChip
          label="Aspect"
          value={draft.aspect[kind]}
          text={draft.aspect[kind]}
          mark={<AspectMark aspect={draft.aspect[kind]} />}
          choices={ASPECTS.map((aspect) => ({
            value: aspect,
            label: aspect,
            mark: <AspectMark aspect={aspect} />,
          }))}
          onChoose={(aspect) => onChange({ aspect: { ...draft.aspect, [kind]: aspect } })}
        />
      ) : null}
      <ChoiceChip
        label="Count"
        value={String(draft.count[kind])}
        text={`${draft.count[kind]} ${noun(kind, draft.count[kind])}`}
        choices={Array.from({ length: MAX_COUNT }, (_, at) => ({
          value: String(at + 1),
          label: `${at + 1} ${noun(kind, at + 1)}`,
        }))}
        onChoose={(count) => onChange({ count: { ...draft.count, [kind]: Number(count) } })}
      />
      {supports('seed') ? <SeedChip seed={draft.seed} onChange={(seed) => onChange({ seed })} /> : null}
      {supports('style') ? (
        <ChoiceChip
          label="Style"
          icon={Palette}
          value={draft.style}
          text={draft.style || 'Any style'}
          choices={[
            { value: '', label: 'Any style' },
            ...styles.map((style) => ({ value: style, label: style })),
          ]}
          onChoose={(style) => onChange({ style })}
        />
      ) : null}
      <button
        type="button"
        aria-expanded={more}
        aria-controls="more-settings"
        className={`${CHIP} ${more ? 'bg-hover' : ''}`}
        onClick={onMore}
      >
        <SlidersHorizontal aria-hidden className="text-quiet size-4" strokeWidth={1.75} />
        More
      </button>
    </div>
  );
}

const noun = (kind: Kind, count: number) => (kind === 'image' ? 'image' : 'clip') + (count === 1 ? '' : 's');
