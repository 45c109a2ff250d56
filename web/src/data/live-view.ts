/**
 * The lines of a view as a grid needs them: any window of any size of table, with this client's own edits laid over. Asks the
 * socket for what is visible, remembers what was seen. A line is a record, or the head or the end of a group.
 */
import { type Change, mergeRecords, Overlay, type RecordCells } from './edits';
import {
  type Folds,
  type GroupHead,
  type GroupPath,
  groupLine,
  lineName,
  noFolds,
  type Twig,
  withBranch,
  withFold,
} from './folds';
import type { Answer, Outbox, Refusal } from './outbox';
import { type Held, Places } from './places';
import type { SocketMessage, Subscription } from './socket';
import { type Row, type Tells, type WindowMessage, WindowState } from './window';

export interface ViewRow {
  id: string;
  cells: Row;
  /** Fields whose change waits for the connection. */
  waiting: ReadonlySet<string> | undefined;
  /** Being deleted. */
  deleted: boolean;
  /** Made here, not yet in the view. */
  created: boolean;
  /** The places of the colour rules that count for it. */
  colors?: readonly number[];
}

/** Which rows: those of a saved view, or of a query instead of its filter and sort. */
export interface ViewRequest {
  base: string;
  table: string;
  view?: string;
  query?: { filter?: unknown; group?: unknown; sort?: unknown; search?: string; summaries?: unknown; tree?: string };
  /** Of a grouped view only the records of this group (S33). */
  within?: GroupPath;
}

/** A line that is no record. */
export type GroupLine = { kind: 'head'; head: GroupHead } | { kind: 'end'; path: GroupPath };

export interface ViewSocket {
  subscribe(
    request: { topic: string; [key: string]: unknown },
    handler: (message: SocketMessage) => void,
  ): Subscription;
}

export interface ViewEnvironment {
  socket: ViewSocket;
  outbox: Pick<Outbox, 'enqueue' | 'listen' | 'pending' | 'stuck'>;
  now(): number;
  key(): string;
}

/** How a live view takes what is changed here. */
export interface ViewManner {
  /** Records that are changed or made here stay where they are until somebody moves on; without it they go at once. */
  keeps?: boolean;
  /** Whether a record that was made here belongs among these; without it all do. */
  belongs?: (cells: Row) => boolean;
}

export interface ViewFailure {
  code: string;
  detail: string;
}

const step = 50;
const smallest = 200;
const largest = 1000;
/** Records that a request may name. */
const mostRecords = 5000;
/** After this the question for a window counts as lost, and another may be asked. */
const answerTime = 1500;
/** How long the rows of the server may take to show what the server has acknowledged. */
const patience = 4000;
const atTop: Twig = { depth: 0, parent: false, folded: false };
/** As many records as are kept in their places (S26). */
const mostHeld = 100;

function parts<T>(all: readonly T[]): (readonly T[])[] {
  const count = Math.ceil(all.length / mostRecords);
  return Array.from({ length: count }, (_, i) => all.slice(i * mostRecords, (i + 1) * mostRecords));
}

export class LiveView {
  #environment: ViewEnvironment;
  #request: ViewRequest;
  #state = new WindowState();
  #next: WindowState | undefined;
  #overlay = new Overlay();
  #subscription: Subscription | undefined;
  #asked: { offset: number; limit: number } = { offset: 0, limit: smallest };
  #moving = false;
  #askedAt = 0;
  #wanted: { from: number; to: number } = { from: 0, to: step };
  #listeners = new Set<() => void>();
  #refusals = new Set<(change: Change, refusal: Refusal) => void>();
  #version = 0;
  #cache = new Map<number, ViewRow | undefined>();
  #places: Places | undefined;
  #numbers: ReadonlyMap<number, number> | undefined;
  #folds: Folds;
  /** Whether groups have a line at their end. */
  #ends = false;
  #held: readonly Held[] = [];
  #open: Change | undefined;
  #tellFolds: ((folds: Folds) => void) | undefined;
  #manner: ViewManner;
  #unlisten: () => void;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  failure: ViewFailure | undefined;

