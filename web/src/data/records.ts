/** The outbox of this page: changes of records go through it to the REST API. */
import { api, ProblemError } from './client';
import type { Change } from './edits';
import { idbStore } from './idb';
import { type Answer, Outbox, type OutboxItem } from './outbox';
import { randomKey } from './random';
import { socket } from './socket';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
let lastTime = 0;
let counter = 0n;

/** An id as the server makes them: time first, so that rows stand in the order in which they were made. */
export function newId(prefix: 'rec' | 'opt' | 'imp'): string {
  const now = Date.now();
  const random = crypto.getRandomValues(new Uint8Array(10));
  if (now > lastTime) {
    lastTime = now;
    counter = random.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n) >> 1n;
  } else counter += 1n + BigInt(random[0] ?? 0);
  let bits = (BigInt(lastTime) << 80n) | counter;
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return `${prefix}_${text}`;
}

const owner = randomKey();
const lockName = (id: string) => `skein-outbox-${id}`;
if (typeof navigator !== 'undefined' && navigator.locks) {
  // Held as long as the page lives, so that other tabs leave its changes alone.
  void navigator.locks.request(lockName(owner), () => new Promise(() => undefined));
}

/** Which pages are open. Without locks, as over plain http, this one is taken to be the only one. */
async function liveOwners(): Promise<ReadonlySet<string>> {
  if (typeof navigator === 'undefined' || !navigator.locks) return new Set([owner]);
  const { held } = await navigator.locks.query();
  const prefix = lockName('');
  return new Set((held ?? []).flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

async function send(change: Change): Promise<Answer> {
  const path = `/bases/${change.base}/tables/${change.table}/records`;
  const options = { idempotencyKey: change.id, headers: { 'idempotency-key': change.id } };
  if (change.kind === 'create') return api.post<Answer>(path, { records: change.records }, options);
  if (change.kind === 'update') return api.patch<Answer>(path, { records: change.records }, options);
  return api.post<Answer>(`${path}/delete`, { records: change.records.map((record) => record.id) }, options);
}

/** When to send a change again, in milliseconds; undefined when the server has refused it. */
export function retryIn(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  const { status, code } = error;
  const passing = status === 0 || status >= 500 || [401, 408, 425, 429].includes(status) || code === 'store.conflict';
  if (!passing || (status === 500 && attempt >= 5)) return undefined;
  if (error.retry_after) return error.retry_after * 1000;
  return Math.min(30_000, 1000 * 2 ** attempt);
}

export const outbox = new Outbox({
  store: idbStore<OutboxItem>('skein', 'outbox'),
  send,
  retryIn,
  refusal: (error) =>
    error instanceof ProblemError
      ? { code: error.code, detail: error.detail, field: error.field }
      : { code: 'client', detail: String(error) },
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  liveOwners,
  owner,
});

socket.onStatus((status) => {
  if (status === 'online') outbox.flush();
});
