/**
 * Copying, pasting, filling and clearing: from a selection to edits. Talks to the source of rows and to nothing else of the
 * grid.
 */
import { formatHtml, formatTsv, type Origin, type Pasted, type PastedTable } from './clipboard';
import { continued } from './fill';
import { type Locale, plainCell } from './format';
import type { Rect } from './keyboard';
import {
  type CellEdit,
  type CellValue,
  type Choice,
  type Field,
  type GridRow,
  type GridSource,
  isEmpty,
  isMore,
  isMultiple,
  isWritable,
  itemsOf,
} from './model';
import { type FoundRecords, parseCell, splitList, splitNames } from './parse';
import type { CellServices } from './services';

/** Most cells that are copied, cleared or filled at once. */
export const mostCells = 500_000;

export interface TransferContext {
  source: GridSource;
  fields: readonly Field[];
  locale: Locale;
  createChoices: (field: Field, names: readonly string[]) => Promise<readonly Choice[] | undefined>;
  recordsCalled: CellServices['recordsCalled'];
}

const cellValue = (row: GridRow, field: Field) => row.cells[field.id] as CellValue;

/** Rows of a range if all are at hand; lines that are no records are left out. */
export function rowsAtHand(source: GridSource, range: Rect): GridRow[] | undefined {
  const rows: GridRow[] = [];
  for (let y = range.y; y < range.y + range.height; y++) {
    const row = source.row(y);
    if (row) rows.push(row);
    else if (!source.line?.(y)) return undefined;
  }
  return rows;
}

/** As many rows from a line on as there are, and the line after the last. */
async function rowsFrom(source: GridSource, from: number, count: number): Promise<{ rows: GridRow[]; end: number }> {
  const rows: GridRow[] = [];
  let end = from;
  while (rows.length < count && end < source.total) {
    const height = Math.min(count - rows.length, source.total - end);
    rows.push(...(await rowsOf(source, { x: 0, y: end, width: 1, height })));
    end += height;
  }
  return { rows, end };
}

export async function rowsOf(source: GridSource, range: Rect): Promise<GridRow[]> {
  return rowsAtHand(source, range) ?? source.fetch(range.y, range.y + range.height);
}

export interface Copied {
  text: string;
  html: string;
}

/** Types whose values say more than their texts. */
const valued: ReadonlySet<string> = new Set([
  'member',
  'group',
  'created_by',
  'updated_by',
  'attachment',
  'location',
  'link',
  'backlink',
  'select',
  'multi_select',
  'date',
  'number',
]);

function originOf(field: Field): Origin {
  if (field.type === 'select' || field.type === 'multi_select') return { type: field.type, field: field.id };
  return 'table' in field ? { type: field.type, table: field.table } : { type: field.type };
}

export function copyRows(rows: readonly GridRow[], fields: readonly Field[], locale: Locale): Copied {
  const table = rows.map((row) =>
    fields.map((field): Pasted => {
      const value = cellValue(row, field);
      const text = plainCell(field, value, locale);
      return valued.has(field.type) && !isEmpty(value) ? { text, value } : { text };
    }),
  );
  return {
    text: formatTsv(table.map((row) => row.map((cell) => cell.text))),
    html: formatHtml(table, fields.map(originOf)),
  };
}

const people = new Set(['member', 'created_by', 'updated_by']);

/** A value that was copied here, as one of another field; undefined when its text has to do. */
export function carried(value: CellValue, origin: Origin, to: Field): CellValue {
  if (value === undefined) return undefined;
  const items = itemsOf(value).filter((item) => !isMore(item));
  // A cell that was copied in part would be pasted in part.
  if (items.length < itemsOf(value).length) return undefined;
  const list = isMultiple(to) ? items : items.slice(0, 1);
  const fits = list.length === items.length;
  switch (to.type) {
    case 'select':
    case 'multi_select': {
      const known = new Set(to.choices.map((choice) => choice.id));
      if (origin.field !== to.id || !fits || !items.every((id) => typeof id === 'string' && known.has(id)))
        return undefined;
      return to.type === 'select' ? list[0] : list;
    }
    case 'member':
      return people.has(origin.type) && fits ? list : undefined;
    case 'link':
    case 'backlink':
      return origin.table === to.table && (origin.type === 'link' || origin.type === 'backlink') && fits
        ? list
        : undefined;
    case 'group':
    case 'attachment':
      return origin.type === to.type && fits ? list : undefined;
    case 'location':
      return origin.type === 'location' ? value : undefined;
    case 'number':
      return origin.type === 'number' && typeof value === 'number' ? value : undefined;
    case 'date':
      return origin.type === 'date' && typeof value === 'string' && value.length > 10 === to.time ? value : undefined;
    default:
      return undefined;
  }
}

export function clearEdits(rows: readonly GridRow[], fields: readonly Field[]): CellEdit[] {
  const empty = (field: Field): CellValue => (field.type === 'checkbox' ? false : null);
  const writable = fields.filter(isWritable);
  return rows.flatMap((row) => writable.map((field) => ({ record: row.id, field: field.id, value: empty(field) })));
}

/** How many cells of so many rows take no values. */
export const readOnlyCells = (rows: number, fields: readonly Field[]): number =>
  rows * fields.filter((field) => !isWritable(field)).length;

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
    // A cell that is shown in part would be written in part.
    if (row && field && isWritable(field) && !itemsOf(value).some(isMore))
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
      if (!target || !origin) continue;
      const value =
        target.type === 'text' || target.type === 'checkbox'
          ? at(from, y)
          : carried(at(from, y), originOf(origin), target);
      if (target.type === origin.type && value !== undefined) put(x, y, value);
    }
  }
  return edits;
}

