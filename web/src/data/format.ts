/** Dates and numbers for people, by `Intl`. Pure: language, zone and the present are passed in. */

const tags: Record<string, string> = { en: 'en-GB', zh: 'zh-CN', ja: 'ja-JP' };
const minute = 60_000;
const day = 24 * 60 * minute;

export interface Formatter {
  date(time: string | number): string;
  dateTime(time: string | number): string;
  time(time: string | number): string;
  /** "5 minutes ago", "yesterday"; a date when older than a week. */
  ago(time: string | number, now?: number): string;
  number(value: number): string;
  /** What a clock shows now in another zone, with its distance to the zone of the reader. */
  localTime(zone: string, now?: number): string;
}

function zoneOrUndefined(zone: string | undefined): string | undefined {
  try {
    return zone && Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export function formatter(language: string, timeZone?: string): Formatter {
  const tag = tags[language] ?? 'en-GB';
  const zone = zoneOrUndefined(timeZone);
  const options = zone ? { timeZone: zone } : {};
  const date = new Intl.DateTimeFormat(tag, { ...options, year: 'numeric', month: 'short', day: 'numeric' });
  const dateTime = new Intl.DateTimeFormat(tag, { ...options, dateStyle: 'medium', timeStyle: 'short' });
  const time = new Intl.DateTimeFormat(tag, { ...options, timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
  const numbers = new Intl.NumberFormat(tag);
  const calendarDay = new Intl.DateTimeFormat('en-CA', options);
  const dayNumber = (at: number) => Date.parse(calendarDay.format(at)) / day;
  return {
    date: (at) => date.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    time: (at) => time.format(new Date(at)),
    number: (value) => numbers.format(value),
    ago(at, now = Date.now()) {
      const then = new Date(at).getTime();
      const passed = now - then;
      if (passed < minute) return relative.format(0, 'second');
      if (passed < 60 * minute) return relative.format(-Math.floor(passed / minute), 'minute');
      const days = dayNumber(now) - dayNumber(then);
      if (days === 0) return time.format(then);
      if (days < 7) return relative.format(-days, 'day');
      return date.format(then);
    },
    localTime(other, now = Date.now()) {
      const known = zoneOrUndefined(other);
      if (!known) return '';
      const weekday = new Intl.DateTimeFormat(tag, { timeZone: known, weekday: 'short' });
      const clock = new Intl.DateTimeFormat(tag, { timeZone: known, hour: '2-digit', minute: '2-digit' });
      return `${weekday.format(now)} ${clock.format(now)}`;
    },
  };
}

/** Bytes, in the unit that says it with few digits. */
export function fileSize(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(3, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)));
  const value = bytes / 1024 ** step;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value);
}
