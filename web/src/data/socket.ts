/**
 * The one socket of this client (docs/spec/socket.md). It keeps subscriptions over reconnects and resumes them where they
 * were. It knows nothing of what messages mean beyond `seq`, and never writes: writing is the REST client's.
 */

export type SocketStatus = 'online' | 'offline' | 'connecting';

/** A message of the server about one subscription, or a state of it that the socket itself reports. */
export interface SocketMessage {
  op: string;
  id?: number;
  seq?: number;
  // biome-ignore lint/suspicious/noExplicitAny: each topic reads its own shape
  [key: string]: any;
}

export interface SubscribeRequest {
  topic: string;
  /** Resume after this sequence number; kept up to date by the socket. */
  since?: number;
  [key: string]: unknown;
}

export interface Subscription {
  (): void;
  /** Sends a message about this subscription: `{op: 'window', offset, limit}`. Dropped while offline. */
  send(message: { op: string; [key: string]: unknown }): void;
  /** Changes the request that is sent when the connection comes back. */
  amend(change: Partial<SubscribeRequest>): void;
}

/** What the socket needs of its surroundings; tests pass their own. */
export interface SocketEnvironment {
  open(): WebSocket;
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  random(): number;
  /** Calls back when the browser says that it is online or offline. */
  onNetwork(online: () => void, offline: () => void): void;
  /** The server said that the session has ended (S4). */
  signedOut(): void;
}

interface Entry {
  id: number;
  request: SubscribeRequest;
  handler: (message: SocketMessage) => void;
  ended: boolean;
  /** How often in a row the server could not open it. */
  failures: number;
  /** Runs while it waits to be announced again. */
  retry: unknown;
}

/** Codes that say nothing about the subscription, only that the server could not see to it just then. */
const passing: ReadonlySet<unknown> = new Set(['store.busy', 'store.unclear', 'internal']);
/** So many failures in a row are not mentioned to the subscriber. */
const unmentioned = 3;

const shortest = 500;
const longest = 30_000;
/** The server pings every 25 s at the level of WebSocket, which scripts do not see; so the client asks, too. */
const silence = 30_000;
const patience = 10_000;

export class Socket {
  #environment: SocketEnvironment;
  #entries = new Map<number, Entry>();
  #nextId = 1;
  #socket: WebSocket | undefined;
  #ready = false;
  #status: SocketStatus = 'offline';
  #listeners = new Set<(status: SocketStatus) => void>();
  #attempt = 0;
  #retry: unknown;
  #heartbeat: unknown;
  #ended = false;
  #networkBound = false;
  /** Id the server gave this connection, to tell one's own presence from others'. */
  connection: string | undefined;

  constructor(environment: SocketEnvironment) {
    this.#environment = environment;
  }

  status(): SocketStatus {
    return this.#status;
  }

