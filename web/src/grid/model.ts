/** What the grid shows: fields and values, in the shape of the API. Knows nothing of bases, views or the server. */

import type { GroupLine, Path, Tells } from './groups/model';
import type { FormulaMistake } from './mistakes';

export const colors = [
  'gray',
  'blue',
  'cyan',
  'teal',
  'green',
  'lime',
  'yellow',
  'orange',
  'red',
  'pink',
  'purple',
  'indigo',
] as const;
export type Color = (typeof colors)[number];

export interface Choice {
  id: string;
  name: string;
  color: Color;
}

export type TextFormat = 'plain' | 'long' | 'phone' | 'url' | 'email' | 'barcode';
export type NumberFormat = 'plain' | 'percent' | 'currency' | 'progress' | 'rating' | 'duration';
export type Separators = 'local' | 'comma_point' | 'point_comma' | 'space_comma' | 'space_point' | 'apostrophe_point';
export type DateFormat = 'local' | 'iso' | 'year_first' | 'day_first' | 'month_first' | 'day_dots' | 'long';

/** How a number is shown. What is absent is usual: plain, with the separators of the reader's language. */
export interface NumberStyle {
  format?: NumberFormat;
  precision: number;
  thousands: boolean;
  separators?: Separators;
  /** ISO 4217, or a sign. */
  currency?: string;
  /** Stars of a rating. */
  max?: number;
}

export interface DateStyle {
  time: boolean;
  format?: DateFormat;
  /** IANA name; the reader's own when absent. */
  zone?: string | null;
}

export interface Style {
  number?: NumberStyle;
  date?: DateStyle;
}

/** Where the records are that a lookup looks at: those of a link of the record, or all of a table. */
export type LookupFrom = { link: string } | { table: string };

export const aggregates = [
  'sum',
  'average',
  'median',
  'min',
  'max',
  'range',
  'count',
  'count_all',
  'count_unique',
  'first',
  'last',
  'join',
  'unique',
  'all',
  'any',
] as const;
export type Aggregate = (typeof aggregates)[number];

export type ButtonAction = { do: 'open'; formula: string } | { do: 'set'; cells: [string, unknown][] };

export type FieldKind =
  | { type: 'text'; format?: TextFormat }
  | ({ type: 'number' } & NumberStyle)
  | { type: 'select'; choices: Choice[] }
  | { type: 'multi_select'; choices: Choice[] }
  | ({ type: 'date' } & DateStyle)
  | { type: 'checkbox' }
  | { type: 'member'; multiple: boolean }
  | { type: 'group'; multiple: boolean }
  | { type: 'attachment' }
  | { type: 'location' }
  | { type: 'auto_number'; pattern: string }
  | ({ type: 'created_at' } & DateStyle)
  | ({ type: 'updated_at' } & DateStyle)
  | { type: 'created_by' }
  | { type: 'updated_by' }
  | { type: 'button'; label: string; color: Color; action: ButtonAction }
  | { type: 'link'; table: string; multiple: boolean; mirror?: string; filter?: unknown }
  | { type: 'backlink'; table: string; field: string; multiple: boolean }
  | { type: 'lookup'; from: LookupFrom; field: string; filter?: unknown }
  | { type: 'rollup'; from: LookupFrom; field: string; filter?: unknown; aggregate: Aggregate; style?: Style }
  | { type: 'formula'; formula: string; style?: Style };
export type FieldType = FieldKind['type'];

export type ItemType =
  | 'any'
  | 'bool'
  | 'number'
  | 'duration'
  | 'text'
  | 'date'
  | 'choice'
  | 'member'
  | 'group'
  | 'record'
  | 'file'
  | 'place';

/** What a computed field gives. */
export interface Computed {
  type: ItemType;
  list: boolean;
  /** Of a date: whether it may have a time of day. */
  time?: boolean;
  /** Of records and choices. */
  table?: string;
  /** Of choices. */
  field?: string;
  /** The formula with names. */
  formula?: string;
  /** Why it cannot be computed; offsets in UTF-16 code units of `formula`. */
  error?: FormulaMistake;
}

export type Field = {
  id: string;
  name: string;
  description?: string;
  required?: boolean;
  unique?: boolean;
  /** What new records get, in the form of the API. */
  default_value?: unknown;
  computed?: Computed;
  /** Not of the API: the field whose values a computed one shows, put here by who knows all tables. */
  source?: Field;
} & FieldKind;

export type FieldOf<T extends FieldType> = Extract<Field, { type: T }>;

/** A record as another one names it. */
export interface RecordRef {
  id: string;
  text: string;
}
/** How many more records a link names than it shows. */
export interface MoreRecords {
  more: number;
}
export interface FileRef {
  id: string;
  name: string;
  /** Bytes. */
  size: number;
  /** Media type. */
  media: string;
}
/** Degrees, WGS 84. */
export interface Place {
  name?: string;
  longitude: number;
  latitude: number;
}
/** What a failed computation gives: `#DIV/0` and its like. */
export interface Failure {
  error: string;
}
export type CellItem = string | number | boolean | RecordRef | MoreRecords | FileRef | Place | Failure;

