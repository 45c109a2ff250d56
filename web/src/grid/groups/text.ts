/** Values of groups and what is told of them, as people read them. Pure: words are passed in. */
import { formatStyledDate } from '../dates';
import { formatCell, formatItem, type Locale } from '../format';
import type { CellValue, DateStyle, Field, NumberStyle } from '../model';
import { formatStyled } from '../numbers';
import { shapeOf } from '../shape';
import type { GroupKey, Head, SummaryFunction } from './model';

export interface Words {
  empty: string;
  error: string;
  checked: string;
  unchecked: string;
  week(day: string): string;
  quarter(year: string, quarter: number): string;
  days(count: string): string;
}

const isRange = (value: unknown): value is { from: number; to: number } =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
const isFailed = (value: unknown) => typeof value === 'object' && value !== null && 'error' in value;

/** A span of dates by its first day. */
function spanText(value: string, by: GroupKey['by'], style: DateStyle, locale: Locale, words: Words): string {
  const [year = '', month = '1'] = value.split('-');
  const day = () => formatStyledDate(value.slice(0, 10), { ...style, time: false }, locale.language, locale.zone);
  switch (by) {
    case 'day':
      return day();
    case 'week':
      return words.week(day());
    case 'month':
      return new Intl.DateTimeFormat(locale.language, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(
        new Date(`${value.slice(0, 7)}-01T00:00:00Z`),
      );
    case 'quarter':
      return words.quarter(year, Math.ceil(Number(month) / 3));
    case 'year':
      return year;
    default:
      return formatStyledDate(value, style, locale.language, locale.zone);
  }
}

/** What a group is called. */
export function headText(key: GroupKey, field: Field, head: Head, locale: Locale, words: Words): string {
  const value = head.path.at(-1);
  if (value === null || value === undefined) return words.empty;
  if (isFailed(value)) return words.error;
  const shape = shapeOf(field);
  if (typeof value === 'boolean') return value ? words.checked : words.unchecked;
  if (shape.as === 'date' && typeof value === 'string') return spanText(value, key.by, shape.style, locale, words);
  if (shape.as === 'number') {
    if (isRange(value)) {
      // Bounds of whole numbers need no decimals.
      const whole = shape.style && Number.isInteger(value.from) && Number.isInteger(value.to) && !shape.days;
      const bound = whole ? { ...shape, style: { ...shape.style, precision: 0 } as NumberStyle } : shape;
      return `${formatItem(bound, value.from, locale)} – ${formatItem(bound, value.to, locale)}`;
    }
    return formatItem(shape, value as number, locale);
  }
  if (shape.as === 'choice' || shape.as === 'member' || shape.as === 'group')
    return formatCell(field, value as CellValue, locale) || head.label;
  return head.label || words.empty;
}

/** Averages have more digits than what they are of. */
const finer = (style: NumberStyle): NumberStyle =>
  style.format === 'duration' ? style : { ...style, precision: Math.max(style.precision, 2) };

/** What a summary tells, in the format of its field. */
export function summaryText(field: Field, what: SummaryFunction, value: unknown, locale: Locale, words: Words): string {
  if (value === null || value === undefined) return '—';
  const shape = shapeOf(field);
  if (typeof value !== 'number') return formatCell(field, value as CellValue, locale);
  const whole = new Intl.NumberFormat(locale.language);
  if (what.startsWith('percent_'))
    return new Intl.NumberFormat(locale.language, { style: 'percent', maximumFractionDigits: 1 }).format(value);
  switch (what) {
    case 'count':
    case 'filled':
    case 'empty':
    case 'unique':
    case 'checked':
    case 'unchecked':
      return whole.format(value);
    case 'range':
      if (shape.as === 'date') return words.days(whole.format(Number(value.toFixed(1))));
      break;
    case 'average':
    case 'median':
      if (shape.as === 'number' && shape.style && !shape.days && !Number.isInteger(value))
        return formatStyled(value, finer(shape.style), locale.language);
      break;
    default:
      break;
  }
  if (shape.as === 'number') return formatItem(shape, Number(value.toPrecision(14)), locale);
  return formatItem({ as: 'any' }, Number(value.toPrecision(10)), locale);
}
