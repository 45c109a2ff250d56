/** Days of the calendar as whole numbers, 0 for 1 January 1970. They know of no zone and no time of day. Pure. */

export type Day = number;

const millis = 86_400_000;

export interface DateOf {
  year: number;
  /** From 1. */
  month: number;
  day: number;
}

/** The day that `2026-11-20` names. */
export const dayOf = (text: string): Day => Math.floor(Date.parse(`${text}T00:00:00Z`) / millis);

export const dayText = (day: Day): string => new Date(day * millis).toISOString().slice(0, 10);

/** For `Intl` with the zone UTC. */
export const dateOf = (day: Day): Date => new Date(day * millis);

export function partsOf(day: Day): DateOf {
  const date = dateOf(day);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Months and days beyond the ends of a year and a month count on. */
export function dayAt(year: number, month: number, day: number): Day {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / millis;
}

const rest = (n: number, by: number) => ((n % by) + by) % by;

/** 1 for Monday to 7 for Sunday. */
export const weekdayOf = (day: Day): number => rest(day + 3, 7) + 1;

/** The first day of its week; `first` is the weekday that weeks begin with. */
export const startOfWeek = (day: Day, first: number): Day => day - rest(weekdayOf(day) - first, 7);

export function startOfMonth(day: Day): Day {
  const { year, month } = partsOf(day);
  return dayAt(year, month, 1);
}

/** The same day of another month, or the last there is. */
export function addMonths(day: Day, months: number): Day {
  const at = partsOf(day);
  const last = dayAt(at.year, at.month + months + 1, 0);
  return Math.min(last, dayAt(at.year, at.month + months, at.day));
}

/** The days of the weeks that a month has a part in. */
export function weeksOfMonth(day: Day, first: number): { from: Day; to: Day } {
  const start = startOfMonth(day);
  const { year, month } = partsOf(day);
  return { from: startOfWeek(start, first), to: startOfWeek(dayAt(year, month + 1, 0), first) + 7 };
}

/** Of tags that say no country: the one whose custom their readers share most. */
const usual: Record<string, string> = { en: 'en-GB', zh: 'zh-CN', ja: 'ja-JP' };

type WithWeek = Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };

/** The weekday that weeks begin with where the reader is, as far as the browser's languages tell. */
export function firstWeekday(language: string, languages: readonly string[]): number {
  const [plain = 'en'] = language.split('-');
  const tag = languages.find((one) => one.includes('-') && one.split('-')[0] === plain) ?? usual[plain] ?? 'en-GB';
  const locale = new Intl.Locale(tag) as WithWeek;
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}
