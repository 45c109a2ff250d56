/** What keys, the clipboard and the fill handle do to the grid: from events to edits. */
import { CompactSelection, type DataEditorRef, type GridSelection, type Item } from '@glideapps/glide-data-grid';
import { type ClipboardEvent, type KeyboardEvent, type RefObject, useMemo } from 'react';
import type { Hit } from './cells/hit';
import { type PastedTable, parsePaste } from './clipboard';
import type { EditTarget } from './editor/CellEditor';
import { uploadInto } from './editor/uploads';
import { foldingOf } from './groups/keys';
import type { Place } from './groups/model';
import { landed, nearest } from './groups/walk';
import { type Action, actionOf, type Key, moveTo, type Rect } from './keyboard';
import { openLink, safeUrl } from './links';
import { type CellValue, type Field, type GridRow, isFile, itemsOf } from './model';
import { focusOf, noSelection, selectionOf } from './selection';
import type { CellServices } from './services';
import {
  type Copied,
  clearEdits,
  copyRows,
  fillEdits,
  mostCells,
  paste,
  readOnlyCells,
  rowsAtHand,
  rowsOf,
} from './transfer';
import type { GridProps } from './types';

interface Context {
  latest: RefObject<{
    props: GridProps;
    services: CellServices;
    selection: GridSelection;
    target: EditTarget | null;
  }>;
  select: (selection: GridSelection) => void;
  begin: (replace: boolean) => boolean;
  canvas: RefObject<DataEditorRef | null>;
  page: RefObject<number>;
}

export function useGridActions(context: Context) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: all parts are refs or stable
  return useMemo(() => makeActions(context), []);
}

/** Ranges that are selected: whole rows, whole columns, or the range around the focus and those added with Ctrl. */
function rangesOf(selection: GridSelection, columns: number, rows: number): Rect[] {
  if (selection.rows.length > 0) {
    const ranges: Rect[] = [];
    for (const y of selection.rows) {
      const last = ranges.at(-1);
      if (last && last.y + last.height === y) last.height++;
      else ranges.push({ x: 0, y, width: columns, height: 1 });
    }
    return ranges;
  }
  if (selection.columns.length > 0) {
    return [...selection.columns].map((x) => ({ x, y: 0, width: 1, height: rows }));
  }
  if (!selection.current) return [];
  const clip = (range: Rect) => ({ ...range, height: Math.min(range.height, rows - range.y) });
  return [...selection.current.rangeStack, selection.current.range].map(clip).filter((range) => range.height > 0);
}

