/**
 * What this client has changed and the server has not shown yet: laid over the rows of a window, so that an edit is seen at
 * once. Pure: it sends nothing.
 */
import type { Row } from './window';

export interface RecordCells {
  id: string;
  fields: Row;
}

/** One request of writing. `id` is also its idempotency key. */
export interface Change {
  id: string;
  base: string;
  table: string;
  kind: 'create' | 'update' | 'delete';
  /** For `delete` only the ids count. */
  records: RecordCells[];
  /** Milliseconds since 1970, for people to see how old it is. */
  at: number;
}

interface Entry {
  change: Change;
  /** The sequence number of the answer: shown by the server's rows from there on. */
  seq?: number;
  waiting: boolean;
}

interface Index {
  cells: Map<string, Record<string, unknown>>;
  waiting: Map<string, Set<string>>;
  created: Map<string, RecordCells>;
  deleted: Set<string>;
}

export class Overlay {
  #entries: Entry[] = [];
  #index: Index | undefined;

  get size(): number {
    return this.#entries.length;
  }

  add(change: Change): void {
    this.#entries.push({ change, waiting: false });
    this.#index = undefined;
  }

  /** The change object was extended in place. */
  touched(): void {
    this.#index = undefined;
  }

  has(changeId: string): boolean {
    return this.#entries.some((entry) => entry.change.id === changeId);
  }

  /** It is queued because the server cannot be reached: cells show a mark. */
  setWaiting(changeId: string, waiting: boolean): void {
    const entry = this.#entries.find((e) => e.change.id === changeId);
    if (!entry || entry.waiting === waiting) return;
    entry.waiting = waiting;
    this.#index = undefined;
  }

  /** The server has done it, with these values: they may differ from what was sent. */
  accept(changeId: string, seq: number, records?: readonly RecordCells[]): void {
    const entry = this.#entries.find((e) => e.change.id === changeId);
    if (!entry) return;
    entry.seq = seq;
    entry.waiting = false;
    if (records && entry.change.kind !== 'delete') {
      const answered = new Map(records.map((record) => [record.id, record.fields]));
      entry.change = {
        ...entry.change,
        records: entry.change.records.map((record) => ({
          id: record.id,
          fields: { ...record.fields, ...pick(answered.get(record.id), Object.keys(record.fields)) },
        })),
      };
    }
    this.#index = undefined;
  }

  /** Takes it back: refused by the server, or discarded by the member. Returns it. */
  reject(changeId: string): Change | undefined {
    const at = this.#entries.findIndex((e) => e.change.id === changeId);
    if (at < 0) return undefined;
    this.#index = undefined;
    return this.#entries.splice(at, 1)[0]?.change;
  }

  /** Drops what the rows at `seq` already contain. Returns what was dropped. */
  settle(seq: number): Change[] {
    const done = this.#entries.filter((e) => e.seq !== undefined && e.seq <= seq);
    if (done.length === 0) return [];
    this.#entries = this.#entries.filter((e) => e.seq === undefined || e.seq > seq);
    this.#index = undefined;
    return done.map((e) => e.change);
  }

  /** Cells laid over a record, latest edit first. */
  cells(record: string): Row | undefined {
    return this.#indexed().cells.get(record);
  }

  /** Fields of a record whose change could not be sent yet. */
  waitingFields(record: string): ReadonlySet<string> | undefined {
    return this.#indexed().waiting.get(record);
  }

  isDeleted(record: string): boolean {
    return this.#indexed().deleted.has(record);
  }

  /** Records made here that no window contains yet, in order. */
  created(): RecordCells[] {
    return [...this.#indexed().created.values()];
  }

  #indexed(): Index {
    if (this.#index) return this.#index;
    const index: Index = { cells: new Map(), waiting: new Map(), created: new Map(), deleted: new Set() };
    for (const { change, waiting } of this.#entries) {
      for (const record of change.records) {
        if (change.kind === 'delete') {
          index.deleted.add(record.id);
          index.created.delete(record.id);
          continue;
        }
        index.cells.set(record.id, { ...index.cells.get(record.id), ...record.fields });
        if (change.kind === 'create') index.created.set(record.id, record);
        if (waiting) {
          const fields = index.waiting.get(record.id) ?? new Set();
          for (const field of Object.keys(record.fields)) fields.add(field);
          index.waiting.set(record.id, fields);
        }
      }
    }
    this.#index = index;
    return index;
  }
}

function pick(row: Row | undefined, fields: readonly string[]): Row {
  if (!row) return {};
  return Object.fromEntries(fields.filter((field) => field in row).map((field) => [field, row[field]]));
}

/** Joins edits of one moment: one record appears once, later cells win. */
export function mergeRecords(into: RecordCells[], more: readonly RecordCells[]): void {
  const at = new Map(into.map((record, i) => [record.id, i]));
  for (const record of more) {
    const i = at.get(record.id);
    const old = i === undefined ? undefined : into[i];
    if (i === undefined || !old) {
      at.set(record.id, into.length);
      into.push({ id: record.id, fields: { ...record.fields } });
    } else into[i] = { id: record.id, fields: { ...old.fields, ...record.fields } };
  }
}
