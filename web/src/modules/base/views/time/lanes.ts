/** Things that last, one under the other in as few lanes as they need. Pure. */

export interface Lasting {
  /** Both included. */
  start: number;
  end: number;
}

export interface Placed<T> {
  item: T;
  lane: number;
  /** The part that is in sight; both included. */
  from: number;
  to: number;
}

export interface Lanes<T> {
  placed: readonly Placed<T>[];
  /** How many found no lane, of each column. */
  hidden: readonly number[];
}

/** Which columns of which lanes are taken. */
class Taken {
  #lanes: Uint8Array[] = [];
  #columns: number;

  constructor(columns: number) {
    this.#columns = columns;
  }

  take(lane: number, from: number, to: number): void {
    while (this.#lanes.length <= lane) this.#lanes.push(new Uint8Array(this.#columns));
    this.#lanes[lane]?.fill(1, from, to + 1);
  }

  /** How many columns from one on are free, up to another. */
  free(lane: number, from: number, to: number): number {
    const taken = this.#lanes[lane];
    if (!taken) return to - from + 1;
    let at = from;
    while (at <= to && taken[at] === 0) at++;
    return at - from;
  }

  /** The first lane that is free in all of these, or below `most` as far as possible. */
  best(from: number, to: number, most: number): { lane: number; length: number } {
    let best = { lane: 0, length: 0 };
    for (let lane = 0; lane < Math.min(most, this.#lanes.length + 1); lane++) {
      const length = this.free(lane, from, to);
      if (length > best.length) best = { lane, length };
      if (length > to - from) break;
    }
    return best;
  }
}

/** As `inLanes`, with the last lane kept free in some columns. */
function fill<T extends Lasting>(
  items: readonly T[],
  first: number,
  end: number,
  most: number,
  kept: ReadonlySet<number>,
): Lanes<T> {
  const taken = new Taken(end - first);
  for (const at of kept) if (most > 0) taken.take(most - 1, at, at);
  const placed: Placed<T>[] = [];
  const hidden = new Array<number>(end - first).fill(0);
  for (const item of items) {
    if (item.end < first || item.start >= end) continue;
    const last = Math.min(end - 1, item.end) - first;
    let at = Math.max(first, item.start) - first;
    let found = taken.best(at, last, most);
    // Where there is no room for all of it, it is seen from where there is some.
    while (found.length === 0 && at <= last) {
      hidden[at] = (hidden[at] ?? 0) + 1;
      at++;
      if (at <= last) found = taken.best(at, last, most);
    }
    if (found.length === 0) continue;
    taken.take(found.lane, at, at + found.length - 1);
    placed.push({ item, lane: found.lane, from: first + at, to: first + at + found.length - 1 });
    for (let rest = at + found.length; rest <= last; rest++) hidden[rest] = (hidden[rest] ?? 0) + 1;
  }
  return { placed, hidden };
}

/**
 * Those in sight from one column to another (exclusive), in order, each in the first lane that is free. Where more than fit into `most`
 * lanes, the last lane is left for saying so.
 */
export function inLanes<T extends Lasting>(items: readonly T[], first: number, end: number, most: number): Lanes<T> {
  const kept = new Set<number>();
  for (;;) {
    const lanes = fill(items, first, end, most, kept);
    const crowded = lanes.hidden.flatMap((count, at) => (count > 0 && !kept.has(at) ? [at] : []));
    if (crowded.length === 0) return lanes;
    for (const at of crowded) kept.add(at);
  }
}

export interface Column<T> {
  item: T;
  /** From the left, and of how many. */
  column: number;
  columns: number;
}

export interface Crowd {
  from: number;
  to: number;
  /** How many found no column. */
  hidden: number;
}

/**
 * Things of one day side by side where they are at the same time, at most so many; `items` in order of their begin. What finds no
 * column is counted with those it is among.
 */
export function inColumns<T extends { from: number; to: number }>(
  items: readonly T[],
  most: number,
): { placed: Column<T>[]; crowds: Crowd[] } {
  const placed: Column<T>[] = [];
  const crowds: Crowd[] = [];
  let free: number[] = [];
  let among: Column<T>[] = [];
  let crowd: Crowd = { from: 0, to: 0, hidden: 0 };
  const close = () => {
    for (const one of among) placed.push({ ...one, columns: free.length });
    if (crowd.hidden > 0) crowds.push(crowd);
    free = [];
    among = [];
  };
  for (const item of items) {
    if (among.length === 0 || item.from >= crowd.to) {
      close();
      crowd = { from: item.from, to: item.to, hidden: 0 };
    }
    crowd.to = Math.max(crowd.to, item.to);
    let column = free.findIndex((end) => end <= item.from);
    if (column < 0) column = free.length;
    if (column >= most) {
      crowd.hidden++;
      continue;
    }
    free[column] = item.to;
    among.push({ item, column, columns: 0 });
  }
  close();
  return { placed, crowds };
}