function makeActions({ latest, select, begin, canvas, page }: Context) {
  const now = () => latest.current;
  const props = () => latest.current.props;
  const fields = () => now().props.columns.map((column) => column.field);
  const size = () => ({
    columns: now().props.columns.length,
    rows: now().props.source.total,
    page: page.current,
  });
  const ranges = () => rangesOf(now().selection, size().columns, size().rows);
  const fieldsIn = (range: Rect) => fields().slice(range.x, range.x + range.width);

  function tooMany(all: readonly Rect[]): boolean {
    const cells = all.reduce((sum, range) => sum + range.width * range.height, 0);
    if (cells <= mostCells) return false;
    now().props.onNotice({ kind: 'tooMany', most: mostCells });
    return true;
  }

  function tellSkipped(count: number): void {
    if (count > 0) now().props.onNotice({ kind: 'skipped', count });
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      now().props.onNotice({ kind: 'failed', error });
      return undefined;
    }
  }

  /** The last range; whole rows that do not touch each other are copied one below the other. */
  function copiedNow(): Copied | undefined {
    const { source, locale } = now().props;
    const all = now().selection.rows.length > 0 ? ranges() : ranges().slice(-1);
    const [first] = all;
    if (!first) return undefined;
    const rows = all.map((range) => rowsAtHand(source, range));
    if (rows.some((part) => part === undefined)) return undefined;
    return copyRows(
      rows.flatMap((part) => part ?? []),
      fieldsIn(first),
      locale,
    );
  }

  async function copiedLater(): Promise<Copied> {
    const { source, locale } = now().props;
    const all = now().selection.rows.length > 0 ? ranges() : ranges().slice(-1);
    const rows = (await Promise.all(all.map((range) => rowsOf(source, range)))).flat();
    return copyRows(rows, all[0] ? fieldsIn(all[0]) : [], locale);
  }

  async function copy(): Promise<void> {
    if (ranges().length === 0 || tooMany(ranges().slice(-1))) return;
    await attempt(async () => {
      const copied = copiedLater();
      const part = (type: 'text' | 'html', mime: string) => copied.then((c) => new Blob([c[type]], { type: mime }));
      await navigator.clipboard.write([
        new ClipboardItem({ 'text/plain': part('text', 'text/plain'), 'text/html': part('html', 'text/html') }),
      ]);
    });
  }

  async function clear(): Promise<void> {
    const { props } = now();
    const all = ranges();
    if (!props.editable || tooMany(all)) return;
    await attempt(async () => {
      let skipped = 0;
      for (const range of all) {
        const rows = await rowsOf(props.source, range);
        props.onEdit(clearEdits(rows, fieldsIn(range)));
        // Whole rows have computed cells, too; nobody means those.
        if (now().selection.rows.length === 0) skipped += readOnlyCells(rows.length, fieldsIn(range));
      }
      tellSkipped(skipped);
    });
  }

  async function pasteTable(table: PastedTable): Promise<void> {
    const { props, services, selection } = now();
    const range = ranges().at(-1);
    const { rows } = table;
    if (!range || !props.editable || rows.length === 0) return;
    if (tooMany([{ x: 0, y: 0, width: rows[0]?.length ?? 1, height: rows.length }])) return;
    await attempt(async () => {
      const result = await paste(
        table,
        range,
        {
          source: props.source,
          fields: fields(),
          locale: props.locale,
          createChoices: props.onCreateChoices,
          recordsCalled: services.recordsCalled,
        },
        new Date(),
      );
      if (result.edits.length > 0) props.onEdit(result.edits);
      if (result.created.length > 0) props.onCreate(result.created, placeAt(result.end));
      if (result.unreadable > 0) props.onNotice({ kind: 'unreadable', count: result.unreadable });
      tellSkipped(result.skipped);
      if (selection.current && result.range.width * result.range.height > 1) {
        select(selectionOf({ cell: [range.x, range.y], range: result.range }));
        const last = result.range.y + result.range.height - 1;
        requestAnimationFrame(() => canvas.current?.scrollTo(range.x, last));
      }
    });
  }

  async function pasteFromClipboard(): Promise<void> {
    await attempt(async () => {
      const [item] = await navigator.clipboard.read();
      const read = async (type: string) => (item?.types.includes(type) ? (await item.getType(type)).text() : '');
      await pasteTable(parsePaste(await read('text/plain'), await read('text/html')));
    });
  }

  /** Lines that are no records are left out of both ranges. */
  async function fill(from: Rect, all: Rect): Promise<void> {
    const { props } = now();
    if (!props.editable || tooMany([all])) return;
    await attempt(async () => {
      const rows = await rowsOf(props.source, all);
      const first = await rowsOf(props.source, from);
      const y = rows.findIndex((row) => row.id === first[0]?.id);
      if (y < 0) return;
      const source = { ...from, y, height: first.length };
      const whole = { ...all, y: 0, height: rows.length };
      props.onEdit(fillEdits(rows, whole, source, fields()));
      const down = whole.height > source.height;
      const filled = down ? fieldsIn(source) : fieldsIn(all).filter((field) => !fieldsIn(source).includes(field));
      tellSkipped(readOnlyCells(down ? whole.height - source.height : whole.height, filled));
    });
  }

  function fillInto(direction: 'down' | 'right') {
    const range = ranges().at(-1);
    if (!range) return;
    if (direction === 'down' && range.height > 1) void fill({ ...range, height: 1 }, range);
    if (direction === 'right' && range.width > 1) void fill({ ...range, width: 1 }, range);
  }

  /** What a press on a part of a cell does. */
  function act(hit: Hit, row: GridRow, field: Field): void {
    const { props, services } = now();
    const set = (value: CellValue) => props.onEdit([{ record: row.id, field: field.id, value }]);
    if (hit.do === 'toggle') set(row.cells[field.id] !== true);
    else if (hit.do === 'rate') set(hit.stars || null);
    else if (hit.do === 'open') openLink(hit.url);
    else if (hit.do === 'press' && field.type === 'button') services.press(row.id, field);
    else if (hit.do === 'fold') props.onFoldBranch(row.id, hit.folded);
    else if (hit.do === 'comments') props.onComments(row.id);
    else if (hit.do === 'record') services.openRecord(hit.table, hit.record.id);
    else if (hit.do === 'file') {
      const files = (itemsOf(row.cells[field.id] as CellValue) as readonly unknown[]).filter(isFile);
      services.preview(files, hit.index);
    }
  }

  /** Files dropped on, or pasted into, a cell that takes files. Answers whether it does. */
  function drop(cell: readonly [number, number], transfer: DataTransfer | null): boolean {
    const { props, services } = now();
    const field = fields()[cell[0]];
    const row = props.source.row(cell[1]);
    const files = [...(transfer?.files ?? [])];
    if (!props.editable || field?.type !== 'attachment' || !row || row.deleted || files.length === 0) return false;
    void uploadInto(services, row.id, field, files);
    return true;
  }

  function pressButton(row: GridRow, field: Extract<Field, { type: 'button' }>): void {
    const { props, services } = now();
    const value = row.cells[field.id];
    const url = typeof value === 'string' ? safeUrl(value) : undefined;
    if (field.action.do === 'open') {
      if (url) openLink(url);
    } else if (props.editable) services.press(row.id, field);
  }

  function toggle() {
    const { props, selection } = now();
    const focus = selection.current?.cell;
    const field = focus && fields()[focus[0]];
    const row = focus && props.source.row(focus[1]);
    if (field?.type === 'button' && row) return pressButton(row, field);
    if (!props.editable || !field || !row || field.type !== 'checkbox') return;
    const value = row.cells[field.id] !== true;
    const range = ranges().at(-1);
    const rows = (range && rowsAtHand(props.source, range)) ?? [row];
    const boxes = (range ? fieldsIn(range) : [field]).filter((f) => f.type === 'checkbox');
    props.onEdit(rows.flatMap((r) => boxes.map((box) => ({ record: r.id, field: box.id, value }))));
  }

  function wholeRows(): void {
    const range = now().selection.current?.range;
    if (range)
      select({ ...noSelection, rows: CompactSelection.fromSingleSelection([range.y, range.y + range.height]) });
  }

  function wholeColumns(): void {
    const range = now().selection.current?.range;
    if (range)
      select({ ...noSelection, columns: CompactSelection.fromSingleSelection([range.x, range.x + range.width]) });
  }

  function everything(): void {
    const { columns, rows } = size();
    const cell = now().selection.current?.cell ?? ([0, 0] as const);
    select(selectionOf({ cell, range: { x: 0, y: 0, width: columns, height: rows } }));
  }

  function menu(): void {
    const cell = now().selection.current?.cell;
    const rect = cell && canvas.current?.getBounds(cell[0], cell[1]);
    if (rect) now().props.onCellMenu({ x: rect.x + 12, y: rect.y + rect.height - 4 });
  }

  function expand(): void {
    const row = now().selection.current && now().props.source.row(now().selection.current?.cell[1] ?? -1);
    if (row) now().props.onExpand(row.id);
  }

  /** Gives up a range first, then the focused cell. */
  function giveUp(): void {
    const focus = focusOf(now().selection);
    const single = focus && focus.range.width * focus.range.height === 1;
    select(focus && !single ? selectionOf(moveTo(focus.cell[0], focus.cell[1], size())) : noSelection);
  }

  function remove(): void {
    if (now().props.editable) now().props.onDelete();
  }

  /** Where a record is made that is to follow a line; undefined when there are no groups. */
  function placeAt(line: number): Place | undefined {
    const path = props().source.groupAt?.(line - 1) ?? [];
    return path.length > 0 ? { path, line } : undefined;
  }

  function insert(): void {
    const line = now().selection.current?.cell[1];
    if (props().editable) props().onCreate([{}], line === undefined ? undefined : placeAt(line + 1));
  }

  /** Folds groups or records, if the key does; whether it did. */
  function fold(key: Key, [column, line]: readonly [number, number]): boolean {
    const { source, onFold, onFoldAll, onFoldBranch } = props();
    const twig = source.twig?.(line);
    const folding = foldingOf(key, source.line?.(line), source.groupAt?.(line) ?? [], twig, column === 0);
    if (!folding) return false;
    if ('all' in folding) onFoldAll(folding.all);
    else if ('branch' in folding) onFoldBranch(source.row(line)?.id ?? '', folding.branch);
    else onFold(folding.fold, folding.folded);
    return true;
  }

  const plain: Partial<Record<Action['do'], () => void>> = {
    // What cannot be edited is read in the panel.
    edit: () => begin(false) || expand(),
    toggle,
    expand,
    clear: () => void clear(),
    delete: remove,
    all: everything,
    column: wholeColumns,
    row: wholeRows,
    fillDown: () => fillInto('down'),
    fillRight: () => fillInto('right'),
    undo: () => now().props.onUndo(),
    redo: () => now().props.onRedo(),
    insert,
    menu,
    escape: giveUp,
  };

  function onKey(event: KeyboardEvent): void {
    const { selection } = now();
    const mod = event.ctrlKey || event.metaKey;
    const key = { key: event.key, mod, shift: event.shiftKey, alt: event.altKey };
    const focus = focusOf(selection);
    if (!focus) {
      if (selection.rows.length > 0 || selection.columns.length > 0) keyOnWhole(event, mod);
      else enter(event);
      return;
    }
    if (fold(key, focus.cell)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const type = fields()[focus.cell[0]]?.type;
    const action = actionOf(key, focus, size(), type === 'checkbox' || type === 'button');
    if (action.do === 'none') return;
    if (action.do === 'focus') {
      const growing = event.shiftKey && event.key !== 'Tab' && event.key !== 'Enter';
      const next = growing ? action.focus : landed(props().source, focus, action.focus);
      select(selectionOf(next));
      follow(next.cell, next.range, growing);
    } else plain[action.do]?.();
    event.preventDefault();
    event.stopPropagation();
  }

  /** Nothing is selected: an arrow key begins at the first cell. Tab goes on to what comes after the grid. */
  function enter(event: KeyboardEvent): void {
    if (!event.key.startsWith('Arrow') && event.key !== 'Enter') return;
    select(selectionOf(moveTo(0, nearest(props().source, 0), size())));
    event.preventDefault();
  }

  /** Whole rows or columns are selected: there is no focused cell. */
  function keyOnWhole(event: KeyboardEvent, mod: boolean): void {
    const lower = event.key.toLowerCase();
    if (event.key === 'Delete' || event.key === 'Backspace') mod ? remove() : void clear();
    else if (event.key === 'Escape') select(noSelection);
    else if (mod && lower === 'z') (event.shiftKey ? plain.redo : plain.undo)?.();
    else if (mod && lower === 'y') plain.redo?.();
    else if (mod && lower === 'a') everything();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** While a range grows, the corner that moves stays visible; the library follows the focused cell only. */
  function follow(cell: Item, range: Rect, growing: boolean): void {
    if (!growing) return;
    const x = range.x < cell[0] ? range.x : range.x + range.width - 1;
    const y = range.y < cell[1] ? range.y : range.y + range.height - 1;
    canvas.current?.scrollTo(x, y);
  }

  function onCopy(event: ClipboardEvent, cut: boolean): void {
    const all = ranges();
    if (all.length === 0) return;
    event.preventDefault();
    if (tooMany(all.slice(-1))) return;
    const copied = copiedNow();
    if (copied) {
      event.clipboardData.setData('text/plain', copied.text);
      event.clipboardData.setData('text/html', copied.html);
    } else void copy();
    if (cut) void clear();
  }

  function onPaste(event: ClipboardEvent): void {
    const cell = now().selection.current?.cell;
    event.preventDefault();
    if ((cell && drop(cell, event.clipboardData)) || now().target) return;
    void pasteTable(parsePaste(event.clipboardData.getData('text/plain'), event.clipboardData.getData('text/html')));
  }

  async function selectedRecords(): Promise<string[]> {
    const rows: string[] = [];
    for (const range of ranges()) {
      for (const row of await rowsOf(now().props.source, range)) rows.push(row.id);
    }
    return [...new Set(rows)];
  }

  function isSelected([x, y]: Item): boolean {
    return ranges().some((r) => x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height);
  }

  return { copy, clear, pasteFromClipboard, fill, onKey, onCopy, onPaste, selectedRecords, isSelected, act, drop };
}
