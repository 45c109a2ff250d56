/** Dates a condition compares with: exact ones, and those that follow from today. Pure. */

export const units = ['days', 'weeks', 'months', 'quarters', 'years'] as const;
export type Unit = (typeof units)[number];

export const relatives = [
  'today',
  'tomorrow',
  'yesterday',
  'this_week',
  'last_week',
  'next_week',
  'this_month',
  'last_month',
  'next_month',
  'this_quarter',
  'last_quarter',
  'next_quarter',
  'this_year',
  'last_year',
  'next_year',
] as const;
export type Relative = (typeof relatives)[number];

/** A day or an instant, a span by its name, or so many units up to today or from it. */
export type DatePoint = string | { relative: Relative } | { last: number; unit: Unit } | { next: number; unit: Unit };
/** How a date is given. */
export type DateMode = 'exact' | 'last' | 'next' | Relative;

/** Most units the server counts. */
const most = 3_660_000;
const counts = (n: unknown) => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= most;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export function isDatePoint(value: unknown): value is DatePoint {
  if (typeof value === 'string') return value !== '';
  if (!isObject(value)) return false;
  if ('relative' in value) return relatives.includes(value.relative as Relative);
  return units.includes(value.unit as Unit) && (counts(value.last) || counts(value.next));
}

export function modeOf(value: unknown): DateMode {
  if (!isObject(value)) return 'exact';
  if ('relative' in value) return value.relative as Relative;
  return 'last' in value ? 'last' : 'next';
}

/** What a mode begins with; a span keeps its length when it turns round. */
export function pointOf(mode: DateMode, before: unknown): DatePoint | null {
  if (mode === 'exact') return typeof before === 'string' ? before : null;
  if (mode !== 'last' && mode !== 'next') return { relative: mode };
  const { count, unit } = spanOf(before);
  return mode === 'last' ? { last: count, unit } : { next: count, unit };
}

/** Length and unit of a span; a week of days when it is none. */
export function spanOf(value: unknown): { count: number; unit: Unit } {
  if (!isObject(value) || !('unit' in value)) return { count: 7, unit: 'days' };
  const count = value.last ?? value.next;
  return { count: typeof count === 'number' ? count : 7, unit: value.unit as Unit };
}
