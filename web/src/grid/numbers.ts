/** Numbers to text and back, in every format a field may have. Pure; the language is passed in. */
import type { NumberStyle, Separators } from './model';

const formats = new Map<string, Intl.NumberFormat>();

function intl(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, options);
    formats.set(key, format);
  }
  return format;
}

const signs: Record<Exclude<Separators, 'local'>, readonly [group: string, decimal: string]> = {
  comma_point: [',', '.'],
  point_comma: ['.', ','],
  space_comma: ['\u00a0', ','],
  space_point: ['\u00a0', '.'],
  apostrophe_point: ['’', '.'],
};

/** The sign before decimals, as a style and a language have it. */
function decimalOf(separators: Separators | undefined, language: string): string {
  if (separators && separators !== 'local') return signs[separators][1];
  return (
    intl(language, {})
      .formatToParts(1.5)
      .find((part) => part.type === 'decimal')?.value ?? '.'
  );
}

function separated(
  value: number,
  options: Intl.NumberFormatOptions,
  separators: Separators | undefined,
  language: string,
) {
  if (!separators || separators === 'local') return intl(language, options).format(value);
  const [group, decimal] = signs[separators];
  return intl(language, options)
    .formatToParts(value)
    .map((part) => (part.type === 'group' ? group : part.type === 'decimal' ? decimal : part.value))
    .join('');
}

export function formatNumber(value: number, precision: number, thousands: boolean, language: string): string {
  return separated(
    value,
    { minimumFractionDigits: precision, maximumFractionDigits: precision, useGrouping: thousands },
    'local',
    language,
  );
}

/** As many digits as it takes: for numbers nobody has chosen a style for. */
export function formatAny(value: number, language: string): string {
  return intl(language, { maximumSignificantDigits: 12, useGrouping: false }).format(value);
}

const two = (n: number) => String(n).padStart(2, '0');

/** `h:mm:ss`, with decimals of the seconds when there are to be any. */
export function formatDuration(seconds: number, precision = 0, decimal = '.'): string {
  const scale = 10 ** Math.min(3, precision);
  const total = Math.round(Math.abs(seconds) * scale);
  const whole = Math.floor(total / scale);
  const rest = precision > 0 ? `${decimal}${String(total % scale).padStart(Math.min(3, precision), '0')}` : '';
  const sign = seconds < 0 && total > 0 ? '-' : '';
  return `${sign}${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${rest}`;
}

function formatMoney(value: number, style: NumberStyle, language: string): string {
  const code = style.currency ?? '';
  const digits = { minimumFractionDigits: style.precision, maximumFractionDigits: style.precision };
  const options = { ...digits, useGrouping: style.thousands };
  if (/^[A-Z]{3}$/.test(code)) {
    try {
      const money = { ...options, style: 'currency', currency: code, currencyDisplay: 'narrowSymbol' } as const;
      return separated(value, money, style.separators, language);
    } catch {
      // Three letters that are no currency: a sign like any other.
    }
  }
  const amount = separated(Math.abs(value), options, style.separators, language);
  return `${value < 0 ? '-' : ''}${code}${/[\p{L}\p{N}]$/u.test(code) ? '\u00a0' : ''}${amount}`;
}

export const starsOf = (style: NumberStyle | null): number => style?.max || 5;

/** A number as a field shows it; a rating as a number, for where there are no stars. */
export function formatStyled(value: number, style: NumberStyle | null, language: string): string {
  if (!style) return formatAny(value, language);
  const { precision, thousands, separators } = style;
  const digits = { minimumFractionDigits: precision, maximumFractionDigits: precision, useGrouping: thousands };
  switch (style.format ?? 'plain') {
    case 'percent':
    case 'progress':
      return separated(value, { ...digits, style: 'percent' }, separators, language);
    case 'currency':
      return formatMoney(value, style, language);
    case 'duration':
      return formatDuration(value, precision, decimalOf(separators, language));
    case 'rating':
      return formatAny(value, language);
    default:
      return separated(value, digits, separators, language);
  }
}

