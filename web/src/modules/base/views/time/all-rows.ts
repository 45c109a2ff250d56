/**
 * All rows of a request, up to a limit, kept live: windows of a thousand each onto the one order that the server keeps for them.
 * What draws records by time needs all of a stretch of it, not a part of a list.
 */
import type { LiveView, ViewFailure, ViewManner, ViewRequest, ViewRow } from '../../../../data/live-view';

/** Rows of one window: as many as the server gives (S8). */
const page = 1000;

export class AllRows {
  #open: (request: ViewRequest, manner: ViewManner) => LiveView;
  #request: ViewRequest;
  #most: number;
  #pages: LiveView[] = [];
  #listeners = new Set<() => void>();
  #version = 0;
  #rows: readonly ViewRow[] | undefined;

  /** `most`: as many rows as are asked for; more are counted. */
  constructor(open: (request: ViewRequest, manner: ViewManner) => LiveView, request: ViewRequest, most: number) {
    this.#open = open;
    this.#request = request;
    this.#most = most;
    this.#add();
  }

  get first(): LiveView {
    return this.#pages[0] as LiveView;
  }

  /** Rows there are, also beyond the limit. */
  get total(): number {
    return this.first.total;
  }

  /** Whether these are the rows of what was asked for last. */
  get known(): boolean {
    return this.first.known && !this.first.changing;
  }

  get failure(): ViewFailure | undefined {
    return this.#pages.find((one) => one.failure)?.failure;
  }

  /** In the order of the server, without those that are being deleted; records just made here at the end. */
  get rows(): readonly ViewRow[] {
    this.#rows ??= this.#read();
    return this.#rows;
  }

  version = (): number => this.#version;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  ask(request: ViewRequest): void {
    if (JSON.stringify(request) === JSON.stringify(this.#request)) return;
    this.#request = request;
    for (const one of this.#pages.splice(1)) one.close();
    this.first.ask(request);
    this.first.show(0, page);
  }

  retry(): void {
    for (const one of this.#pages) if (one.failure) one.retry();
  }

  close(): void {
    for (const one of this.#pages) one.close();
    this.#listeners.clear();
  }

  #read(): ViewRow[] {
    const rows: ViewRow[] = [];
    const seen = new Set<string>();
    const take = (row: ViewRow | undefined) => {
      if (!row || row.deleted || seen.has(row.id)) return;
      seen.add(row.id);
      rows.push(row);
    };
    this.#pages.forEach((one, i) => {
      for (let at = i * page; at < Math.min((i + 1) * page, one.total); at++) take(one.row(at));
    });
    for (let at = this.first.total - 1; at >= page && this.first.row(at)?.created; at--) take(this.first.row(at));
    return rows;
  }

  #add() {
    const from = this.#pages.length * page;
    // What was made here is told once.
    const one = this.#open(this.#request, from === 0 ? {} : { belongs: () => false });
    this.#pages.push(one);
    one.show(from, from + page);
    one.subscribe(() => this.#changed());
  }

  #changed() {
    this.#rows = undefined;
    this.#version++;
    if (this.known) {
      const wanted = Math.max(1, Math.ceil(Math.min(this.#most, this.total) / page));
      while (this.#pages.length < wanted) this.#add();
      for (const one of this.#pages.splice(wanted)) one.close();
    }
    for (const listener of this.#listeners) listener();
  }
}
