/** When a record is: days and times of day as the walls of a zone show them, out of its cells and back into them. Pure. */
import { dateValue, wallClock, zoneOf } from '../../../../grid/dates';
import { type CellValue, type Field, isWritable } from '../../../../grid/model';
import { shapeOf } from '../../../../grid/shape';
import { type Day, dayOf, dayText, partsOf } from './days';

/** A day, and the minute of it; null for all of it. */
export interface Moment {
  day: Day;
  minute: number | null;
}

/** A field of dates as a side of spans. */
export interface Side {
  field: Field;
  /** Whether its values have a time of day. */
  time: boolean;
  zone: string;
  writable: boolean;
}

export interface Axis {
  start: Side;
  end: Side | undefined;
}

export interface Span {
  start: Day;
  /** The last day. */
  end: Day;
  allDay: boolean;
  /** Minute of the first day, and of the last one the minute before which it ends. */
  from: number;
  to: number;
}

export const dayMinutes = 1440;
/** How long something is taken to last whose end is not known, in minutes. */
const usualLength = 60;
/** Times of day that a day is made into where a time is needed. */
const morning = 9 * 60;
const evening = 18 * 60;

function sideOf(fields: readonly Field[], id: string | null | undefined, zone: string): Side | undefined {
  const field = fields.find((one) => one.id === id);
  const shape = field && shapeOf(field);
  if (!field || shape?.as !== 'date') return undefined;
  return { field, time: shape.style.time, zone: zoneOf(shape.style, zone), writable: isWritable(field) };
}

/** The fields that say when records are; undefined when none does. `zone`: of who looks. */
export function axisOf(
  fields: readonly Field[],
  start: string | null | undefined,
  end: string | null | undefined,
  zone: string,
): Axis | undefined {
  const first = sideOf(fields, start, zone);
  return first && { start: first, end: end === start ? undefined : sideOf(fields, end, zone) };
}

const isDay = (value: string) => value.length === 10;

export function momentOf(value: unknown, side: Side): Moment | undefined {
  if (typeof value !== 'string') return undefined;
  if (isDay(value)) return { day: dayOf(value), minute: null };
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return undefined;
  const { year, month, day, hour, minute } = wallClock(instant, side.zone);
  const date = Date.UTC(year, month - 1, day) / 86_400_000;
  return { day: date, minute: side.time ? hour * 60 + minute : null };
}

const isBefore = (a: Moment, b: Moment) => a.day < b.day || (a.day === b.day && (a.minute ?? 0) < (b.minute ?? 0));

export function spanOf(start: Moment, end: Moment | undefined): Span {
  if (start.minute === null || (end && end.minute === null)) {
    return { start: start.day, end: Math.max(start.day, end?.day ?? 0), allDay: true, from: 0, to: dayMinutes };
  }
  const from = start.minute;
  if (!end || end.minute === null || !isBefore(start, end)) {
    const to = Math.min(dayMinutes, from + usualLength);
    return { start: start.day, end: start.day, allDay: false, from, to };
  }
  // What ends at midnight has nothing of the day that begins then.
  const [last, to] = end.minute === 0 ? [end.day - 1, dayMinutes] : [end.day, end.minute];
  return { start: start.day, end: last, allDay: false, from, to };
}

type Cells = Readonly<Record<string, unknown>>;

/** When a record is; undefined when it does not say. */
export function readSpan(cells: Cells, axis: Axis): Span | undefined {
  const start = momentOf(cells[axis.start.field.id], axis.start);
  return start && spanOf(start, axis.end && momentOf(cells[axis.end.field.id], axis.end));
}

/** Whether it stands with whole days: it has no time, or lasts a day and more. */
export const isLong = (span: Span): boolean =>
  span.allDay || (span.end - span.start) * dayMinutes + span.to - span.from >= dayMinutes;