/** Reads a number as people write it: grouping, percent, currency signs, full-width digits, brackets for negative. */
export function parseNumber(text: string, language = 'en', separators?: Separators): number | undefined {
  const decimal = decimalOf(separators, language);
  let clean = text.normalize('NFKC').trim();
  let sign = 1;
  if (/^\(.*\)$/.test(clean)) {
    sign = -1;
    clean = clean.slice(1, -1);
  }
  const percent = clean.endsWith('%');
  clean = clean
    .replace(/[%\s'’_]/g, '')
    .replace(/^([+-]?)(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}(?=[\d.,+-]))/u, '$1')
    .replace(/(?:\p{Sc}|[A-Z]{3}|[元円])$/u, '');
  clean = decimal === ',' ? clean.replaceAll('.', '').replace(',', '.') : clean.replaceAll(',', '');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(clean)) return undefined;
  const value = Number(clean) * sign;
  if (!Number.isFinite(value)) return undefined;
  return percent ? hundredth(value) : value;
}

const hundredth = (value: number) => Number((value / 100).toPrecision(15));

const units: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 };
const names: readonly [RegExp, string][] = [
  [/days?|[天日]/g, 'd'],
  [/hours?|hrs?|小时|小時|时间|時間|时|時/g, 'h'],
  [/minutes?|mins?|分钟|分/g, 'm'],
  [/seconds?|secs?|秒/g, 's'],
];

/** Seconds from `1:30` (hours and minutes), `1:30:15`, `90m`, `1h 30m`, or a number of seconds. */
export function parseDuration(text: string): number | undefined {
  let clean = text.normalize('NFKC').trim().toLowerCase();
  const negative = clean.startsWith('-');
  if (negative) clean = clean.slice(1).trim();
  const sign = negative ? -1 : 1;
  const clock = /^(\d+):([0-5]?\d)(?::([0-5]?\d(?:[.,]\d+)?))?$/.exec(clean);
  if (clock) {
    const seconds = Number((clock[3] ?? '0').replace(',', '.'));
    return sign * (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + seconds);
  }
  for (const [name, unit] of names) clean = clean.replace(name, unit);
  const parts = [...clean.matchAll(/(\d+(?:\.\d+)?)\s*([dhms])\s*/g)];
  if (parts.length > 0 && parts.map((part) => part[0]).join('') === clean) {
    return sign * parts.reduce((sum, part) => sum + Number(part[1]) * (units[part[2] ?? ''] ?? 0), 0);
  }
  return /^\d+(\.\d+)?$/.test(clean) ? sign * Number(clean) : undefined;
}

/** Reads what was typed into a field of a style: 12 into one of percents is 0.12. */
export function parseStyled(text: string, style: NumberStyle, language: string): number | undefined {
  switch (style.format ?? 'plain') {
    case 'duration':
      return parseDuration(text);
    case 'percent':
    case 'progress': {
      const value = parseNumber(text, language, style.separators);
      const signed = /[%％]\)?$/.test(text.trim());
      return value === undefined || signed ? value : hundredth(value);
    }
    case 'rating': {
      const stars = /^[★⭐]+$/u.test(text.trim()) ? [...text.trim()].length : undefined;
      const value = stars ?? parseNumber(text.replace(/\s*\/\s*\d+$/, ''), language);
      return value === undefined ? undefined : Math.max(0, Math.min(starsOf(style), Math.round(value)));
    }
    default:
      return parseNumber(text, language, style.separators);
  }
}

/** A number as it stands in the editor: with all its digits, in a form that {@link parseStyled} reads. */
export function editableNumber(value: number, style: NumberStyle, language: string): string {
  const plain = (n: number) => String(Number(n.toPrecision(15))).replace('.', decimalOf(style.separators, language));
  switch (style.format ?? 'plain') {
    case 'percent':
    case 'progress':
      return `${plain(value * 100)}%`;
    case 'duration':
      return formatDuration(value, Number.isInteger(value) ? 0 : 3);
    default:
      return plain(value);
  }
}

/** A number for other programs: in a form that spreadsheets read as what it is. */
export function exportedNumber(value: number, style: NumberStyle | null): string {
  const digits = (n: number) => String(Number(n.toPrecision(15)));
  if (style?.format === 'percent' || style?.format === 'progress') return `${digits(value * 100)}%`;
  if (style?.format === 'duration') return formatDuration(value, Number.isInteger(value) ? 0 : 3);
  return String(value);
}
