/** Tables on the clipboard: the forms that spreadsheets write and read. Pure but for DOMParser. */
import type { CellValue, FieldType } from './model';

/** Rows of cells from tab-separated text with quotes, as Excel, Numbers and Sheets copy it. */
export function parseTsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const source = text.replace(/\r\n?/g, '\n');
  while (at <= source.length) {
    const [cell, end] = source[at] === '"' ? quoted(source, at) : plain(source, at);
    row.push(cell);
    if (source[end] !== '\t') {
      rows.push(row);
      row = [];
    }
    at = end + 1;
  }
  const last = rows.at(-1);
  if (rows.length > 1 && last?.length === 1 && last[0] === '') rows.pop();
  return rows;
}

function plain(source: string, from: number): [string, number] {
  let end = from;
  while (end < source.length && source[end] !== '\t' && source[end] !== '\n') end++;
  return [source.slice(from, end), end];
}

/** A quoted cell; when the quote does not end at a border, it was no quoting and the text is taken as it is. */
function quoted(source: string, from: number): [string, number] {
  let text = '';
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] !== '"') text += source[at];
    else if (source[at + 1] === '"') {
      text += '"';
      at++;
    } else {
      const next = source[at + 1];
      return next === undefined || next === '\t' || next === '\n' ? [text, at + 1] : plain(source, from);
    }
  }
  return plain(source, from);
}

/** A pasted cell: its text and, when it was copied here, its value. */
export interface Pasted {
  text: string;
  value?: CellValue;
}

/** Where cells were copied: what their values mean depends on it. */
export interface Origin {
  type: FieldType;
  /** Of choices: whose. */
  field?: string;
  /** Of records: of which table. */
  table?: string;
}

export interface PastedTable {
  rows: Pasted[][];
  /** Of the columns; empty when the table was copied elsewhere. */
  origins: Origin[];
}

/** Rows of the first table in HTML; undefined when there is none. Spans leave empty cells. */
export function parseHtml(html: string): PastedTable | undefined {
  if (!/<table/i.test(html)) return undefined;
  const table = new DOMParser().parseFromString(html, 'text/html').querySelector('table');
  if (!table) return undefined;
  const rows: Pasted[][] = [];
  for (const [r, line] of [...table.querySelectorAll('tr')].entries()) {
    rows[r] ??= [];
    let c = 0;
    for (const cell of line.querySelectorAll('td, th')) {
      while (rows[r][c] !== undefined) c++;
      const width = Math.max(1, Math.min(1000, Number(cell.getAttribute('colspan')) || 1));
      const height = Math.max(1, Math.min(1000, Number(cell.getAttribute('rowspan')) || 1));
      for (let y = 0; y < height; y++) {
        rows[r + y] ??= [];
        const target = rows[r + y] as Pasted[];
        for (let x = 0; x < width; x++) target[c + x] = x === 0 && y === 0 ? pastedOf(cell) : { text: '' };
      }
      c += width;
    }
  }
  if (rows.length === 0) return undefined;
  const origins = fromJson<Origin[]>(table.getAttribute(originsName));
  return {
    rows: rows.map((row) => Array.from(row, (cell) => cell ?? { text: '' })),
    origins: Array.isArray(origins) ? origins : [],
  };
}

const originsName = 'data-skein-fields';
const valueName = 'data-skein-value';

/** What other programs have put into our attributes is nothing. */
function fromJson<T>(text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

function pastedOf(cell: Element): Pasted {
  const value = fromJson<CellValue>(cell.getAttribute(valueName));
  return value === undefined ? { text: textOf(cell) } : { text: textOf(cell), value };
}

/** Excel breaks lines inside a cell with <br> and indents its source with blanks that mean nothing. */
function textOf(cell: Element): string {
  const copy = cell.cloneNode(true) as Element;
  for (const node of [...copy.querySelectorAll('style, script')]) node.remove();
  const html = copy.innerHTML.replace(/\s*\n\s*/g, ' ').replace(/<br[^>]*>\s*/gi, '\n');
  copy.innerHTML = html;
  return (copy.textContent ?? '').replaceAll('\u00a0', ' ').trim();
}

/** What was pasted. A table in HTML counts before plain text. */
export function parsePaste(text: string, html: string): PastedTable {
  const table = html ? parseHtml(html) : undefined;
  if (table) return table;
  const rows = text === '' ? [] : parseTsv(text);
  return { rows: rows.map((row) => row.map((cell) => ({ text: cell }))), origins: [] };
}

function tsvCell(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function formatTsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(tsvCell).join('\t')).join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>');
}

/** A table that other programs read by its texts, and this one by its values. */
export function formatHtml(rows: readonly (readonly Pasted[])[], origins: readonly Origin[]): string {
  const attribute = (name: string, value: unknown) =>
    ` ${name}="${escapeHtml(JSON.stringify(value)).replaceAll('"', '&quot;')}"`;
  const cell = ({ text, value }: Pasted) =>
    `<td${value === undefined ? '' : attribute(valueName, value)}>${escapeHtml(text)}</td>`;
  const lines = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`);
  return `<table${origins.length > 0 ? attribute(originsName, origins) : ''}>${lines.join('')}</table>`;
}
