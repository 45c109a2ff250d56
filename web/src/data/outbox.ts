/**
 * Changes on their way to the server, in order. What cannot be sent waits, survives a reload, and is sent when the server is
 * back; a refused one is reported and the others go on. It knows nothing of how a change is shown.
 */
import type { Change, RecordCells } from './edits';
import type { Store } from './idb';

export interface Answer {
  seq: number;
  records?: RecordCells[];
}

export interface OutboxItem extends Change {
  /** Whose change it is: another member of this browser does not send it. */
  member: string;
  /** Which tab it is in; changes of a closed tab are taken over. */
  owner: string;
}

export interface Refusal {
  code: string;
  detail: string;
  field?: string | undefined;
}

export interface OutboxListener {
  /** Queued here or taken over from an earlier page. */
  queued?(change: Change): void;
  waiting?(change: Change, waiting: boolean): void;
  accepted?(change: Change, answer: Answer): void;
  refused?(change: Change, refusal: Refusal): void;
  discarded?(change: Change): void;
}

export interface OutboxEnvironment {
  store: Store<OutboxItem>;
  send(change: Change): Promise<Answer>;
  /** Undefined when the server has refused; otherwise in how many milliseconds to try again. */
  retryIn(error: unknown, attempt: number): number | undefined;
  refusal(error: unknown): Refusal;
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Which owners are alive, this one included. */
  liveOwners(): Promise<ReadonlySet<string>>;
  owner: string;
}

export class Outbox {
  #environment: OutboxEnvironment;
  #items: OutboxItem[] = [];
  #member: string | undefined;
  #sending: string | undefined;
  #stuck = false;
  #attempt = 0;
  #retry: unknown;
  #listeners = new Set<OutboxListener>();
  #watchers = new Set<() => void>();
  #snapshot: { items: readonly OutboxItem[]; stuck: boolean } = { items: [], stuck: false };

  constructor(environment: OutboxEnvironment) {
    this.#environment = environment;
  }

  /** Says who is signed in and takes over what earlier pages of this member left. */
  async open(member: string): Promise<void> {
    if (this.#member === member) return;
    this.#member = member;
    this.#items = [];
    const [stored, live] = await Promise.all([this.#environment.store.all(), this.#environment.liveOwners()]);
    const mine = this.#environment.owner;
    const left = stored.filter((item) => item.member === member && item.owner !== mine && !live.has(item.owner));
    left.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    const adopted = left.map((item) => ({ ...item, owner: mine }));
    this.#items = [...adopted, ...this.#items];
    for (const item of adopted) {
      this.#keep(item);
      for (const listener of this.#listeners) listener.queued?.(item);
    }
    this.#changed();
    this.flush();
  }

  /** Everything not yet answered, oldest first; `stuck` when the server could not be reached. The same object until changed. */
  snapshot = (): { items: readonly OutboxItem[]; stuck: boolean } => this.#snapshot;

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  listen(listener: OutboxListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pending(base: string, table: string): OutboxItem[] {
    return this.#items.filter((item) => item.base === base && item.table === table);
  }

  get stuck(): boolean {
    return this.#stuck;
  }

  enqueue(change: Change): void {
    const item: OutboxItem = { ...change, member: this.#member ?? '', owner: this.#environment.owner };
    this.#items.push(item);
    this.#keep(item);
    for (const listener of this.#listeners) {
      listener.queued?.(change);
      if (this.#stuck) listener.waiting?.(change, true);
    }
    this.#changed();
    if (!this.#stuck) this.flush();
  }

  /** The member gives a change up; one that is being sent can no longer be held back. */
  discard(id: string): void {
    const item = this.#items.find((i) => i.id === id);
    if (!item || this.#sending === id) return;
    this.#drop(item);
    for (const listener of this.#listeners) listener.discarded?.(item);
    this.#changed();
  }

  /** Resolves when everything was answered, or when the server cannot be reached. */
  idle(): Promise<void> {
    if (this.#stuck || this.#items.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.watch(() => {
        if (!this.#stuck && this.#items.length > 0) return;
        stop();
        resolve();
      });
    });
  }

  /** Sends now: the connection is back. */
  flush(): void {
    this.#environment.clearTimeout(this.#retry);
    this.#retry = undefined;
    if (this.#sending === undefined) void this.#run();
  }

  async #run(): Promise<void> {
    for (let item = this.#items[0]; item; item = this.#items[0]) {
      this.#sending = item.id;
      try {
        const answer = await this.#environment.send(item);
        this.#drop(item);
        this.#unstick();
        for (const listener of this.#listeners) listener.accepted?.(item, answer);
      } catch (error) {
        const delay = this.#environment.retryIn(error, this.#attempt);
        if (delay !== undefined) {
          this.#sending = undefined;
          this.#stick(delay);
          return;
        }
        this.#drop(item);
        this.#unstick();
        const refusal = this.#environment.refusal(error);
        for (const listener of this.#listeners) listener.refused?.(item, refusal);
      }
      this.#changed();
    }
    this.#sending = undefined;
  }

  #stick(delay: number) {
    this.#attempt++;
    this.#stuck = true;
    for (const item of this.#items) for (const listener of this.#listeners) listener.waiting?.(item, true);
    this.#retry = this.#environment.setTimeout(() => this.flush(), delay);
    this.#changed();
  }

  #unstick() {
    this.#attempt = 0;
    if (!this.#stuck) return;
    this.#stuck = false;
    for (const item of this.#items) for (const listener of this.#listeners) listener.waiting?.(item, false);
  }

  #drop(item: OutboxItem) {
    this.#items = this.#items.filter((i) => i.id !== item.id);
    void this.#environment.store.delete(item.id);
  }

  #keep(item: OutboxItem) {
    void this.#environment.store.put(item);
  }

  #changed() {
    this.#snapshot = { items: [...this.#items], stuck: this.#stuck };
    for (const watcher of this.#watchers) watcher();
  }
}