  constructor(environment: ViewEnvironment, request: ViewRequest, folds: Folds = noFolds, manner: ViewManner = {}) {
    this.#environment = environment;
    this.#request = request;
    this.#folds = folds;
    this.#manner = manner;
    for (const item of environment.outbox.pending(request.base, request.table)) {
      this.#overlay.add(item);
      if (environment.outbox.stuck) this.#overlay.setWaiting(item.id, true);
    }
    this.#unlisten = environment.outbox.listen({
      queued: (change) =>
        this.#mine(change) && !this.#overlay.has(change.id) && this.#update(() => this.#overlay.add(change)),
      waiting: (change, waiting) => this.#update(() => this.#overlay.setWaiting(change.id, waiting)),
      accepted: (change, answer) => this.#mine(change) && this.#accept(change, answer),
      refused: (change, refusal) => {
        if (!this.#mine(change)) return;
        this.#update(() => this.#overlay.reject(change.id));
        for (const tell of this.#refusals) tell(change, refusal);
      },
      discarded: (change) => this.#update(() => this.#overlay.reject(change.id)),
    });
    this.#subscribe();
  }

  /** Lines there are, records just made here included. */
  get total(): number {
    return this.#state.total + this.#mapped().count;
  }

  /** Records there are, as `total`. */
  get records(): number {
    return this.#state.records + this.#mapped().count;
  }

  /** By what records are grouped and what is told of them. */
  get tells(): Tells {
    return this.#state.tells;
  }

  /** Of all records, in the order of what is told. */
  get summaries(): readonly unknown[] {
    return this.#state.summaries;
  }

  get folds(): Folds {
    return this.#folds;
  }

  /** Whether the first rows have come. */
  get known(): boolean {
    return this.#state.known;
  }

  /** Whether another query was asked for and its rows have not come. */
  get changing(): boolean {
    return this.#next !== undefined;
  }

  get seq(): number {
    return this.#state.seq;
  }