/** What a cell of the field says of a moment. A whole day in a field with times is its time `usual`. */
export function valueAt(side: Side, { day, minute }: Moment, usual = morning): string {
  if (!side.time) return dayText(day);
  const all = day * dayMinutes + (minute ?? usual);
  const on = Math.floor(all / dayMinutes);
  const left = all - on * dayMinutes;
  return dateValue({ ...partsOf(on), hour: Math.floor(left / 60), minute: left % 60 }, true, side.zone);
}

/** The value of a cell so much later by the clock on the wall: where clocks are changed, the time of day stays. */
export function shifted(value: string, side: Side, days: number, minutes: number): string {
  if (isDay(value)) return dayText(dayOf(value) + days);
  const old = momentOf(value, { ...side, time: true });
  if (!old || (days === 0 && minutes === 0)) return value;
  const at = valueAt({ ...side, time: true }, { day: old.day + days, minute: (old.minute ?? 0) + minutes });
  // Seconds stay as they are.
  const left = new Date(value).getTime() % 60_000;
  return left === 0 ? at : new Date(Date.parse(at) + left).toISOString();
}

export type Change = Record<string, CellValue>;

/** Both sides so much later; what is computed follows by itself. */
export function moved(cells: Cells, { start, end }: Axis, days: number, minutes: number): Change {
  const [from, to] = [cells[start.field.id], end?.writable ? cells[end.field.id] : undefined];
  if (typeof from !== 'string') return {};
  const begin = shifted(from, start, days, minutes);
  const change: Change = { [start.field.id]: begin };
  if (!end || typeof to !== 'string') return change;
  let ends = shifted(to, end, days, minutes);
  // A change of the clocks may have swallowed what was between: then it lasts as long as before.
  const length = Date.parse(to) - Date.parse(from);
  if (!isDay(begin) && !isDay(ends) && length > 0 && Date.parse(ends) <= Date.parse(begin)) {
    ends = new Date(Date.parse(begin) + length).toISOString().replace('.000Z', 'Z');
  }
  return { ...change, [end.field.id]: ends };
}

/** One edge somewhere else; never beyond the other one. `minute` null keeps the time of day. */
export function resized(cells: Cells, axis: Axis, edge: 'start' | 'end', to: Moment, least = 15): Change {
  const span = readSpan(cells, axis);
  const side = axis[edge];
  if (!span || !side) return {};
  const at = (day: Day, minute: number) => day * dayMinutes + minute;
  const [first, last] = [at(span.start, span.from), at(span.end, span.to)];
  const timed = side.time && !span.allDay;
  if (!timed) {
    const day = edge === 'start' ? Math.min(to.day, span.end) : Math.max(to.day, span.start);
    const old = momentOf(cells[side.field.id], side)?.minute ?? (edge === 'start' ? morning : evening);
    return { [side.field.id]: valueAt(side, { day, minute: old }) };
  }
  const wanted = at(to.day, to.minute ?? (edge === 'start' ? span.from : span.to));
  const moment = edge === 'start' ? Math.min(wanted, last - least) : Math.max(wanted, first + least);
  return { [side.field.id]: valueAt(side, { day: 0, minute: moment }) };
}

/** What a record has that is from one moment to another, the last day included; `from` and `to` in any order. */
export function placed({ start, end }: Axis, from: Moment, to: Moment): Change {
  const [first, last] = isBefore(to, from) ? [to, from] : [from, to];
  const change: Change = { [start.field.id]: valueAt(start, first, morning) };
  if (!end?.writable) return change;
  const usual = first.day === last.day ? morning + usualLength : evening;
  return { ...change, [end.field.id]: valueAt(end, last, usual) };
}

/** As `placed`, for a record that has cells: an end that it has and that is later stays. */
export function dated(cells: Cells, axis: Axis, at: Moment, until: Moment): Change {
  const change = placed(axis, at, until);
  const end = axis.end && momentOf(cells[axis.end.field.id], axis.end);
  if (!axis.end || !end || isBefore(end, at)) return change;
  const { [axis.end.field.id]: _, ...rest } = change;
  return rest;
}

/** To the nearest step of so many minutes. */
export const snap = (minute: number, step = 15): number => Math.round(minute / step) * step;
