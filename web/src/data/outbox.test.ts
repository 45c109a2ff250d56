import { describe, expect, it } from 'vitest';
import type { Change } from './edits';
import { memoryStore } from './idb';
import { type Answer, Outbox, type OutboxItem } from './outbox';

class Unreachable extends Error {}
class Refused extends Error {}

interface Wired {
  outbox: Outbox;
  sent: string[];
  log: string[];
  timers: (() => void)[];
  server: { up: boolean; refuses: Set<string> };
}

function wire(store = memoryStore<OutboxItem>(), owner = 'tab', live: readonly string[] = ['tab']): Wired {
  const sent: string[] = [];
  const log: string[] = [];
  const timers: (() => void)[] = [];
  const server = { up: true, refuses: new Set<string>() };
  const outbox = new Outbox({
    store,
    owner,
    liveOwners: async () => new Set(live),
    send: async (change): Promise<Answer> => {
      if (!server.up) throw new Unreachable();
      sent.push(change.id);
      if (server.refuses.has(change.id)) throw new Refused('no such field');
      return { seq: sent.length, records: change.records };
    },
    retryIn: (error) => (error instanceof Unreachable ? 1000 : undefined),
    refusal: (error) => ({ code: 'refused', detail: (error as Error).message }),
    setTimeout: (run) => timers.push(run),
    clearTimeout: () => {},
  });
  outbox.listen({
    accepted: (change, answer) => log.push(`accepted ${change.id} ${answer.seq}`),
    refused: (change, refusal) => log.push(`refused ${change.id} ${refusal.detail}`),
    waiting: (change, waiting) => log.push(`${waiting ? 'waiting' : 'going'} ${change.id}`),
    discarded: (change) => log.push(`discarded ${change.id}`),
    queued: (change) => log.push(`queued ${change.id}`),
  });
  return { outbox, sent, log, timers, server };
}

const change = (id: string, at = 0): Change => ({
  id,
  base: 'res_1',
  table: 'tbl_1',
  kind: 'update',
  records: [{ id: 'a', fields: { x: id } }],
  at,
});
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

describe('the outbox', () => {
  it('sends in order, one after the other', async () => {
    const { outbox, sent, log } = wire();
    await outbox.open('mem_1');
    for (const id of ['1', '2', '3']) outbox.enqueue(change(id));
    expect(sent).toEqual(['1']);
    await settled();
    expect(sent).toEqual(['1', '2', '3']);
    expect(log.filter((line) => line.startsWith('accepted'))).toEqual(['accepted 1 1', 'accepted 2 2', 'accepted 3 3']);
    expect(outbox.snapshot().items).toEqual([]);
  });

  it('waits while the server cannot be reached, then sends everything in order', async () => {
    const { outbox, sent, server, timers } = wire();
    await outbox.open('mem_1');
    server.up = false;
    outbox.enqueue(change('1'));
    await settled();
    outbox.enqueue(change('2'));
    await settled();
    expect(outbox.snapshot()).toMatchObject({ stuck: true, items: [{ id: '1' }, { id: '2' }] });
    server.up = true;
    timers.at(-1)?.();
    await settled();
    expect(sent).toEqual(['1', '2']);
    expect(outbox.snapshot()).toEqual({ stuck: false, items: [] });
  });

  it('reports a refused change and goes on with the others', async () => {
    const { outbox, log, server } = wire();
    await outbox.open('mem_1');
    server.refuses.add('2');
    for (const id of ['1', '2', '3']) outbox.enqueue(change(id));
    await settled();
    expect(log.filter((line) => !line.startsWith('queued'))).toEqual([
      'accepted 1 1',
      'refused 2 no such field',
      'accepted 3 3',
    ]);
  });

  it('says when everything was answered, so that undo comes after the edit it is about', async () => {
    const { outbox, sent, server } = wire();
    await outbox.open('mem_1');
    outbox.enqueue(change('1'));
    outbox.enqueue(change('2'));
    await outbox.idle();
    expect(sent).toEqual(['1', '2']);
    server.up = false;
    outbox.enqueue(change('3'));
    await outbox.idle();
    expect(outbox.stuck).toBe(true);
  });

  it('gives up a waiting change when the member wants so', async () => {
    const { outbox, server, sent, log } = wire();
    await outbox.open('mem_1');
    server.up = false;
    outbox.enqueue(change('1'));
    await settled();
    outbox.enqueue(change('2'));
    outbox.discard('2');
    server.up = true;
    outbox.flush();
    await settled();
    expect(sent).toEqual(['1']);
    expect(log).toContain('discarded 2');
  });

  it('keeps changes over a reload, and sends them as the page comes back', async () => {
    const store = memoryStore<OutboxItem>();
    const before = wire(store, 'old');
    await before.outbox.open('mem_1');
    before.server.up = false;
    before.outbox.enqueue(change('2', 2));
    before.outbox.enqueue(change('1', 1));
    await settled();
    const after = wire(store, 'new', ['new']);
    await after.outbox.open('mem_1');
    await settled();
    expect(after.sent).toEqual(['1', '2']);
    expect(after.log).toContain('queued 1');
    expect(await store.all()).toEqual([]);
  });

  it('leaves the changes of another open tab and of another member alone', async () => {
    const store = memoryStore<OutboxItem>();
    await store.put({ ...change('other tab'), member: 'mem_1', owner: 'alive' });
    await store.put({ ...change('other member'), member: 'mem_2', owner: 'gone' });
    const { outbox, sent } = wire(store, 'tab', ['tab', 'alive']);
    await outbox.open('mem_1');
    await settled();
    expect(sent).toEqual([]);
    expect(await store.all()).toHaveLength(2);
  });
});
