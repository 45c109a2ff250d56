/** Where keys put the focus among lines of groups: heads of open groups and ends are skipped. Pure. */
import type { Focus } from '../keyboard';
import type { GridSource } from '../model';

type Lines = Pick<GridSource, 'line' | 'total'>;

/** Whether no key stops at a line. A folded head is all that is seen of its group. */
export function isSkipped(source: Lines, line: number): boolean {
  const at = source.line?.(line);
  return at !== undefined && (at.kind === 'end' || !at.head.folded);
}

/** More lines than that without a record between are not skipped. */
const most = 2000;

function from(source: Lines, line: number, by: 1 | -1): number | undefined {
  for (let at = line, i = 0; at >= 0 && at < source.total && i < most; at += by, i++)
    if (!isSkipped(source, at)) return at;
  return undefined;
}

/** The first line at or after one, else before it, at which a key stops. */
export function nearest(source: Lines, line: number, by: 1 | -1 = 1): number {
  return from(source, line, by) ?? from(source, line, by === 1 ? -1 : 1) ?? line;
}

/** The focus after a key moved it, when the line it came to is skipped. */
export function landed(source: Lines, before: Focus, next: Focus): Focus {
  const [column, line] = next.cell;
  if (!isSkipped(source, line)) return next;
  const by = line < before.cell[1] ? -1 : 1;
  const { range } = next;
  if (range.width * range.height > 1) {
    const inside = from(source, line, by);
    const fits = inside !== undefined && inside >= range.y && inside < range.y + range.height;
    return fits ? { range, cell: [column, inside] } : before;
  }
  const at = nearest(source, line, by);
  return { cell: [column, at], range: { x: column, y: at, width: 1, height: 1 } };
}