export interface PasteResult {
  edits: CellEdit[];
  created: Record<string, CellValue>[];
  /** Cells whose text is no value of their field. */
  unreadable: number;
  /** Cells that are computed and take no values. */
  skipped: number;
  range: Rect;
  /** The line after the last row that was there. */
  end: number;
}

/** Repeats what was copied when the selected range is a multiple of it. */
export function tile(table: readonly (readonly Pasted[])[], range: Rect): readonly (readonly Pasted[])[] {
  const height = table.length;
  const width = Math.max(0, ...table.map((row) => row.length));
  if (height === 0 || width === 0) return table;
  const single = width === 1 && height === 1;
  const fitsX = range.width > width && range.width % width === 0;
  const fitsY = range.height > height && range.height % height === 0;
  const outWidth = single || fitsX ? Math.max(width, range.width) : width;
  const outHeight = single || fitsY ? Math.max(height, range.height) : height;
  return Array.from({ length: outHeight }, (_, y) =>
    Array.from({ length: outWidth }, (_, x) => table[y % height]?.[x % width] ?? { text: '' }),
  );
}

/** Reads a cell for a field: by its value if it was copied here, else by its text. */
type Read = (cell: Pasted, x: number, field: Field) => CellValue;

/** Names of choices in the table that its columns do not know yet, by field. */
function missingChoices(
  table: readonly (readonly Pasted[])[],
  columns: readonly Field[],
  read: Read,
): Map<Field, string[]> {
  const missing = new Map<Field, string[]>();
  columns.forEach((field, x) => {
    if (field.type !== 'select' && field.type !== 'multi_select') return;
    const known = new Set(field.choices.map((choice) => choice.name.toLowerCase()));
    const names = new Map<string, string>();
    for (const row of table) {
      const cell = row[x];
      const text = (cell?.text ?? '').trim();
      if (!cell || text === '' || read(cell, x, field) !== undefined) continue;
      const parts = field.type === 'select' ? [text] : splitNames(text, field.choices);
      for (const name of parts) if (!known.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
    }
    if (names.size > 0) missing.set(field, [...names.values()]);
  });
  return missing;
}

/** Turns a pasted table into edits of the rows there are and new rows below them. Makes missing choices first. */
export async function paste(
  pasted: PastedTable,
  range: Rect,
  context: TransferContext,
  now: Date,
): Promise<PasteResult> {
  const table = tile(pasted.rows, range);
  const width = Math.min(Math.max(0, ...table.map((row) => row.length)), context.fields.length - range.x);
  const columns = context.fields.slice(range.x, range.x + width);
  const copied = Math.max(1, ...pasted.rows.map((row) => row.length));
  const read: Read = (cell, x, field) => {
    const origin = pasted.origins[x % copied];
    return origin ? carried(cell.value, origin, field) : undefined;
  };
  const known = await withChoices(table, columns, read, context);
  const found = await Promise.all(known.map((field, x) => recordsIn(table, x, field, read, context)));
  const { rows, end } = await rowsFrom(context.source, range.y, table.length);
  const height = end - range.y + table.length - rows.length;
  const result: PasteResult = {
    edits: [],
    created: [],
    unreadable: 0,
    skipped: 0,
    range: { x: range.x, y: range.y, width: Math.max(1, width), height: Math.max(1, height) },
    end,
  };
  table.forEach((line, y) => {
    const made: Record<string, CellValue> = {};
    known.forEach((field, x) => {
      const cell = line[x];
      if (cell === undefined) return;
      if (!isWritable(field)) {
        if (cell.text.trim() !== '') result.skipped++;
        return;
      }
      const value = read(cell, x, field);
      const parsed = value === undefined ? parseCell(field, cell.text, context.locale, now, found[x]) : { value };
      if (!('value' in parsed)) {
        result.unreadable++;
        return;
      }
      const row = rows[y];
      if (row) result.edits.push({ record: row.id, field: field.id, value: parsed.value });
      else if (parsed.value !== null && parsed.value !== false) made[field.id] = parsed.value;
    });
    if (y >= rows.length) result.created.push(made);
  });
  return result;
}

/** The records that the texts of a column name, when it is one of links. */
async function recordsIn(
  table: readonly (readonly Pasted[])[],
  x: number,
  field: Field,
  read: Read,
  context: TransferContext,
): Promise<FoundRecords | undefined> {
  if (field.type !== 'link' && field.type !== 'backlink') return undefined;
  const texts = new Set<string>();
  for (const row of table) {
    const cell = row[x];
    if (!cell || cell.text.trim() === '' || read(cell, x, field) !== undefined) continue;
    texts.add(cell.text.trim());
    for (const part of splitList(cell.text)) texts.add(part);
  }
  return texts.size > 0 ? context.recordsCalled(field, [...texts]) : undefined;
}

async function withChoices(
  table: readonly (readonly Pasted[])[],
  columns: readonly Field[],
  read: Read,
  context: TransferContext,
): Promise<Field[]> {
  const missing = missingChoices(table, columns, read);
  const known: Field[] = [];
  for (const field of columns) {
    const names = missing.get(field);
    const choices = names ? await context.createChoices(field, names) : undefined;
    known.push(choices && 'choices' in field ? { ...field, choices: [...choices] } : field);
  }
  return known;
}
