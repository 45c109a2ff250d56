/** Time along the chart of a gantt: days to pixels, and the columns of its head. Days are counted from 1970-01-01. Pure. */
import type { TimeScale } from '../model';

export const pixelsPerDay: Record<TimeScale, number> = { day: 36, week: 14, month: 4.5, quarter: 1.6, year: 0.5 };
export const scales: readonly TimeScale[] = ['day', 'week', 'month', 'quarter', 'year'];

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** What the columns of the head are, and what stands above them. */
const tiers: Record<TimeScale, { upper: Unit; lower: Unit }> = {
  day: { upper: 'month', lower: 'day' },
  week: { upper: 'month', lower: 'week' },
  month: { upper: 'year', lower: 'month' },
  quarter: { upper: 'year', lower: 'quarter' },
  year: { upper: 'year', lower: 'year' },
};

const dayLength = 86_400_000;

export const dayOf = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / dayLength;

export function civil(day: number): { year: number; month: number; day: number } {
  const date = new Date(Math.floor(day) * dayLength);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** 0 for Monday. */
export const weekday = (day: number): number => (((Math.floor(day) + 3) % 7) + 7) % 7;

export const isoDay = (day: number): string => new Date(Math.floor(day) * dayLength).toISOString().slice(0, 10);

/** The day of `2026-11-20`; undefined of anything else. */
export function parseDay(text: string): number | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return found ? dayOf(Number(found[1]), Number(found[2]), Number(found[3])) : undefined;
}

/** The first day of the unit a day is in, or of one some units later. */
export function startOf(unit: Unit, day: number, later = 0): number {
  const { year, month } = civil(day);
  switch (unit) {
    case 'day':
      return Math.floor(day) + later;
    case 'week':
      return Math.floor(day) - weekday(day) + 7 * later;
    case 'month':
      return dayOf(year, month + later, 1);
    case 'quarter':
      return dayOf(year, month - ((month - 1) % 3) + 3 * later, 1);
    case 'year':
      return dayOf(year + later, 1, 1);
  }
}

/** A column of the head. */
export interface Tick {
  unit: Unit;
  /** Its first day, and the first of the next. */
  from: number;
  to: number;
}

function ticksOf(unit: Unit, from: number, to: number): Tick[] {
  const ticks: Tick[] = [];
  for (let at = startOf(unit, from); at < to; ) {
    const next = startOf(unit, at, 1);
    ticks.push({ unit, from: at, to: next });
    at = next;
  }
  return ticks;
}

/** The columns that touch these days, and what stands above them. */
export function ticks(scale: TimeScale, from: number, to: number): { upper: Tick[]; lower: Tick[] } {
  const { upper, lower } = tiers[scale];
  return { upper: upper === lower ? [] : ticksOf(upper, from, to), lower: ticksOf(lower, from, to) };
}

/** The days an axis spans: years around what there is and today, so that one can scroll beyond. */
export function spanOf(known: readonly number[], today: number): { from: number; to: number } {
  const years = [today, ...known].map((day) => civil(day).year);
  return { from: dayOf(Math.min(...years) - 2, 1, 1), to: dayOf(Math.max(...years) + 3, 1, 1) };
}

/** Days that are not worked on, in ranges. */
export function daysOff(
  from: number,
  to: number,
  working: readonly number[],
  holidays: ReadonlySet<number>,
): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (let day = Math.floor(from); day < to; day++) {
    if (working.includes(weekday(day) + 1) && !holidays.has(day)) continue;
    const last = ranges.at(-1);
    if (last && last.to === day) last.to = day + 1;
    else ranges.push({ from: day, to: day + 1 });
  }
  return ranges;
}