  onStatus(listener: (status: SocketStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens a subscription and, with the first, the connection. The returned function ends it. */
  subscribe(request: SubscribeRequest, handler: (message: SocketMessage) => void): Subscription {
    const id = this.#nextId++;
    const entry: Entry = { id, request: { ...request }, handler, ended: false, failures: 0, retry: undefined };
    this.#entries.set(entry.id, entry);
    if (this.#ready) this.#announce(entry);
    else this.connect();
    const end = () => {
      if (entry.ended) return;
      this.#end(entry);
      if (this.#ready) this.send({ op: 'unsubscribe', id: entry.id });
    };
    return Object.assign(end, {
      send: (message: { op: string }) => {
        if (!entry.ended && this.#ready && entry.retry === undefined) this.send({ ...message, id: entry.id });
      },
      amend: (change: Partial<SubscribeRequest>) => {
        Object.assign(entry.request, change);
      },
    });
  }

  /** Sends at once; says whether there was a connection to send on. */
  send(message: object): boolean {
    if (!this.#ready || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Connects unless connected, forgetting that the session had ended: call after signing in. */
  connect(): void {
    this.#ended = false;
    if (this.#socket || this.#retry !== undefined) return;
    if (!this.#networkBound) {
      this.#networkBound = true;
      this.#environment.onNetwork(
        () => this.#retryNow(),
        () => this.#socket?.close(),
      );
    }
    this.#open();
  }

  #open() {
    this.#setStatus('connecting');
    let socket: WebSocket;
    try {
      socket = this.#environment.open();
    } catch {
      this.#later();
      return;
    }
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (this.#socket === socket) this.#receive(String(event.data));
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#closed(event.code);
    };
  }

  #receive(text: string) {
    this.#beat();
    let message: SocketMessage;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.op === 'hello') {
      this.connection = message.connection;
      this.#attempt = 0;
      this.#ready = true;
      for (const entry of [...this.#entries.values()]) this.#announce(entry);
      this.#setStatus('online');
      return;
    }
    const entry = message.id === undefined ? undefined : this.#entries.get(message.id);
    if (!entry) return;
    if (message.op === 'gone' || message.op === 'error') {
      this.#refused(entry, message);
      return;
    }
    entry.failures = 0;
    this.#follow(entry, message);
    entry.handler(message);
  }

  /** Keeps where to resume. A view has no `since`: it always starts again with its whole window. */
  #follow({ request }: Entry, message: SocketMessage) {
    if (request.topic !== 'base') return;
    // Where it resumes, the events up to the `seq` of `subscribed` are still to come, and may not.
    if (message.op === 'subscribed') request.since ??= message.seq;
    if (message.op === 'reload') request.since = message.seq;
    if (message.op === 'events') request.since = message.events?.at(-1)?.seq ?? request.since;
  }

  #refused(entry: Entry, message: SocketMessage) {
    // It answers a message that crossed with the refusal itself.
    if (message.code === 'socket.unknown_id') return;
    if (!passing.has(message.code)) {
      this.#end(entry);
      entry.handler(message);
      return;
    }
    this.#environment.clearTimeout(entry.retry);
    entry.retry = this.#environment.setTimeout(
      () => {
        entry.retry = undefined;
        if (this.#ready) this.#announce(entry);
      },
      this.#delay(entry.failures++),
    );
    if (entry.failures > unmentioned) entry.handler({ ...message, op: 'error' });
  }

  #end(entry: Entry) {
    entry.ended = true;
    this.#rest(entry);
    this.#entries.delete(entry.id);
  }

  #rest(entry: Entry) {
    this.#environment.clearTimeout(entry.retry);
    entry.retry = undefined;
  }

  #announce(entry: Entry) {
    this.send({ op: 'subscribe', id: entry.id, ...entry.request });
  }

  #beat() {
    this.#environment.clearTimeout(this.#heartbeat);
    this.#heartbeat = this.#environment.setTimeout(() => {
      this.send({ op: 'ping' });
      this.#heartbeat = this.#environment.setTimeout(() => this.#socket?.close(), patience);
    }, silence);
  }

  #closed(code: number) {
    this.#environment.clearTimeout(this.#heartbeat);
    for (const entry of this.#entries.values()) this.#rest(entry);
    this.#socket = undefined;
    this.#ready = false;
    this.connection = undefined;
    if (code === 4401) {
      this.#ended = true;
      this.#setStatus('offline');
      this.#environment.signedOut();
      return;
    }
    this.#later();
  }

  #later() {
    this.#setStatus('offline');
    if (this.#ended || this.#retry !== undefined || this.#entries.size === 0) return;
    this.#retry = this.#environment.setTimeout(() => this.#retryNow(), this.#delay(this.#attempt++));
  }

  #delay(attempt: number): number {
    const ceiling = Math.min(longest, shortest * 2 ** attempt);
    return ceiling / 2 + (this.#environment.random() * ceiling) / 2;
  }

  #retryNow() {
    this.#environment.clearTimeout(this.#retry);
    this.#retry = undefined;
    if (!this.#socket && !this.#ended && this.#entries.size > 0) this.#open();
  }

  #setStatus(status: SocketStatus) {
    if (this.#status === status) return;
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }
}

export const socket = new Socket({
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/socket`),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: Math.random,
  onNetwork: (online, offline) => {
    addEventListener('online', online);
    addEventListener('offline', offline);
  },
  signedOut: () => dispatchEvent(new Event('skein:signed-out')),
});
