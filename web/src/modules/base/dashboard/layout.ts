/** Widgets on the grid of twelve columns: moved, resized, and never on top of each other. Pure. */
import { columnsOfGrid, type Spot } from './model';

export type Placed = Spot & { id: string };

const overlap = (a: Spot, b: Spot): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const inOrder = (a: Spot, b: Spot) => a.y - b.y || a.x - b.x;

/** A spot within the grid. */
export function fitted(spot: Spot): Spot {
  const w = Math.min(Math.max(Math.round(spot.w), 1), columnsOfGrid);
  const h = Math.min(Math.max(Math.round(spot.h), 1), 100);
  const x = Math.min(Math.max(Math.round(spot.x), 0), columnsOfGrid - w);
  return { x, y: Math.max(Math.round(spot.y), 0), w, h };
}

/** Moves every widget up as far as it goes; `first` keeps its place before those it meets. */
export function compacted(all: readonly Placed[], first?: string): Placed[] {
  const order = [...all].sort((a, b) => inOrder(a, b) || Number(b.id === first) - Number(a.id === first));
  const done: Placed[] = [];
  for (const one of order) {
    let spot = one;
    while (done.some((other) => overlap(spot, other))) spot = { ...spot, y: spot.y + 1 };
    while (spot.y > 0 && !done.some((other) => overlap({ ...spot, y: spot.y - 1 }, other))) {
      spot = { ...spot, y: spot.y - 1 };
    }
    done.push(spot);
  }
  const places = new Map(done.map((one) => [one.id, one]));
  return all.map((one) => places.get(one.id) ?? one);
}

/** All widgets after one was put elsewhere: those it covers make way. */
export function withSpot(all: readonly Placed[], id: string, spot: Spot): Placed[] {
  const target = fitted(spot);
  const moved = all.map((one) => (one.id === id ? { ...one, ...target } : one));
  const pushed: Placed[] = [];
  const order = [...moved].sort((a, b) => Number(b.id === id) - Number(a.id === id) || inOrder(a, b));
  for (const one of order) {
    let free = one;
    while (pushed.some((other) => overlap(free, other))) free = { ...free, y: free.y + 1 };
    pushed.push(free);
  }
  const places = new Map(pushed.map((one) => [one.id, one]));
  return compacted(
    moved.map((one) => places.get(one.id) ?? one),
    id,
  );
}

/** Where a new widget goes: the first place that is free. */
export function freeSpot(all: readonly Spot[], w: number, h: number): Spot {
  const bottom = Math.max(0, ...all.map((one) => one.y + one.h));
  for (let y = 0; y < bottom; y++) {
    for (let x = 0; x + w <= columnsOfGrid; x++) {
      const spot = { x, y, w, h };
      if (!all.some((other) => overlap(spot, other))) return spot;
    }
  }
  return { x: 0, y: bottom, w, h };
}

/** Those whose place is another one now. */
export function differing(before: readonly Placed[], after: readonly Placed[]): Placed[] {
  const old = new Map(before.map((one) => [one.id, one]));
  return after.filter((one) => {
    const was = old.get(one.id);
    return !was || was.x !== one.x || was.y !== one.y || was.w !== one.w || was.h !== one.h;
  });
}
