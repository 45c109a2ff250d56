/** Tables on the clipboard: the forms that spreadsheets write and read. Pure but for DOMParser. */

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

/** Rows of the first table in HTML; undefined when there is none. Spans leave empty cells. */
export function parseHtml(html: string): string[][] | undefined {
  if (!/<table/i.test(html)) return undefined;
  const table = new DOMParser().parseFromString(html, 'text/html').querySelector('table');
  if (!table) return undefined;
  const rows: string[][] = [];
  for (const [r, line] of [...table.querySelectorAll('tr')].entries()) {
    rows[r] ??= [];
    let c = 0;
    for (const cell of line.querySelectorAll('td, th')) {
      while (rows[r][c] !== undefined) c++;
      const width = Math.max(1, Math.min(1000, Number(cell.getAttribute('colspan')) || 1));
      const height = Math.max(1, Math.min(1000, Number(cell.getAttribute('rowspan')) || 1));
      for (let y = 0; y < height; y++) {
        rows[r + y] ??= [];
        const target = rows[r + y] as string[];
        for (let x = 0; x < width; x++) target[c + x] = x === 0 && y === 0 ? textOf(cell) : '';
      }
      c += width;
    }
  }
  return rows.length === 0 ? undefined : rows.map((row) => Array.from(row, (cell) => cell ?? ''));
}

/** Excel breaks lines inside a cell with <br> and indents its source with blanks that mean nothing. */
function textOf(cell: Element): string {
  const copy = cell.cloneNode(true) as Element;
  for (const node of [...copy.querySelectorAll('style, script')]) node.remove();
  const html = copy.innerHTML.replace(/\s*\n\s*/g, ' ').replace(/<br[^>]*>\s*/gi, '\n');
  copy.innerHTML = html;
  return (copy.textContent ?? '').replaceAll('\u00a0', ' ').trim();
}

/** What was pasted: rows of text. A table in HTML counts before plain text. */
export function parsePaste(text: string, html: string): string[][] {
  const table = html ? parseHtml(html) : undefined;
  if (table) return table;
  return text === '' ? [] : parseTsv(text);
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

export function formatHtml(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`);
  return `<table>${lines.join('')}</table>`;
}
