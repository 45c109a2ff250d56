/** Dates to text and back. Pure; language and time zone are passed in. */
import type { DateFormat, DateStyle } from './model';

const dateFormats = new Map<string, Intl.DateTimeFormat>();

interface DateParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const two = (n: number) => String(n).padStart(2, '0');
const four = (n: number) => String(n).padStart(4, '0');

function zoned(zone: string): Intl.DateTimeFormat {
  let format = dateFormats.get(zone);
  if (!format) {
    const options = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    try {
      format = new Intl.DateTimeFormat('en-u-hc-h23', { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat('en-u-hc-h23', { ...options, timeZone: 'UTC' });
    }
    dateFormats.set(zone, format);
  }
  return format;
}

/** What the clock on the wall shows in a zone at an instant. */
export function wallClock(instant: Date, zone: string): DateParts {
  const parts: Record<string, number> = {};
  for (const { type, value } of zoned(zone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute };
}

/** The instant at which the clock on the wall of a zone shows this. In the gap of a change to summer time: after it. */
export function instantOf(parts: DateParts, zone: string): Date {
  const asUtc = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute);
  const offsetAt = (at: number) => {
    const wall = wallClock(new Date(at), zone);
    return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute) - at;
  };
  const guess = asUtc - offsetAt(asUtc);
  return new Date(asUtc - offsetAt(guess));
}

/** Year, month, day and time of a cell's value, in the member's zone when it has a time. */
export function dateParts(value: string | number, time: boolean, zone: string): DateParts | undefined {
  if (typeof value === 'string') {
    const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
    if (day) return { year: Number(day[1]), month: Number(day[2]), day: Number(day[3]), hour: 0, minute: 0 };
  }
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return undefined;
  return wallClock(instant, time ? zone : 'UTC');
}

/** `2026-11-20`, with ` 09:30` when it has a time: what editors show and every program reads. */
export function formatDate(value: string | number, time: boolean, zone: string): string {
  const parts = dateParts(value, time, zone);
  if (!parts) return String(value);
  const day = `${four(parts.year)}-${two(parts.month)}-${two(parts.day)}`;
  return time ? `${day} ${two(parts.hour)}:${two(parts.minute)}` : day;
}

/** The zone a field shows times in. */
export const zoneOf = (style: DateStyle, zone: string): string => style.zone || zone;

/** A date as a field shows it. English has no order of day and month that all its readers share: ISO for them. */
export function formatStyledDate(value: string | number, style: DateStyle, language: string, zone: string): string {
  const instant = style.time && !(typeof value === 'string' && value.length === 10);
  const parts = dateParts(value, instant, zoneOf(style, zone));
  if (!parts) return String(value);
  const day = dayText(parts, style.format ?? 'local', language);
  return instant ? `${day} ${two(parts.hour)}:${two(parts.minute)}` : day;
}

function dayText({ year, month, day }: DateParts, format: DateFormat, language: string): string {
  const [y, m, d] = [four(year), two(month), two(day)];
  switch (format === 'local' ? (language.startsWith('en') ? 'iso' : 'year_first') : format) {
    case 'year_first':
      return `${y}/${m}/${d}`;
    case 'day_first':
      return `${d}/${m}/${y}`;
    case 'month_first':
      return `${m}/${d}/${y}`;
    case 'day_dots':
      return `${d}.${m}.${y}`;
    case 'long':
      return longDay(language).format(Date.UTC(year, month - 1, day));
    default:
      return `${y}-${m}-${d}`;
  }
}

const longDays = new Map<string, Intl.DateTimeFormat>();

function longDay(language: string): Intl.DateTimeFormat {
  let format = longDays.get(language);
  if (!format) {
    format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
    longDays.set(language, format);
  }
  return format;
}

/** The form of the API: a day, or an instant in UTC. */
export function dateValue(parts: DateParts, time: boolean, zone: string): string {
  if (!time) return `${four(parts.year)}-${two(parts.month)}-${two(parts.day)}`;
  return instantOf(parts, zone).toISOString().replace('.000Z', 'Z');
}

const dayMonthYear = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/;
const yearFirst = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/;
const monthDay = /^(\d{1,2})\s*[-/月]\s*(\d{1,2})\s*日?$/;
const compact = /^(\d{4})(\d\d)(\d\d)$/;
const timeOfDay = /[T\s]+(\d{1,2})[:时時](\d{1,2})?分?(?::(\d{1,2}(?:\.\d+)?))?\s*([ap]m)?$/i;

/** Reads a date as people write it; `today` fills in a missing year. */
export function parseDate(
  text: string,
  time: boolean,
  zone: string,
  today: Date,
  format: DateFormat = 'local',
): string | undefined {
  const clean = text.normalize('NFKC').trim();
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/i.test(clean)) {
    const instant = new Date(clean);
    if (Number.isNaN(instant.getTime())) return undefined;
    return dateValue(wallClock(instant, zone), time, zone);
  }
  const clock = timeOfDay.exec(clean);
  const [hour, minute] = clock ? readTime(clock) : [0, 0];
  const day = clock ? clean.slice(0, clock.index).trim() : clean;
  const now = wallClock(today, zone);
  const named = namedDay(day, now);
  const found = named ?? readDay(day, now.year, format === 'day_first');
  if (!found || hour > 23 || minute > 59) return undefined;
  const real = new Date(Date.UTC(found.year, found.month - 1, found.day));
  if (real.getUTCMonth() !== found.month - 1 || found.year < 1 || found.year > 9999) return undefined;
  return dateValue({ ...found, hour, minute }, time, zone);
}

function readTime(match: RegExpExecArray): [number, number] {
  let hour = Number(match[1]);
  const half = match[4]?.toLowerCase();
  if (half === 'pm' && hour < 12) hour += 12;
  if (half === 'am' && hour === 12) hour = 0;
  return [hour, Number(match[2] ?? 0)];
}

function readDay(text: string, thisYear: number, dayFirst: boolean) {
  const at = (year?: string | number, month?: string, day?: string) => ({
    year: Number(year),
    month: Number(month),
    day: Number(day),
  });
  let match = yearFirst.exec(text) ?? compact.exec(text);
  if (match) return at(match[1], match[2], match[3]);
  match = dayMonthYear.exec(text);
  if (match) {
    const dotted = text.includes('.');
    const monthFirst = !dotted && Number(match[1]) <= 12 && !(dayFirst && Number(match[2]) <= 12);
    return monthFirst ? at(match[3], match[1], match[2]) : at(match[3], match[2], match[1]);
  }
  match = monthDay.exec(text);
  if (match) return at(thisYear, match[1], match[2]);
  const words = /[a-z]/i.test(text) && /\d/.test(text) ? Date.parse(`${text} UTC`) : Number.NaN;
  if (Number.isNaN(words)) return undefined;
  const date = new Date(words);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function namedDay(text: string, now: DateParts) {
  const offsets: Record<string, number> = {
    today: 0,
    tomorrow: 1,
    yesterday: -1,
    今天: 0,
    明天: 1,
    昨天: -1,
    今日: 0,
    明日: 1,
    昨日: -1,
  };
  const offset = offsets[text.toLowerCase()];
  if (offset === undefined) return undefined;
  const date = new Date(Date.UTC(now.year, now.month - 1, now.day + offset));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
