import type { Media } from '#core/media.ts';

export type DateGroup = {
  key: string;
  label: string;
  start: number;
  /** Exclusive. */
  end: number;
};

const iso = (date: Date) => date.toISOString();
const day = (now: Date, back: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - back);

/**
 * Sections of a list that is newest first: today, yesterday, the week by its days, then months, in local time.
 * Instants are compared as the UTC strings that they are: parsing 100,000 dates would cost more than the layout.
 * @param from The first item to look at: the first of a section.
 */
export function groupByDate(
  items: readonly Pick<Media, 'createdAt'>[],
  now: Date,
  locale?: string,
  from = 0,
): DateGroup[] {
  const groups: DateGroup[] = [];
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' });
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' });
  const recent = [
    { since: iso(day(now, 0)), label: 'Today' },
    { since: iso(day(now, 1)), label: 'Yesterday' },
    ...[2, 3, 4, 5, 6].map((back) => ({ since: iso(day(now, back)), label: weekday.format(day(now, back)) })),
  ];
  let floor: string | null = null;
  let current: DateGroup | null = null;
  for (let index = from; index < items.length; index++) {
    const createdAt = items[index]?.createdAt ?? '';
    if (!current || floor === null || createdAt < floor) {
      const section = recent.find(({ since }) => createdAt >= since);
      const date = new Date(createdAt);
      floor = section ? section.since : iso(new Date(date.getFullYear(), date.getMonth(), 1));
      const label = section?.label ?? month.format(date);
      current = { key: floor, label, start: index, end: index };
      groups.push(current);
    }
    current.end = index + 1;
  }
  return groups;
}
