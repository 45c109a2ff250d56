/**
 * A window onto a live view as the server's messages give it (S8 to S10, S22 to S24, S29 to S32), with a memory of lines seen before. Pure:
 * it does no I/O and never decides which window to ask for.
 */
import { type GroupHead, type GroupPath, headName, lineName, type Twig, twigOf, type WireLine } from './folds';

export type Row = Readonly<Record<string, unknown>>;

export interface WindowMessage {
  seq: number;
  offset: number;
  total: number;
  /** Records, when they are in groups: then `total` counts lines. */
  records?: number;
  tells?: Tells;
  summaries?: readonly unknown[];
  /** Lines of the window; absent when they did not change. */
  order?: readonly WireLine[];
  /** The groups around the first line. */
  above?: GroupPath;
  /** Lines of records before the first line in its group. */
  before?: number;
  /** Records that are new in the window or changed. */
  rows?: Readonly<Record<string, Row>>;
  /** The colour rules that count, of records in `rows` and of others for which they changed. */
  colors?: Readonly<Record<string, readonly number[]>>;
  /** Groups that are new in the window or changed. */
  groups?: readonly GroupHead[];
}

/** By what the view groups, and what its summaries are. */
export interface Tells {
  group: readonly { field: string; descending: boolean; by?: string; size?: number }[];
  summaries: readonly { field: string; function: string }[];
  /** The link under whose records they stand. */
  tree?: string;
}

const noOrder: readonly string[] = [];
export const noTells: Tells = { group: [], summaries: [] };

export class WindowState {
  seq = 0;
  offset = 0;
  total = 0;
  records = 0;
  tells: Tells = noTells;
  summaries: readonly unknown[] = [];
  /** Names of the lines of the window. */
  order: readonly string[] = noOrder;
  above: GroupPath = [];
  before = 0;
  /** Whether a first message has come. */
  known = false;
  #rows = new Map<string, Row>();
  #colors = new Map<string, readonly number[]>();
  #groups = new Map<string, GroupHead>();
  #twigs: readonly (Twig | undefined)[] = [];
  /** Which line was last seen at an index outside the window. A hint: rows may have moved since. */
  #seen = new Map<number, string>();
  #seenTwigs = new Map<number, Twig>();
  #capacity: number;

  /** `capacity`: how many rows outside the window are remembered. */
  constructor(capacity = 20_000) {
    this.#capacity = capacity;
  }

  apply(message: WindowMessage): void {
    if (this.known && message.order !== undefined && message.offset !== this.offset) this.#remember();
    this.known = true;
    // It may go back: after reconnecting, to a server that lags behind. What these rows contain is what counts.
    this.seq = message.seq;
    this.offset = message.offset;
    this.total = message.total;
    this.records = message.records ?? message.total;
    if (message.tells !== undefined) this.tells = message.tells;
    if (message.summaries !== undefined) this.summaries = message.summaries;
    if (message.order !== undefined) {
      this.order = message.order.map(lineName);
      this.#twigs = message.order.map(twigOf);
      this.above = message.above ?? [];
      this.before = message.before ?? 0;
    }
    for (const group of message.groups ?? []) this.#groups.set(headName(group.path), group);
    for (const [id, row] of Object.entries(message.rows ?? {})) {
      this.#rows.delete(id);
      this.#rows.set(id, row);
      this.#colors.delete(id);
    }
    for (const [id, rules] of Object.entries(message.colors ?? {})) this.#colors.set(id, rules);
    this.#forget();
  }

  idAt(index: number): string | undefined {
    if (index < 0 || index >= this.total) return undefined;
    const inWindow = this.order[index - this.offset];
    return inWindow ?? this.#seen.get(index);
  }

  /** Where the record at a line stands in a tree, when it is not just at the top. */
  twigAt(index: number): Twig | undefined {
    const inside = index >= this.offset && index < this.offset + this.order.length;
    return inside ? this.#twigs[index - this.offset] : this.#seenTwigs.get(index);
  }

  row(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** The colour rules that count for a record. */
  colorsOf(id: string): readonly number[] | undefined {
    return this.#colors.get(id);
  }

  group(name: string): GroupHead | undefined {
    return this.#groups.get(name);
  }

  /** Lines seen outside the window mean nothing any longer: other groups are folded. */
  forgetPlaces(): void {
    this.#seen.clear();
    this.#seenTwigs.clear();
  }

  /** Whether the window itself, not the memory, covers these rows. */
  covers(from: number, to: number): boolean {
    return this.known && from >= this.offset && Math.min(to, this.total) <= this.offset + this.order.length;
  }

  /** Where a record is, if it is in the window or was seen. */
  indexOf(id: string): number | undefined {
    const at = this.order.indexOf(id);
    if (at >= 0) return this.offset + at;
    for (const [index, seen] of this.#seen) if (seen === id && this.idAt(index) === id) return index;
    return undefined;
  }

  /** Replaces cells of a row that is held outside the window, where the server says nothing about changes. */
  patch(id: string, cells: Row): void {
    const row = this.#rows.get(id);
    if (row) this.#rows.set(id, { ...row, ...cells });
  }

  #remember() {
    this.order.forEach((id, i) => {
      this.#seen.delete(this.offset + i);
      this.#seen.set(this.offset + i, id);
      const twig = this.#twigs[i];
      if (twig) this.#seenTwigs.set(this.offset + i, twig);
      else this.#seenTwigs.delete(this.offset + i);
    });
    let excess = this.#seen.size - this.#capacity;
    for (const index of this.#seen.keys()) {
      if (excess-- <= 0) break;
      this.#seen.delete(index);
      this.#seenTwigs.delete(index);
    }
  }

  #forget() {
    if (this.#groups.size > this.#capacity + this.order.length) {
      const keep = new Set(this.order);
      for (const name of this.#groups.keys()) if (!keep.has(name)) this.#groups.delete(name);
    }
    if (this.#rows.size <= this.#capacity + 2 * this.order.length) return;
    const keep = new Set(this.order);
    const seen = new Set(this.#seen.values());
    for (const id of this.#rows.keys()) {
      if (this.#rows.size <= this.#capacity) break;
      if (!keep.has(id) && !seen.has(id)) this.#drop(id);
    }
    for (const id of this.#rows.keys()) {
      if (this.#rows.size <= this.#capacity) break;
      if (!keep.has(id)) this.#drop(id);
    }
  }

  #drop(id: string) {
    this.#rows.delete(id);
    this.#colors.delete(id);
  }
}
