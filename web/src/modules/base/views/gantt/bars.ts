/** Records as bars on days, and what dragging a bar writes. Pure. */
import { dateParts, dateValue, zoneOf } from '../../../../grid/dates';
import { type CellValue, type DateStyle, type Field, isWritable } from '../../../../grid/model';
import type { Table } from '../../model';
import type { GanttKind } from '../model';
import { civil, dayOf, parseDay } from './axis';

/** The fields a gantt is drawn by, those that there are. */
export interface GanttFields {
  start: Field | undefined;
  end: Field | undefined;
  progress: Field | undefined;
  milestone: Field | undefined;
  predecessors: Field | undefined;
}

export function fieldsOf(kind: GanttKind, table: Table): GanttFields {
  const find = (id: string | null | undefined) => table.fields.find((field) => field.id === id);
  return {
    start: find(kind.start),
    end: kind.end === kind.start ? undefined : find(kind.end),
    progress: find(kind.progress),
    milestone: find(kind.milestone),
    predecessors: find(kind.predecessors),
  };
}

/** Where a task is on the axis: in days, with parts of days where there are times. */
export interface Bar {
  from: number;
  to: number;
  milestone: boolean;
  /** A part of 1; none where it is not known. */
  progress: number | undefined;
}

export type Cells = Readonly<Record<string, unknown>>;

const styleOf = (field: Field): DateStyle => ('time' in field ? field : { time: field.computed?.time === true });

/** The place of a date on the axis, and whether it is a whole day. */
function momentOf(field: Field, value: unknown, zone: string): { at: number; whole: boolean } | undefined {
  if (typeof value !== 'string') return undefined;
  const day = parseDay(value);
  if (day !== undefined) return { at: day, whole: true };
  const parts = dateParts(value, true, zoneOf(styleOf(field), zone));
  return (
    parts && { at: dayOf(parts.year, parts.month, parts.day) + (parts.hour * 60 + parts.minute) / 1440, whole: false }
  );
}

/** The bar of a record; none of one without dates. */
export function barOf(cells: Cells, fields: GanttFields, zone: string): Bar | undefined {
  const moment = (field: Field | undefined) => field && momentOf(field, cells[field.id], zone);
  const start = moment(fields.start);
  const end = moment(fields.end);
  const from = start?.at ?? (end && Math.floor(end.at));
  if (from === undefined) return undefined;
  const last = end ? end.at + Number(end.whole) : Math.floor(from) + 1;
  const to = last > from ? last : Math.floor(from) + 1;
  const share = fields.progress && cells[fields.progress.id];
  const milestone = fields.milestone !== undefined && cells[fields.milestone.id] === true;
  const progress = typeof share === 'number' ? Math.min(1, Math.max(0, share)) : undefined;
  // A milestone is a day: the one it is to be reached on.
  const day = Math.ceil(to) - 1;
  return milestone ? { from: day, to: day + 1, milestone, progress } : { from, to, milestone, progress };
}

/** What of a bar is dragged. */
export type Grip = 'move' | 'start' | 'end' | 'progress';

/** What can be dragged where only some of the fields can be written. */
export function gripsOf(fields: GanttFields, milestone: boolean): ReadonlySet<Grip> {
  const writes = (field: Field | undefined) => field !== undefined && isWritable(field);
  const grips = new Set<Grip>();
  // An end that is computed is taken to follow from the start.
  if (writes(fields.start)) grips.add('move');
  if (milestone) return grips;
  if (writes(fields.start) && writes(fields.end)) grips.add('start');
  if (writes(fields.end)) grips.add('end');
  if (writes(fields.progress)) grips.add('progress');
  return grips;
}

/** By how many days an end of a bar may be dragged: it lasts at least one. */
export function clampDays(grip: Grip, bar: Bar, days: number): number {
  const most = Math.max(0, Math.ceil(bar.to) - Math.floor(bar.from) - 1);
  if (grip === 'start') return Math.min(days, most);
  return grip === 'end' ? Math.max(days, -most) : days;
}

/** A bar whose grip was dragged by days. */
export function draggedBar(bar: Bar, grip: Grip, days: number): Bar {
  if (grip === 'progress') return bar;
  return {
    ...bar,
    from: grip === 'end' ? bar.from : bar.from + days,
    to: grip === 'start' ? bar.to : bar.to + days,
  };
}

/** A date some days later, at the same time of day. */
function shifted(field: Field, value: unknown, days: number, zone: string): CellValue {
  if (typeof value !== 'string') return undefined;
  const style = styleOf(field);
  const whole = parseDay(value) !== undefined;
  const parts = dateParts(value, !whole, zoneOf(style, zone));
  if (!parts) return undefined;
  const later = civil(dayOf(parts.year, parts.month, parts.day) + days);
  return dateValue({ ...parts, ...later }, !whole, zoneOf(style, zone));
}

/** A day as a date field takes it: its beginning, or its end. */
function dayValue(field: Field, day: number, ends: boolean, zone: string): CellValue {
  const style = styleOf(field);
  return dateValue(
    { ...civil(style.time && ends ? day + 1 : day), hour: 0, minute: 0 },
    style.time,
    zoneOf(style, zone),
  );
}

/** The cells that dragging a grip by days writes. */
export function draggedCells(
  cells: Cells,
  fields: GanttFields,
  bar: Bar,
  { grip, days }: { grip: Grip; days: number },
  zone: string,
): Record<string, CellValue> {
  const written: Record<string, CellValue> = {};
  const { start, end } = fields;
  if (days === 0 || grip === 'progress') return written;
  if (start && grip !== 'end' && isWritable(start)) {
    const moved = shifted(start, cells[start.id], days, zone);
    if (moved !== undefined) written[start.id] = moved;
    else if (grip === 'start') written[start.id] = dayValue(start, Math.floor(bar.from) + days, false, zone);
  }
  if (end && grip !== 'start' && isWritable(end)) {
    const moved = shifted(end, cells[end.id], days, zone);
    if (moved !== undefined) written[end.id] = moved;
    else if (grip === 'end') written[end.id] = dayValue(end, Math.ceil(bar.to) - 1 + days, true, zone);
  }
  return written;
}

/** The cells that put a task on days, the last one included. */
export function cellsOn(fields: GanttFields, first: number, last: number, zone: string): Record<string, CellValue> {
  const written: Record<string, CellValue> = {};
  const { start, end } = fields;
  if (start && isWritable(start)) written[start.id] = dayValue(start, first, false, zone);
  if (end && isWritable(end)) written[end.id] = dayValue(end, last, true, zone);
  return written;
}
