/**
 * Copying, pasting, filling and clearing: from a selection to edits. Talks to the source of rows and to nothing else of the
 * grid.
 */
import { formatHtml, formatTsv } from './clipboard';
import { continued } from './fill';
import { type Locale, plainCell } from './format';
import type { Rect } from './keyboard';
import {
  type CellEdit,
  type CellValue,
  type Choice,
  choicesOf,
  type Field,
  type GridRow,
  type GridSource,
} from './model';
import { parseCell, splitNames } from './parse';

/** Most cells that are copied, cleared or filled at once. */
export const mostCells = 500_000;

export interface TransferContext {
  source: GridSource;
  fields: readonly Field[];
  locale: Locale;
  createChoices: (field: Field, names: readonly string[]) => Promise<readonly Choice[] | undefined>;
}

const cellValue = (row: GridRow, field: Field) => row.cells[field.id] as CellValue;

/** Rows of a range if all are at hand. */
export function rowsAtHand(source: GridSource, range: Rect): GridRow[] | undefined {
  const rows: GridRow[] = [];
  for (let y = range.y; y < range.y + range.height; y++) {
    const row = source.row(y);
    if (!row) return undefined;
    rows.push(row);
  }
  return rows;
}

export async function rowsOf(source: GridSource, range: Rect): Promise<GridRow[]> {
  return rowsAtHand(source, range) ?? source.fetch(range.y, range.y + range.height);
}

export interface Copied {
  text: string;
  html: string;
}

export function copyRows(rows: readonly GridRow[], fields: readonly Field[], locale: Locale): Copied {
  const table = rows.map((row) => fields.map((field) => plainCell(field, cellValue(row, field), locale)));
  return { text: formatTsv(table), html: formatHtml(table) };
}

export function clearEdits(rows: readonly GridRow[], fields: readonly Field[]): CellEdit[] {
  const empty = (field: Field): CellValue => (field.type === 'checkbox' ? false : null);
  return rows.flatMap((row) => fields.map((field) => ({ record: row.id, field: field.id, value: empty(field) })));
}

/** What is written where the fill handle was pulled to. */
export function fillEdits(rows: readonly GridRow[], all: Rect, source: Rect, fields: readonly Field[]): CellEdit[] {
  const at = (x: number, y: number) => {
    const row = rows[y - all.y];
    const field = fields[x];
    return row && field ? cellValue(row, field) : undefined;
  };
  const edits: CellEdit[] = [];
  const put = (x: number, y: number, value: CellValue) => {
    const row = rows[y - all.y];
    const field = fields[x];
    if (row && field)
      edits.push({ record: row.id, field: field.id, value: value ?? (field.type === 'checkbox' ? false : null) });
  };
  const vertical = all.height > source.height;
  if (vertical) {
    const up = all.y < source.y;
    const count = all.height - source.height;
    for (let x = source.x; x < source.x + source.width; x++) {
      const field = fields[x];
      if (!field) continue;
      const values = Array.from({ length: source.height }, (_, i) => at(x, source.y + i));
      continued(field, values, count, up).forEach((value, i) => {
        put(x, up ? source.y - 1 - i : source.y + source.height + i, value);
      });
    }
    return edits;
  }
  for (let y = source.y; y < source.y + source.height; y++) {
    for (let x = all.x; x < all.x + all.width; x++) {
      if (x >= source.x && x < source.x + source.width) continue;
      const from = source.x + ((((x - source.x) % source.width) + source.width) % source.width);
      const target = fields[x];
      const origin = fields[from];
      if (target && origin && target.type === origin.type && choicesOf(target).length === 0) put(x, y, at(from, y));
    }
  }
  return edits;
}

export interface Pasted {
  edits: CellEdit[];
  created: Record<string, CellValue>[];
  /** Cells whose text is no value of their field. */
  unreadable: number;
  range: Rect;
}

/** Repeats what was copied when the selected range is a multiple of it. */
export function tile(table: readonly (readonly string[])[], range: Rect): readonly (readonly string[])[] {
  const height = table.length;
  const width = Math.max(0, ...table.map((row) => row.length));
  if (height === 0 || width === 0) return table;
  const single = width === 1 && height === 1;
  const fitsX = range.width > width && range.width % width === 0;
  const fitsY = range.height > height && range.height % height === 0;
  const outWidth = single || fitsX ? Math.max(width, range.width) : width;
  const outHeight = single || fitsY ? Math.max(height, range.height) : height;
  return Array.from({ length: outHeight }, (_, y) =>
    Array.from({ length: outWidth }, (_, x) => table[y % height]?.[x % width] ?? ''),
  );
}

/** Names of choices in the table that its columns do not know yet, by field. */
function missingChoices(table: readonly (readonly string[])[], columns: readonly Field[]): Map<Field, string[]> {
  const missing = new Map<Field, string[]>();
  columns.forEach((field, x) => {
    if (field.type !== 'select' && field.type !== 'multi_select') return;
    const known = new Set(field.choices.map((choice) => choice.name.toLowerCase()));
    const names = new Map<string, string>();
    for (const row of table) {
      const text = (row[x] ?? '').trim();
      if (text === '') continue;
      const parts = field.type === 'select' ? [text] : splitNames(text, field.choices);
      for (const name of parts) if (!known.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
    }
    if (names.size > 0) missing.set(field, [...names.values()]);
  });
  return missing;
}

/** Turns a pasted table into edits of the rows there are and new rows below them. Makes missing choices first. */
export async function paste(
  rowsIn: readonly (readonly string[])[],
  range: Rect,
  context: TransferContext,
  now: Date,
): Promise<Pasted> {
  const table = tile(rowsIn, range);
  const width = Math.min(Math.max(0, ...table.map((row) => row.length)), context.fields.length - range.x);
  const columns = context.fields.slice(range.x, range.x + width);
  const known = await withChoices(table, columns, context);
  const total = context.source.total;
  const existing = Math.max(0, Math.min(table.length, total - range.y));
  const rows = existing > 0 ? await rowsOf(context.source, { ...range, height: existing }) : [];
  const result: Pasted = {
    edits: [],
    created: [],
    unreadable: 0,
    range: { x: range.x, y: range.y, width: Math.max(1, width), height: Math.max(1, table.length) },
  };
  table.forEach((line, y) => {
    const made: Record<string, CellValue> = {};
    known.forEach((field, x) => {
      const text = line[x];
      if (text === undefined) return;
      const parsed = parseCell(field, text, context.locale, now);
      if (!('value' in parsed)) {
        result.unreadable++;
        return;
      }
      const row = rows[y];
      if (row) result.edits.push({ record: row.id, field: field.id, value: parsed.value });
      else if (parsed.value !== null && parsed.value !== false) made[field.id] = parsed.value;
    });
    if (y >= existing) result.created.push(made);
  });
  return result;
}

async function withChoices(
  table: readonly (readonly string[])[],
  columns: readonly Field[],
  context: TransferContext,
): Promise<Field[]> {
  const missing = missingChoices(table, columns);
  const known: Field[] = [];
  for (const field of columns) {
    const names = missing.get(field);
    const choices = names ? await context.createChoices(field, names) : undefined;
    known.push(choices && 'choices' in field ? { ...field, choices: [...choices] } : field);
  }
  return known;
}
