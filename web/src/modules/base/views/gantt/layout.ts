/** The lines of a gantt as they are drawn: where bars are, and arrows between them. Pure. */
import { type CellValue, type GridRow, idsOf } from '../../../../grid/model';
import type { GanttKind } from '../model';
import type { Wait } from './Arrows';
import type { Box } from './arrows';
import { type Bar, draggedBar } from './bars';
import type { Grabbed } from './useGrab';
import { waitingOf } from './waits';

export const rowHeight = 36;
export const headHeight = 52;
const titleWidth = 240;
const columnWidth = 116;
const narrowTitle = 132;
/** Pixels from the middle of a milestone to its corners. */
const milestoneReach = 11;

/** The columns of the table at the left, and how wide it is at first. */
export function columnsOf<F>(title: F, fields: readonly F[], available: number) {
  const narrow = available > 0 && available < 640;
  const widths = [narrow ? narrowTitle : titleWidth, ...fields.map(() => columnWidth)];
  const columns = [title, ...fields].map((field, at) => ({ field, width: widths[at] ?? columnWidth }));
  const full = widths.reduce((sum, width) => sum + width, 0);
  return { columns, full, usual: narrow ? narrowTitle : Math.min(full, titleWidth + 2 * columnWidth) };
}

/** A line with a record, as it is drawn: with what is dragged and what is written already. */
export interface Line {
  index: number;
  row: GridRow;
  bar: Bar | undefined;
}

interface Source {
  total: number;
  row(index: number): GridRow | undefined;
}

/** The lines from one to another that have records. */
export function linesOf(
  source: Source,
  from: number,
  to: number,
  barOf: (row: GridRow) => Bar | undefined,
  grabbed: Grabbed | null,
): Line[] {
  const lines: Line[] = [];
  for (let index = Math.max(0, from); index < Math.min(to, source.total); index++) {
    const row = source.row(index);
    if (!row) continue;
    if (grabbed?.row.id !== row.id) lines.push({ index, row, bar: barOf(row) });
    else {
      const bar = draggedBar(grabbed.bar, grabbed.grip, grabbed.days);
      lines.push({ index, row, bar: grabbed.grip === 'progress' ? { ...bar, progress: grabbed.share } : bar });
    }
  }
  return lines;
}

/** Where the bar of a line is, from the corner of the chart. */
export function boxOf({ index, bar }: Line, origin: number, pixels: number): Box | undefined {
  if (!bar) return undefined;
  const y = index * rowHeight + rowHeight / 2;
  const [left, right] = [(bar.from - origin) * pixels, (bar.to - origin) * pixels];
  if (!bar.milestone) return { left, right: Math.max(right, left + 4), y };
  const middle = (left + right) / 2;
  return { left: middle - milestoneReach, right: middle + milestoneReach, y };
}

/** The arrows between lines, of which one end at least is from a line to another. */
export function waitsOf(
  lines: readonly Line[],
  { from, to }: { from: number; to: number },
  kind: GanttKind,
  boxOf: (line: Line) => Box | undefined,
  late: ReadonlySet<string>,
): Wait[] {
  const field = kind.predecessors;
  if (!field) return [];
  const byRecord = new Map(lines.map((line) => [line.row.id, line]));
  const within = (line: Line) => line.index >= from && line.index < to;
  const waits: Wait[] = [];
  for (const line of lines) {
    for (const id of idsOf(line.row.cells[field] as CellValue)) {
      const before = byRecord.get(id);
      if (!before || before === line || (!within(line) && !within(before))) continue;
      const [start, end] = [boxOf(before), boxOf(line)];
      if (!start || !end) continue;
      waits.push({
        task: line.row.id,
        predecessor: id,
        from: start,
        to: end,
        waiting: waitingOf(kind, line.row.id, id),
        critical: late.has(line.row.id) && late.has(id),
      });
    }
  }
  return waits;
}
