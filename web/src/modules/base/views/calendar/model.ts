/** What a calendar shows of a day, a week and a month, and how it is called. Pure. */

import { addMonths, type Day, dateOf, startOfMonth, startOfWeek, weeksOfMonth } from '../time/days';
import { dayMinutes, isLong, type Span } from '../time/spans';
import type { Timed } from '../time/useTimeRows';

export const scales = ['month', 'week', 'day'] as const;
export type Scale = (typeof scales)[number];

/** The days that are shown around one: from..to (exclusive). */
export function shownDays(day: Day, scale: Scale, first: number): { from: Day; to: Day } {
  if (scale === 'month') return weeksOfMonth(day, first);
  if (scale === 'day') return { from: day, to: day + 1 };
  const from = startOfWeek(day, first);
  return { from, to: from + 7 };
}

/** The same place in the next month, week or day, or the one before. */
export function stepped(day: Day, scale: Scale, by: number): Day {
  if (scale === 'month') return addMonths(day, by);
  return day + by * (scale === 'week' ? 7 : 1);
}

const length = (span: Span) => span.end - span.start;

function compare({ span: a }: Timed, { span: b }: Timed): number {
  const long = Number(isLong(b)) - Number(isLong(a));
  return a.start - b.start || long || length(b) - length(a) || a.from - b.from;
}

/** In the order in which they stand in a day: what began before, what lasts, then by time. */
export const inOrder = (all: readonly Timed[]): Timed[] => all.toSorted(compare);

/** With one in its place among those that are in order, and nowhere else. */
export function placedAmong(ordered: readonly Timed[], one: Timed): Timed[] {
  const others = ordered.filter(({ row }) => row.id !== one.row.id);
  const at = others.findIndex((other) => compare(one, other) <= 0);
  return others.toSpliced(at < 0 ? others.length : at, 0, one);
}

/** Those of a day, in order. */
export const onDay = (ordered: readonly Timed[], day: Day): Timed[] =>
  ordered.filter(({ span }) => span.start <= day && span.end >= day);

/** The part of it on a day, in minutes. */
export const partOn = ({ start, end, from, to }: Span, day: Day): { from: number; to: number } => ({
  from: day === start ? from : 0,
  to: day === end ? to : dayMinutes,
});

const clock = (minute: number) =>
  `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

export const timeText = (minute: number): string => clock(minute);

type Style = Intl.DateTimeFormatOptions;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, style: Style): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(style)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' });
    formats.set(key, found);
  }
  return found;
}

/** English is written as its readers outside America do, as everywhere here. */
const tag = (language: string) => (language === 'en' ? 'en-GB' : language);

export const dayName = (day: Day, language: string, style: Style): string =>
  format(tag(language), style).format(dateOf(day));

/** `Friday 20 November 2026`. */
export const longDay = (day: Day, language: string): string =>
  dayName(day, language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

/** What is shown, over it. */
export function titleOf(day: Day, scale: Scale, first: number, language: string): string {
  if (scale === 'month') return dayName(startOfMonth(day), language, { month: 'long', year: 'numeric' });
  if (scale === 'day') return longDay(day, language);
  const { from, to } = shownDays(day, scale, first);
  const style: Style = { day: 'numeric', month: 'short', year: 'numeric' };
  return format(tag(language), style).formatRange(dateOf(from), dateOf(to - 1));
}

/** When it is, in words for a tip. */
export function whenText(span: Span, language: string): string {
  const style: Style = { day: 'numeric', month: 'short', year: 'numeric' };
  const days = format(tag(language), style).formatRange(dateOf(span.start), dateOf(span.end));
  if (span.allDay) return days;
  return span.start === span.end
    ? `${days} ${clock(span.from)}–${clock(span.to)}`
    : `${dayName(span.start, language, style)} ${clock(span.from)} – ${dayName(span.end, language, style)} ${clock(span.to)}`;
}
