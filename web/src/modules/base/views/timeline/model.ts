/** Who does what when: rows of people, the marks over them, and how much each has to do. Pure. */
import { type CellValue, idsOf } from '../../../../grid/model';
import type { TimeScale } from '../model';
import { type Day, dayAt, partsOf, startOfMonth, startOfWeek } from '../time/days';
import { inLanes, type Placed } from '../time/lanes';
import type { Timed } from '../time/useTimeRows';

/** The row of what nobody does. */
export const nobody = '';

/** From near to far. */
export const timeScales = ['day', 'week', 'month', 'quarter', 'year'] as const satisfies readonly TimeScale[];

/** Pixels of a day. */
export const dayWidth: Record<TimeScale, number> = { day: 72, week: 34, month: 14, quarter: 6, year: 3 };

/** Lanes of a person; what finds none is counted. */
export const mostLanes = 30;

export interface PersonRow {
  /** The member; `nobody` for what has none. */
  person: string;
  items: readonly Timed[];
  placed: readonly Placed<{ start: Day; end: Day; one: Timed }>[];
  lanes: number;
  /** The most that found no lane on one day. */
  hidden: number;
}

const peopleOf = (one: Timed, field: string): readonly string[] => {
  const people = idsOf(one.row.cells[field] as CellValue);
  return people.length > 0 ? people : [nobody];
};

/** Who has what, by person; what several do is with each of them. */
export function byPerson(timed: readonly Timed[], field: string): Map<string, Timed[]> {
  const all = new Map<string, Timed[]>();
  for (const one of timed) {
    for (const person of peopleOf(one, field)) {
      const items = all.get(person);
      if (items) items.push(one);
      else all.set(person, [one]);
    }
  }
  for (const items of all.values()) {
    items.sort(({ span: a }, { span: b }) => a.start - b.start || b.end - a.end || a.from - b.from);
  }
  return all;
}

export function rowOf(person: string, items: readonly Timed[], from: Day, to: Day): PersonRow {
  const lasting = items.map((one) => ({ start: one.span.start, end: one.span.end, one }));
  const { placed, hidden } = inLanes(lasting, from, to, mostLanes);
  const lanes = placed.reduce((most, part) => Math.max(most, part.lane + 1), 1);
  return { person, items, placed, lanes, hidden: hidden.reduce((most, count) => Math.max(most, count), 0) };
}

export interface Load {
  from: Day;
  to: Day;
  /** How many records, or how much they are together. */
  amount: number;
  /** On one of its days there is more than the limit. */
  over: boolean;
}

/**
 * What somebody has to do in each bucket of days. With a field, each record's number is spread evenly over its days; without one,
 * records are counted, each once in a bucket.
 */
export function loadOf(
  items: readonly Timed[],
  buckets: readonly (readonly [Day, Day])[],
  field: string | undefined,
  limit: number | null | undefined,
): Load[] {
  const first = buckets[0]?.[0] ?? 0;
  const end = buckets.at(-1)?.[1] ?? 0;
  const days = new Float64Array(Math.max(0, end - first));
  for (const { row, span } of items) {
    const value = field ? row.cells[field] : 1;
    if (typeof value !== 'number') continue;
    const share = field ? value / (span.end - span.start + 1) : 1;
    for (let day = Math.max(first, span.start); day <= Math.min(end - 1, span.end); day++) {
      days[day - first] = (days[day - first] ?? 0) + share;
    }
  }
  return buckets.map(([from, to]) => {
    const within = days.subarray(from - first, to - first);
    const sum = within.reduce((all, amount) => all + amount, 0);
    const count = () => items.filter(({ span }) => span.start < to && span.end >= from).length;
    const amount = field ? sum : to - from === 1 ? sum : count();
    // What was added up of fractions may be a little more than it is.
    const over = typeof limit === 'number' && within.some((one) => one > limit + 1e-9);
    return { from, to, amount, over };
  });
}

/** The days that amounts are told of together: each day, or each week where days are narrow. */
export function bucketsOf(from: Day, to: Day, scale: TimeScale, first: number): (readonly [Day, Day])[] {
  if (scale === 'day' || scale === 'week') return Array.from({ length: to - from }, (_, i) => [from + i, from + i + 1]);
  const months = scale === 'year';
  const all: [Day, Day][] = [];
  let at = months ? startOfMonth(from) : startOfWeek(from, first);
  while (at < to) {
    const { year, month } = partsOf(at);
    const next = months ? dayAt(year, month + 1, 1) : at + 7;
    all.push([at, next]);
    at = next;
  }
  return all;
}

export interface Mark {
  from: Day;
  to: Day;
  what: 'year' | 'month' | 'week' | 'day';
}

/** The two lines over time: what is far apart above, what is near below. */
export function marksOf(from: Day, to: Day, scale: TimeScale, first: number): { above: Mark[]; below: Mark[] } {
  const by = (what: Mark['what']): Mark[] => {
    const all: Mark[] = [];
    for (let at = from; at < to; ) {
      const { year, month } = partsOf(at);
      const next =
        what === 'year'
          ? dayAt(year + 1, 1, 1)
          : what === 'month'
            ? dayAt(year, month + 1, 1)
            : what === 'week'
              ? startOfWeek(at, first) + 7
              : at + 1;
      all.push({ from: at, to: Math.min(next, to), what });
      at = next;
    }
    return all;
  };
  if (scale === 'day' || scale === 'week') return { above: by('month'), below: by('day') };
  if (scale === 'month') return { above: by('month'), below: by('week') };
  return { above: by('year'), below: by('month') };
}

/**
 * Days to ask for so that one can go on a little without asking: whole blocks of what is in sight, one more on both sides.
 */
export function blocksAround(from: Day, days: number): { from: Day; to: Day } {
  const block = Math.max(7, days);
  const at = Math.floor(from / block);
  return { from: (at - 1) * block, to: (at + 3) * block };
}

/** Who does it when one of them hands it on to somebody else. */
export function handed(people: CellValue, from: string, to: string, multiple: boolean): string[] | null {
  const rest = multiple ? idsOf(people).filter((one) => one !== from && one !== to) : [];
  const all = to === nobody ? rest : [...rest, to];
  return all.length > 0 ? all : null;
}
