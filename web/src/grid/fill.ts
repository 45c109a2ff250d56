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

/** Continues `source` by `count` values, forward or backward. Even steps of numbers and days go on; the rest repeats. */
export function continued(field: Field, source: readonly CellValue[], count: number, backward: boolean): CellValue[] {
  const at = (i: number) => source[((i % source.length) + source.length) % source.length];
  const series = seriesOf(field, source);
  return Array.from({ length: count }, (_, i) => {
    if (series) return series(backward ? -1 - i : source.length + i);
    return backward ? at(-1 - i) : at(i);
  });
}

function seriesOf(field: Field, source: readonly CellValue[]): ((i: number) => CellValue) | undefined {
  if (field.type === 'number') {
    const list = numbers(source);
    const step = list && steady(list);
    if (list && step !== undefined) return (i) => Number(((list[0] as number) + i * step).toPrecision(12));
  }
  if (field.type === 'date') {
    const list = source.map((value) => (typeof value === 'string' ? Date.parse(value) : Number.NaN));
    const step = list.some(Number.isNaN) ? undefined : steady(list);
    if (step !== undefined && (field.time || step % day === 0)) {
      return (i) => {
        const text = new Date((list[0] as number) + i * step).toISOString();
        return field.time ? text.replace('.000Z', 'Z') : text.slice(0, 10);
      };
    }
  }
  return undefined;
}
