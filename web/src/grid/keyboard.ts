/** What a key does while a cell is focused and nothing is being edited. Pure: tested as a table of cases. */

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The focused cell and the range that grew from it. */
export interface Focus {
  cell: readonly [column: number, row: number];
  range: Rect;
}

export interface Bounds {
  columns: number;
  rows: number;
  /** Rows that fit on the screen. */
  page: number;
}

export interface Key {
  key: string;
  mod: boolean;
  shift: boolean;
  alt: boolean;
}

export type Action =
  | { do: 'focus'; focus: Focus }
  | { do: 'edit' }
  | { do: 'toggle' }
  | { do: 'expand' }
  | { do: 'clear' }
  | { do: 'delete' }
  | { do: 'all' }
  | { do: 'column' }
  | { do: 'row' }
  | { do: 'fillDown' }
  | { do: 'fillRight' }
  | { do: 'undo' }
  | { do: 'redo' }
  | { do: 'insert' }
  | { do: 'menu' }
  | { do: 'escape' }
  | { do: 'none' };

const clamp = (n: number, low: number, high: number) => Math.max(low, Math.min(high, n));

export function moveTo(column: number, row: number, bounds: Bounds): Focus {
  const x = clamp(column, 0, Math.max(0, bounds.columns - 1));
  const y = clamp(row, 0, Math.max(0, bounds.rows - 1));
  return { cell: [x, y], range: { x, y, width: 1, height: 1 } };
}

/** The range from the focused cell to the corner opposite to it, that corner moved. */
function grow(focus: Focus, column: number, row: number, bounds: Bounds): Focus {
  const [x, y] = focus.cell;
  const endX = clamp(column, 0, bounds.columns - 1);
  const endY = clamp(row, 0, bounds.rows - 1);
  return {
    cell: focus.cell,
    range: {
      x: Math.min(x, endX),
      y: Math.min(y, endY),
      width: Math.abs(endX - x) + 1,
      height: Math.abs(endY - y) + 1,
    },
  };
}

function farCorner(focus: Focus): [number, number] {
  const [x, y] = focus.cell;
  const { range } = focus;
  return [range.x < x ? range.x : range.x + range.width - 1, range.y < y ? range.y : range.y + range.height - 1];
}

/** Tab and Enter go through a range when one is selected, and wrap at its end; else through the row. */
export function step(focus: Focus, dx: number, dy: number, bounds: Bounds): Focus {
  const { range, cell } = focus;
  if (range.width * range.height === 1) {
    if (dx !== 0 && cell[0] + dx >= bounds.columns && cell[1] + 1 < bounds.rows) return moveTo(0, cell[1] + 1, bounds);
    if (dx !== 0 && cell[0] + dx < 0 && cell[1] > 0) return moveTo(bounds.columns - 1, cell[1] - 1, bounds);
    return moveTo(cell[0] + dx, cell[1] + dy, bounds);
  }
  const count = range.width * range.height;
  const byRow = (cell[1] - range.y) * range.width + (cell[0] - range.x);
  const byColumn = (cell[0] - range.x) * range.height + (cell[1] - range.y);
  if (dx !== 0) {
    const next = (byRow + dx + count) % count;
    return { range, cell: [range.x + (next % range.width), range.y + Math.floor(next / range.width)] };
  }
  const next = (byColumn + dy + count) % count;
  return { range, cell: [range.x + Math.floor(next / range.height), range.y + (next % range.height)] };
}

function target(key: string, mod: boolean, [x, y]: readonly [number, number], bounds: Bounds) {
  const right = bounds.columns - 1;
  const bottom = bounds.rows - 1;
  switch (key) {
    case 'ArrowUp':
      return [x, mod ? 0 : y - 1] as const;
    case 'ArrowDown':
      return [x, mod ? bottom : y + 1] as const;
    case 'ArrowLeft':
      return [mod ? 0 : x - 1, y] as const;
    case 'ArrowRight':
      return [mod ? right : x + 1, y] as const;
    case 'Home':
      return [0, mod ? 0 : y] as const;
    case 'End':
      return [right, mod ? bottom : y] as const;
    case 'PageUp':
      return [x, y - bounds.page] as const;
    case 'PageDown':
      return [x, y + bounds.page] as const;
    default:
      return undefined;
  }
}

const withMod: Record<string, Action> = {
  a: { do: 'all' },
  d: { do: 'fillDown' },
  r: { do: 'fillRight' },
  y: { do: 'redo' },
  ' ': { do: 'column' },
};

/** `checkbox`: the cell is pressed rather than edited. */
export function actionOf(key: Key, focus: Focus, bounds: Bounds, checkbox: boolean): Action {
  if (bounds.rows === 0 || bounds.columns === 0) return { do: 'none' };
  if (!key.alt) {
    const from = key.shift ? farCorner(focus) : focus.cell;
    const to = target(key.key, key.mod, from, bounds);
    if (to) {
      const next = key.shift ? grow(focus, to[0], to[1], bounds) : moveTo(to[0], to[1], bounds);
      return { do: 'focus', focus: next };
    }
  }
  const lower = key.key.length === 1 ? key.key.toLowerCase() : key.key;
  if (key.mod) {
    if (lower === 'Backspace' || lower === 'Delete') return { do: 'delete' };
    if (lower === 'z') return { do: key.shift ? 'redo' : 'undo' };
    if (lower === 'r' && bounds.columns > 0 && focus.range.width === 1) return { do: 'none' };
    return key.shift || key.alt ? { do: 'none' } : (withMod[lower] ?? { do: 'none' });
  }
  switch (lower) {
    case 'Tab':
      return { do: 'focus', focus: step(focus, key.shift ? -1 : 1, 0, bounds) };
    case 'Enter':
      if (key.shift) return { do: 'insert' };
      if (focus.range.width * focus.range.height > 1) return { do: 'focus', focus: step(focus, 0, 1, bounds) };
      return checkbox ? { do: 'toggle' } : { do: 'edit' };
    case 'F2':
      return checkbox ? { do: 'toggle' } : { do: 'edit' };
    case ' ':
      if (key.shift) return { do: 'row' };
      return checkbox ? { do: 'toggle' } : { do: 'expand' };
    case 'Delete':
    case 'Backspace':
      return { do: 'clear' };
    case 'Escape':
      return { do: 'escape' };
    case 'ContextMenu':
      return { do: 'menu' };
    case 'F10':
      return key.shift ? { do: 'menu' } : { do: 'none' };
    default:
      return { do: 'none' };
  }
}
