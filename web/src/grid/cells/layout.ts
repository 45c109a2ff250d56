/** Where things stand in a cell: the same for drawing them and for finding out which was clicked. Pure. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Flow {
  /** One for each of the first items, in order. */
  boxes: Box[];
  /** How many items found no room, and where that is said. */
  rest: number;
  restX: number;
  restY: number;
}

export interface FlowOptions {
  /** From the edges of the cell. */
  pad: number;
  height: number;
  gap: number;
  lineHeight: number;
  /** An item narrower than this is left out. */
  least: number;
}

const restWidth = 28;

/** Items of these widths in lines that fit the cell; the last one that is shown may be cut. */
export function flow(rect: Box, widths: readonly number[], options: FlowOptions): Flow {
  const { pad, height, gap, lineHeight, least } = options;
  const right = rect.x + rect.width - pad;
  const lines = Math.max(1, Math.floor((rect.height - 6) / lineHeight));
  let x = rect.x + pad;
  let y = rect.height > 40 ? rect.y + 6 : rect.y + (rect.height - height) / 2;
  let line = 1;
  const boxes: Box[] = [];
  const done = (rest: number): Flow => ({ boxes, rest, restX: x + 2, restY: y + height / 2 });
  for (const [i, wish] of widths.entries()) {
    const left = widths.length - i;
    if (x > rect.x + pad && x + wish + (line === lines && left > 1 ? restWidth : 0) > right && line < lines) {
      line++;
      x = rect.x + pad;
      y += lineHeight;
    }
    const room = right - x - (line === lines && left > 1 ? restWidth : 0);
    if (x > rect.x + pad && wish > room) return done(left);
    const width = Math.min(wish, right - x);
    if (width < least) return done(0);
    boxes.push({ x, y, width, height });
    x += width + gap;
  }
  return done(0);
}

/** The item at a point; undefined when there is none. */
export function boxAt(boxes: readonly Box[], x: number, y: number): number | undefined {
  const at = boxes.findIndex((b) => x >= b.x && x <= b.x + b.width && y >= b.y - 2 && y <= b.y + b.height + 2);
  return at < 0 ? undefined : at;
}

export interface Stars {
  x: number;
  y: number;
  /** From one to the next. */
  step: number;
  size: number;
}

/** Stars as large as the cell allows, beginning at its left edge. */
export function starsIn(rect: Box, count: number, pad: number): Stars {
  const step = Math.max(8, Math.min(19, (rect.width - 2 * pad) / count));
  const size = Math.min(15, step - 2);
  const y = rect.height > 40 ? rect.y + 17 : rect.y + rect.height / 2;
  return { x: rect.x + pad, y, step, size };
}

/** How many stars a click means: 1 to `count`; undefined beside them. */
export function starAt(rect: Box, count: number, pad: number, x: number, y: number): number | undefined {
  const stars = starsIn(rect, count, pad);
  const at = Math.floor((x - stars.x) / stars.step) + 1;
  return at >= 1 && at <= count && Math.abs(y - stars.y) <= 14 ? at : undefined;
}