  version = (): number => this.#version;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  onRefused(tell: (change: Change, refusal: Refusal) => void): () => void {
    this.#refusals.add(tell);
    return () => this.#refusals.delete(tell);
  }

  row(index: number): ViewRow | undefined {
    if (this.#cache.has(index)) return this.#cache.get(index);
    const id = this.#nameAt(index);
    const row = id === undefined ? undefined : this.record(id);
    this.#cache.set(index, row);
    return row;
  }

  /** What stands at a line that is no record; undefined also while it is being loaded. */
  line(index: number): GroupLine | undefined {
    const name = this.#nameAt(index);
    const line = name === undefined ? undefined : groupLine(name);
    if (line?.kind !== 'head') return line as GroupLine | undefined;
    const head = this.#state.group(name as string);
    return head && { kind: 'head', head };
  }

  /** The path of the groups around a line, or of the group whose head or end it is. */
  groupAt(index: number): GroupPath {
    for (let at = this.#mapped().inner(index) ?? index; at >= this.#state.offset; at--) {
      const line = groupLine(this.#state.idAt(at) ?? '');
      if (line) return line.path;
    }
    return this.#state.above;
  }

  /** Where the record at a line stands in a tree; undefined where there is none. */
  twig(index: number): Twig | undefined {
    const { tree } = this.tells;
    if (tree === undefined) return undefined;
    const inner = this.#mapped().inner(index);
    if (inner !== undefined) return this.#state.twigAt(inner) ?? atTop;
    const parents = this.row(index)?.cells[tree];
    const parent = Array.isArray(parents) ? (parents[0] as { id?: string } | string | undefined) : undefined;
    const above = parent && this.indexOf(typeof parent === 'string' ? parent : (parent.id ?? ''));
    const twig = typeof above === 'number' && above < index ? this.twig(above) : undefined;
    return twig ? { ...atTop, depth: twig.depth + 1 } : atTop;
  }

  /** The number of the record at a line, in its group from 1; undefined where it is not known (S32). */
  numberAt(index: number): number | undefined {
    if (this.tells.group.length === 0) return index + 1;
    this.#numbers ??= this.#counted();
    return this.#numbers.get(index);
  }

  #counted(): Map<number, number> {
    const numbers = new Map<number, number>();
    const { offset, order } = this.#state;
    let number = this.#state.before;
    const first = this.#mapped().outer(offset);
    for (let at = first, end = first + order.length + this.#mapped().count; at < end; at++) {
      const name = this.#nameAt(at);
      if (name === undefined) break;
      if (groupLine(name)) number = 0;
      else numbers.set(at, ++number);
    }
    return numbers;
  }

  /** A record that is in the window, was seen, or was made here. */
  record(id: string): ViewRow | undefined {
    const known = this.#state.row(id);
    const over = this.#overlay.cells(id);
    if (!known && !over) return undefined;
    if (!known && !this.#overlay.created().some((r) => r.id === id)) return undefined;
    const colors = this.#state.colorsOf(id);
    return {
      id,
      cells: over ? { ...known, ...over } : (known ?? {}),
      waiting: this.#overlay.waitingFields(id),
      deleted: this.#overlay.isDeleted(id),
      created: !known,
      ...(colors ? { colors } : {}),
    };
  }

  indexOf(id: string): number | undefined {
    const at = this.#state.indexOf(id);
    return at === undefined ? this.#mapped().of(id) : this.#mapped().outer(at);
  }

  /** Folds a group, or unfolds it. */
  fold(path: GroupPath, folded: boolean): void {
    this.#fold(withFold(this.#folds, path, folded));
  }

  /** Folds all groups, or unfolds them. */
  foldAll(folded: boolean): void {
    this.#fold({ ...this.#folds, all: folded, except: [] });
  }

  /** Folds what stands under a record, or unfolds it. */
  foldBranch(record: string, folded: boolean): void {
    this.#fold(withBranch(this.#folds, record, folded));
  }

  /** Folds what stands under records, of all of them, or unfolds it. */
  foldBranches(folded: boolean): void {
    this.#fold({ ...this.#folds, branches: { all: folded, except: [] } });
  }

  /** Hears of what is folded, when somebody folds. */
  onFolds(tell: (folds: Folds) => void): () => void {
    this.#tellFolds = tell;
    return () => {
      this.#tellFolds = undefined;
    };
  }

  /** Says whether groups have a line at their end, where a record is made. */
  setEnds(ends: boolean): void {
    if (ends === this.#ends) return;
    this.#ends = ends;
    this.#fold(this.#folds);
  }

  /**
   * Records that were changed or made here stay where they are until somebody moves on to another one: they may no longer
   * belong there.
   */
  moveOn(record?: string): void {
    if (this.#held.length === 0 || (record && this.#held.some((held) => held.record === record))) return;
    this.#hold([]);
  }

  /** Says which rows are visible. */
  show(from: number, to: number): void {
    const inner = (line: number) => this.#mapped().inner(line) ?? line;
    this.#wanted = { from: Math.max(0, inner(from)), to: Math.max(from + 1, to) };
    this.#move();
  }

  /** Shows other rows, folded so; the old ones stay until the new ones come. */
  ask(request: ViewRequest, folds: Folds = this.#folds): void {
    if (JSON.stringify(request) === JSON.stringify(this.#request)) return;
    this.#request = request;
    this.#folds = folds;
    this.#subscription?.();
    this.#next = new WindowState();
    this.#held = [];
    this.#asked = { offset: 0, limit: Math.max(smallest, this.#asked.limit) };
    this.#wanted = { from: 0, to: this.#wanted.to - this.#wanted.from };
    this.#subscribe();
    this.#notify();
  }

  retry(): void {
    this.failure = undefined;
    this.#subscription?.();
    this.#subscribe();
    this.#notify();
  }

  /** Edits cells. What is edited in one tick is one request and one step of undo. */
  edit(records: readonly RecordCells[]): void {
    this.#keep(records.map((record) => record.id));
    for (const part of parts(records)) {
      if (this.#open && this.#open.records.length + part.length > mostRecords) this.#send();
      if (!this.#open) {
        this.#open = this.#change('update', []);
        this.#overlay.add(this.#open);
        queueMicrotask(() => this.#send());
      }
      mergeRecords(this.#open.records, part);
    }
    this.#update(() => this.#overlay.touched());
  }

  /** Makes records: at a line, where they stay until somebody moves on, or at the end. */
  create(records: readonly RecordCells[], at: number = this.total): void {
    this.#send();
    if (records.length <= mostHeld) this.#hold(records.map(({ id }, i) => ({ record: id, at: at + i })));
    for (const part of parts(records)) this.#enqueue(this.#change('create', [...part]));
  }

  delete(ids: readonly string[]): void {
    this.#send();
    for (const part of parts(ids.map((id) => ({ id, fields: {} })))) this.#enqueue(this.#change('delete', [...part]));
  }

  /** Rows from..to (exclusive), asked for in windows of their own where they are not at hand. */
  async fetch(from: number, to: number): Promise<ViewRow[]> {
    const end = Math.min(to, this.total);
    const rows: ViewRow[] = [];
    for (let at = from; at < end; ) {
      const inner = this.#mapped().inner(at);
      if (inner === undefined || this.#state.covers(inner, inner + 1)) {
        const row = this.row(at++);
        if (row) rows.push(row);
        continue;
      }
      const limit = Math.min(largest, end - at);
      const message = await this.#once({ offset: inner, limit });
      for (const line of message.order ?? []) {
        const id = lineName(line);
        if (groupLine(id)) continue;
        const cells = { ...message.rows?.[id], ...this.#overlay.cells(id) };
        rows.push({ id, cells, waiting: undefined, deleted: this.#overlay.isDeleted(id), created: false });
      }
      at += limit;
    }
    return rows;
  }

  /** The line of the record at a place among all records, or of the folded group it is in. */
  async lineOf(place: number): Promise<number> {
    if (this.tells.group.length === 0 && this.tells.tree === undefined) return place;
    return this.#mapped().outer((await this.#once({ place, limit: 1 })).offset);
  }

  close(): void {
    this.#send();
    this.#subscription?.();
    this.#unlisten();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#listeners.clear();
  }

  #nameAt(index: number): string | undefined {
    const inner = this.#mapped().inner(index);
    return inner === undefined ? this.#mapped().at(index) : this.#state.idAt(inner);
  }

  /** Records made here that the window lacks: it may show one before the answer to the request that made it comes. */
  #mapped(): Places {
    if (this.#places) return this.#places;
    const { belongs } = this.#manner;
    const made = this.#overlay.created().filter(({ fields }) => belongs?.(fields) ?? true);
    const order = new Set(made.length > 0 ? this.#state.order : []);
    const lacking = made.filter((record) => !order.has(record.id)).map((record) => record.id);
    this.#places = new Places(lacking, this.#held, this.#state.total);
    return this.#places;
  }

  #fold(folds: Folds) {
    this.#folds = folds;
    this.#state.forgetPlaces();
    this.#held = [];
    const said = { folds: this.#said(), hold: [] };
    this.#subscription?.amend(said);
    this.#subscription?.send({ op: 'window', ...said });
    this.#tellFolds?.(folds);
    this.#notify();
  }

  #said() {
    return { ...this.#folds, ends: this.#ends };
  }

  /** What is said of folds and records that are kept, as far as there are any. */
  #shape() {
    const { all, except, branches } = this.#folds;
    const folded = all || except.length > 0 || branches?.all || (branches?.except.length ?? 0) > 0 || this.#ends;
    return {
      ...(folded ? { folds: this.#said() } : {}),
      ...(this.#held.length > 0 ? { hold: this.#held } : {}),
    };
  }

  /** Keeps records where they are now. */
  #keep(ids: readonly string[]) {
    if (ids.every((id) => this.#held.some((held) => held.record === id))) return;
    const held = ids.length > mostHeld ? [] : ids.flatMap((record) => this.#placeOf(record));
    this.#hold(held);
  }

  #placeOf(record: string): Held[] {
    const at = this.indexOf(record);
    return at === undefined ? [] : [{ record, at }];
  }

  #hold(held: readonly Held[]) {
    if (this.#manner.keeps === false || (held.length === 0 && this.#held.length === 0)) return;
    this.#held = held;
    this.#subscription?.amend({ hold: held });
    this.#subscription?.send({ op: 'window', hold: held });
    this.#notify();
  }

  #mine(change: Change) {
    return change.base === this.#request.base && change.table === this.#request.table;
  }

  #change(kind: Change['kind'], records: RecordCells[]): Change {
    const { base, table } = this.#request;
    return { id: this.#environment.key(), base, table, kind, records, at: this.#environment.now() };
  }

  #send() {
    const change = this.#open;
    this.#open = undefined;
    if (change) this.#environment.outbox.enqueue(change);
  }

  #enqueue(change: Change) {
    this.#update(() => this.#overlay.add(change));
    this.#environment.outbox.enqueue(change);
  }

  #accept(change: Change, answer: Answer) {
    this.#update(() => {
      this.#overlay.accept(change.id, answer.seq, answer.records);
      this.#settle(this.#state.seq);
    });
    if (!this.#overlay.has(change.id)) return;
    // A change outside the window, or one that changed nothing, may bring no message.
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#update(() => this.#settle(answer.seq));
    }, patience);
    this.#timers.add(timer);
  }

  #settle(seq: number) {
    for (const change of this.#overlay.settle(seq)) {
      if (change.kind !== 'update') continue;
      for (const record of change.records) {
        const index = this.#state.order.indexOf(record.id);
        if (index < 0 || seq > this.#state.seq) this.#state.patch(record.id, record.fields);
      }
    }
  }

  #subscribe() {
    const { offset, limit } = this.#asked;
    this.#moving = false;
    const subscription = this.#environment.socket.subscribe(
      { topic: 'view', ...this.#request, ...this.#shape(), offset, limit },
      (message) => {
        if (this.#subscription === subscription || this.#subscription === undefined) this.#receive(message);
      },
    );
    this.#subscription = subscription;
  }

  #receive(message: SocketMessage) {
    if (message.op === 'gone' || message.op === 'error') {
      this.failure = { code: message.code ?? 'socket.gone', detail: message.detail ?? '' };
      this.#notify();
      return;
    }
    if (message.op !== 'window') return;
    this.#update(() => {
      this.failure = undefined;
      if (this.#next) {
        this.#state = this.#next;
        this.#next = undefined;
      }
      this.#state.apply(message as unknown as WindowMessage);
      this.#settle(this.#state.seq);
    });
    if (message.offset === this.#asked.offset) this.#moving = false;
    this.#move();
  }

  /** Asks for another window when the visible rows come near the edge of the one there is; one question at a time. */
  #move() {
    const unanswered = this.#moving && this.#environment.now() - this.#askedAt < answerTime;
    if (unanswered || !this.#state.known || this.#next) return;
    const { from, to } = this.#wanted;
    const visible = to - from;
    const margin = Math.min(step, visible);
    const end = this.#asked.offset + this.#asked.limit;
    const inside = from - margin >= this.#asked.offset || this.#asked.offset === 0;
    if (inside && from >= this.#asked.offset && (to + margin <= end || end >= this.#state.total)) return;
    const limit = Math.min(largest, Math.max(smallest, Math.ceil((visible * 4) / step) * step));
    const offset = Math.max(0, Math.floor((from + visible / 2 - limit / 2) / step) * step);
    if (offset === this.#asked.offset && limit === this.#asked.limit) return;
    this.#asked = { offset, limit };
    this.#moving = true;
    this.#askedAt = this.#environment.now();
    this.#subscription?.amend({ offset, limit });
    this.#subscription?.send({ op: 'window', offset, limit });
  }

  #once(where: { offset?: number; place?: number; limit: number }): Promise<WindowMessage> {
    return new Promise((resolve, reject) => {
      const subscription = this.#environment.socket.subscribe(
        { topic: 'view', ...this.#request, ...this.#shape(), ...where },
        (message) => {
          if (message.op === 'window') resolve(message as unknown as WindowMessage);
          else reject(new Error(message.detail ?? message.code));
          subscription?.();
        },
      );
    });
  }

  #update(change: () => void) {
    change();
    this.#notify();
  }

  #notify() {
    this.#version++;
    this.#cache.clear();
    this.#places = undefined;
    this.#numbers = undefined;
    for (const listener of this.#listeners) listener();
  }
}