/**
 * Text, a number, a date as `2026-11-20` or an RFC 3339 instant, a tick, a choice's id; lists of ids of choices, people and
 * groups, of files and of records; a place; what a computation gave; or nothing.
 */
export type CellValue = CellItem | readonly CellItem[] | null | undefined;

/** What people and groups are called, by id. */
export interface Named {
  id: string;
  name: string;
  email?: string | null;
  avatar?: string | null;
  /** False for who has left: shown where picked, offered no more. */
  active?: boolean;
  /** Stands before the others where people are picked: no person, but whom it turns out to be. */
  first?: boolean;
}

export interface GridRow {
  id: string;
  cells: Readonly<Record<string, unknown>>;
  /** Fields whose change waits for the connection. */
  waiting: ReadonlySet<string> | undefined;
  deleted: boolean;
  created: boolean;
  /** The places of the colours that count for it. */
  colors?: readonly number[];
}

/** Lines of any number; only some are at hand. A line is a record, unless records are in groups. */
/** Where a record stands in a tree. */
export interface Twig {
  /** How many records it stands under. */
  depth: number;
  /** Whether others stand under it, and whether those are folded. */
  parent: boolean;
  folded: boolean;
}

export interface GridSource {
  total: number;
  /** Records there are, where lines are more than that. */
  records?: number;
  tells?: Tells;
  /** Of all records, in the order of what is told. */
  summaries?: readonly unknown[];
  /** What stands at a line that is no record. */
  line?(index: number): GroupLine | undefined;
  /** The groups around a line. */
  groupAt?(index: number): Path;
  /** Where the record at a line stands in a tree; undefined where there is none. */
  twig?(index: number): Twig | undefined;
  /** What the record at a line is numbered. */
  numberAt?(index: number): number | undefined;
  /** Changes with every change of rows. */
  version(): number;
  subscribe(listener: () => void): () => void;
  /** Undefined while it is being loaded. */
  row(index: number): GridRow | undefined;
  indexOf(record: string): number | undefined;
  /** Says which rows are visible. */
  show(from: number, to: number): void;
  /** Rows from..to, loaded if need be. */
  fetch(from: number, to: number): Promise<GridRow[]>;
}

export interface CellEdit {
  record: string;
  field: string;
  value: CellValue;
}

export type RowHeight = 'short' | 'medium' | 'tall';
export const rowPixels: Record<RowHeight, number> = { short: 34, medium: 58, tall: 98 };

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The items of a cell: of one that has a single value, that one. */
export function itemsOf(value: CellValue): readonly CellItem[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value as CellItem];
}

/** The ids a cell names: of choices, people and groups, or of things that have one. */
export function idsOf(value: CellValue): string[] {
  return itemsOf(value).flatMap((item) => {
    if (typeof item === 'string') return [item];
    return typeof item === 'object' && 'id' in item ? [item.id] : [];
  });
}

export const isFailure = (item: unknown): item is Failure =>
  typeof item === 'object' && item !== null && typeof (item as Failure).error === 'string';
export const isRecord = (item: unknown): item is RecordRef =>
  typeof item === 'object' && item !== null && 'id' in item && 'text' in item;
export const isFile = (item: unknown): item is FileRef =>
  typeof item === 'object' && item !== null && 'id' in item && 'media' in item;
export const isPlace = (item: unknown): item is Place =>
  typeof item === 'object' && item !== null && 'longitude' in item && 'latitude' in item;
export const isMore = (item: unknown): item is MoreRecords =>
  typeof item === 'object' && item !== null && 'more' in item;

/** The choices a field is picked from, or that a computed one shows. */
export function choicesOf(field: Field): Choice[] {
  if (field.type === 'select' || field.type === 'multi_select') return field.choices;
  return field.source && field.computed?.type === 'choice' ? choicesOf(field.source) : [];
}

const unwritable: ReadonlySet<FieldType> = new Set<FieldType>([
  'auto_number',
  'created_at',
  'updated_at',
  'created_by',
  'updated_by',
  'button',
  'lookup',
  'rollup',
  'formula',
]);

/** Whether people may write its cells. */
export const isWritable = (field: Pick<Field, 'type'>): boolean => !unwritable.has(field.type);

/** Whether a cell may hold several of what it names. */
export function isMultiple(field: Field): boolean {
  if (field.type === 'multi_select' || field.type === 'attachment') return true;
  return 'multiple' in field && field.multiple;
}

const widths: Partial<Record<FieldType, number>> = {
  text: 200,
  number: 120,
  select: 140,
  checkbox: 90,
  date: 130,
  attachment: 160,
  auto_number: 110,
  button: 130,
  link: 200,
  backlink: 200,
  multi_select: 190,
  location: 190,
  lookup: 180,
};

export function defaultWidth(field: Field, primary: boolean): number {
  if (primary) return 260;
  if ('time' in field && field.time) return 165;
  return widths[field.type] ?? 140;
}
