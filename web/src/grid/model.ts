/** What the grid shows: fields and values, in the shape of the API. Knows nothing of bases, views or the server. */

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

export type FieldKind =
  | { type: 'text' }
  | { type: 'number'; precision: number; thousands: boolean }
  | { type: 'select'; choices: Choice[] }
  | { type: 'multi_select'; choices: Choice[] }
  | { type: 'date'; time: boolean }
  | { type: 'checkbox' };
export type FieldType = FieldKind['type'];
export const fieldTypes: readonly FieldType[] = ['text', 'number', 'select', 'multi_select', 'date', 'checkbox'];

export type Field = { id: string; name: string; description?: string } & FieldKind;

/** Text, a number, a choice's id, choices' ids, a date as `2026-11-20` or an RFC 3339 instant, a tick, or nothing. */
export type CellValue = string | number | boolean | readonly string[] | null | undefined;

export interface GridRow {
  id: string;
  cells: Readonly<Record<string, unknown>>;
  /** Fields whose change waits for the connection. */
  waiting: ReadonlySet<string> | undefined;
  deleted: boolean;
  created: boolean;
}

/** Rows of any number; only some are at hand. */
export interface GridSource {
  total: number;
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

export function choicesOf(field: Field): Choice[] {
  return field.type === 'select' || field.type === 'multi_select' ? field.choices : [];
}

export function defaultWidth(field: Field, primary: boolean): number {
  if (primary) return 260;
  return { text: 200, number: 120, select: 140, multi_select: 190, date: 130, checkbox: 90 }[field.type];
}
