/** Values that continue a pattern: what the fill handle writes. Pure. */
import type { CellValue, Field } from './model';

const day = 86_400_000;

function numbers(values: readonly CellValue[]): number[] | undefined {
  return values.every((value) => typeof value === 'number') ? (values as number[]) : undefined;
}

function steady(list: readonly number[]): number | undefined {
  if (list.length < 2) return undefined;
  const step = (list[1] as number) - (list[0] as number);
  const even = list.every((value, i) => i === 0 || Math.abs(value - (list[i - 1] as number) - step) < 1e-9);
  return even && step !== 0 ? step : undefined;
}

/**
 * Continues `source` by `count` values, forward or backward. Even steps of numbers, days, months and
 * numbered texts go on; the rest repeats.
 */
export function continued(field: Field, source: readonly CellValue[], count: number, backward: boolean): CellValue[] {
  const at = (i: number) => source[((i % source.length) + source.length) % source.length];
  const series = seriesOf(field, source);
  return Array.from({ length: count }, (_, i) => {
    if (series) return series(backward ? -1 - i : source.length + i);
    return backward ? at(-1 - i) : at(i);
  });
}

type Series = (i: number) => CellValue;

function seriesOf(field: Field, source: readonly CellValue[]): Series | undefined {
  if (source.length < 2) return undefined;
  if (field.type === 'number') {
    const list = numbers(source);
    const step = list && steady(list);
    return list && step !== undefined ? (i) => Number(((list[0] as number) + i * step).toPrecision(12)) : undefined;
  }
  if (field.type === 'date') return dateSeries(field.time, source);
  return field.type === 'text' ? textSeries(source) : undefined;
}

/** Even steps of time; days that are the same of each month, or the last of it, go on by months. */
function dateSeries(time: boolean, source: readonly CellValue[]): Series | undefined {
  const list = source.map((value) => (typeof value === 'string' ? Date.parse(value) : Number.NaN));
  if (list.some(Number.isNaN)) return undefined;
  const [first] = list as [number];
  const text = (at: number) => {
    const iso = new Date(at).toISOString();
    return time ? iso.replace('.000Z', 'Z') : iso.slice(0, 10);
  };
  const months = list.map((at) => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth());
  const step = steady(months);
  if (step !== undefined) {
    // The latest day tells which day of the month is meant: the others may be of shorter months.
    const day = Math.max(...list.map((at) => new Date(at).getUTCDate()));
    const monthly = (i: number) => onDay(first, (months[0] as number) + i * step, day);
    if (list.every((at, i) => monthly(i) === at)) return (i) => text(monthly(i));
  }
  const even = steady(list);
  if (even === undefined || (!time && even % day !== 0)) return undefined;
  return (i) => text(first + i * even);
}

/** A day of a month, or its last, at the time of day of another moment. */
function onDay(at: number, month: number, wanted: number): number {
  const [year, within] = [Math.floor(month / 12), month - Math.floor(month / 12) * 12];
  const last = new Date(Date.UTC(year, within + 1, 0)).getUTCDate();
  return Date.UTC(year, within, Math.min(wanted, last)) + (((at % day) + day) % day);
}

const numbered = /^(.*?)(\d{1,15})(\D*)$/s;

/** `Week 1`, `Week 2`: texts that are alike but for their last number. */
function textSeries(source: readonly CellValue[]): Series | undefined {
  const parts = source.map((value) => (typeof value === 'string' ? numbered.exec(value) : null));
  const [first] = parts;
  if (!first || parts.some((part) => part?.[1] !== first[1] || part?.[3] !== first[3])) return undefined;
  const [, before = '', digits = '', after = ''] = first;
  const list = parts.map((part) => Number(part?.[2]));
  const step = steady(list);
  if (step === undefined) return undefined;
  const width = digits.startsWith('0') ? digits.length : 0;
  return (i) => {
    const n = (list[0] as number) + i * step;
    return n < 0 ? null : before + String(n).padStart(width, '0') + after;
  };
}
