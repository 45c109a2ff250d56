import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change } from './edits';
import { LiveView, type ViewRequest } from './live-view';
import type { OutboxListener } from './outbox';
import type { SocketMessage, Subscription } from './socket';

interface Opened {
  request: Record<string, unknown>;
  send: (message: SocketMessage) => void;
  sent: { op: string; [key: string]: unknown }[];
  ended: boolean;
  amended: Record<string, unknown>;
}

let opened: Opened[];
let queued: Change[];
let listener: OutboxListener;
let keys: number;

function make(request: Partial<ViewRequest> = {}) {
  return new LiveView(
    {
      socket: {
        subscribe(asked, handler) {
          const sub: Opened = { request: asked, send: handler, sent: [], ended: false, amended: {} };
          opened.push(sub);
          const end = () => {
            sub.ended = true;
          };
          return Object.assign(end, {
            send: (message: { op: string }) => sub.sent.push(message),
            amend: (change: object) => Object.assign(sub.amended, change),
          }) as Subscription;
        },
      },
      outbox: {
        enqueue: (change) => queued.push(change),
        listen: (heard) => {
          listener = heard;
          return () => {};
        },
        pending: () => [],
        stuck: false,
      },
      now: () => 1,
      key: () => `k${++keys}`,
    },
    { base: 'res_1', table: 'tbl_1', view: 'viw_1', ...request },
  );
}

const id = (i: number) => `r${i}`;
function rows(offset: number, limit: number, total: number, seq = 1): SocketMessage {
  const order = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, i) => id(offset + i));
  return { op: 'window', seq, offset, total, order, rows: Object.fromEntries(order.map((r) => [r, { x: r }])) };
}
const sub = (i = 0) => opened[i] as Opened;

beforeEach(() => {
  opened = [];
  queued = [];
  keys = 0;
});
afterEach(() => vi.useRealTimers());

describe('a live view', () => {
  it('asks for the window of what is visible, one question at a time', () => {
    const view = make();
    expect(sub().request).toMatchObject({ topic: 'view', view: 'viw_1', offset: 0, limit: 200 });
    sub().send(rows(0, 200, 1_000_000));
    view.show(0, 30);
    expect(sub().sent).toEqual([]);
    view.show(500_000, 500_030);
    expect(sub().sent).toEqual([{ op: 'window', offset: 499_900, limit: 200 }]);
    view.show(700_000, 700_030);
    expect(sub().sent).toHaveLength(1);
    expect(view.row(700_010)).toBeUndefined();
    sub().send(rows(499_900, 200, 1_000_000));
    expect(sub().sent[1]).toEqual({ op: 'window', offset: 699_900, limit: 200 });
    sub().send(rows(699_900, 200, 1_000_000));
    expect(view.row(700_010)?.id).toBe('r700010');
    expect(view.row(500_000)?.id).toBe('r500000');
    expect(view.total).toBe(1_000_000);
  });

  it('shows an edit at once', () => {
    const view = make();
    sub().send(rows(0, 200, 3));
    view.edit([{ id: 'r1', fields: { x: 'mine' } }]);
    expect(view.row(1)?.cells.x).toBe('mine');
    expect(view.row(0)?.cells.x).toBe('r0');
  });

  it('sends edits of one tick as one change, merged by record', async () => {
    const view = make();
    sub().send(rows(0, 200, 3));
    view.edit([{ id: 'r1', fields: { x: 1 } }]);
    view.edit([
      { id: 'r1', fields: { y: 2 } },
      { id: 'r2', fields: { x: 3 } },
    ]);
    await Promise.resolve();
    expect(queued).toHaveLength(1);
    expect(queued[0]?.records).toEqual([
      { id: 'r1', fields: { x: 1, y: 2 } },
      { id: 'r2', fields: { x: 3 } },
    ]);
  });

  it('splits what is more than a request may hold', async () => {
    const view = make();
    sub().send(rows(0, 200, 20_000));
    view.edit(Array.from({ length: 12_000 }, (_, i) => ({ id: id(i), fields: { x: 1 } })));
    await Promise.resolve();
    view.delete(Array.from({ length: 5001 }, (_, i) => id(i)));
    expect(queued.map((change) => change.records.length)).toEqual([5000, 5000, 2000, 5000, 1]);
  });

  it('confirms when the window has reached the sequence number of the answer', async () => {
    const view = make();
    sub().send(rows(0, 200, 3));
    view.edit([{ id: 'r1', fields: { x: 'mine' } }]);
    await Promise.resolve();
    listener.accepted?.(queued[0] as Change, { seq: 5 });
    sub().send({ op: 'window', seq: 4, offset: 0, total: 3, rows: { r1: { x: 'older' } } });
    expect(view.row(1)?.cells.x).toBe('mine');
    sub().send({ op: 'window', seq: 6, offset: 0, total: 3, rows: { r1: { x: 'newer' } } });
    expect(view.row(1)?.cells.x).toBe('newer');
  });

  it('takes a refused edit back and says why', async () => {
    const view = make();
    const told: string[] = [];
    view.onRefused((_, refusal) => told.push(refusal.detail));
    sub().send(rows(0, 200, 3));
    view.edit([{ id: 'r1', fields: { x: 'mine' } }]);
    await Promise.resolve();
    listener.refused?.(queued[0] as Change, { code: 'x', detail: 'not allowed' });
    expect(view.row(1)?.cells.x).toBe('r1');
    expect(told).toEqual(['not allowed']);
  });

  it('does not keep an edit for ever when the server has no message for it', async () => {
    vi.useFakeTimers();
    const view = make();
    sub().send(rows(0, 200, 3));
    view.edit([{ id: 'r1', fields: { x: 'r1' } }]);
    await Promise.resolve();
    listener.accepted?.(queued[0] as Change, { seq: 5, records: [{ id: 'r1', fields: { x: 'r1' } }] });
    vi.advanceTimersByTime(5000);
    sub().send({ op: 'window', seq: 4, offset: 0, total: 3, rows: { r1: { x: 'by others' } } });
    expect(view.row(1)?.cells.x).toBe('by others');
  });

  it('puts new records at the end until the view has them', () => {
    const view = make();
    sub().send(rows(0, 200, 2));
    view.create([{ id: 'n1', fields: { x: 'new' } }]);
    expect(view.total).toBe(3);
    expect(view.row(2)).toMatchObject({ id: 'n1', created: true, cells: { x: 'new' } });
    expect(view.indexOf('n1')).toBe(2);
    listener.accepted?.(queued[0] as Change, { seq: 2 });
    sub().send({ op: 'window', seq: 2, offset: 0, total: 3, order: ['n1', 'r0', 'r1'], rows: { n1: { x: 'new' } } });
    expect(view.total).toBe(3);
    expect(view.row(0)).toMatchObject({ id: 'n1', created: false });
  });

  it('shows a new record once when the window has it before its request is answered', () => {
    const view = make();
    sub().send(rows(0, 200, 2));
    view.create([{ id: 'n1', fields: { x: 'new' } }]);
    view.create([{ id: 'n2', fields: { x: 'newer' } }]);
    sub().send({ op: 'window', seq: 2, offset: 0, total: 3, order: ['n1', 'r0', 'r1'], rows: { n1: { x: 'new' } } });
    const shown = () => Array.from({ length: view.total }, (_, i) => view.row(i)?.id);
    expect(shown()).toEqual(['n1', 'r0', 'r1', 'n2']);
    expect(view.indexOf('n1')).toBe(0);
    expect(view.indexOf('n2')).toBe(3);
    listener.accepted?.(queued[0] as Change, { seq: 2 });
    expect(shown()).toEqual(['n1', 'r0', 'r1', 'n2']);
  });

  it('keeps an edit until the rows contain it, also after reconnecting to a server that lags behind', async () => {
    const view = make();
    sub().send(rows(0, 200, 3, 10));
    view.edit([{ id: 'r1', fields: { x: 'mine' } }]);
    await Promise.resolve();
    sub().send(rows(0, 200, 3, 4));
    listener.accepted?.(queued[0] as Change, { seq: 8 });
    expect(view.row(1)?.cells.x).toBe('mine');
    sub().send({ op: 'window', seq: 7, offset: 0, total: 3, rows: {} });
    expect(view.row(1)?.cells.x).toBe('mine');
    sub().send({ op: 'window', seq: 8, offset: 0, total: 3, rows: { r1: { x: 'as stored' } } });
    expect(view.row(1)?.cells.x).toBe('as stored');
  });

  it('keeps the old rows until the rows of another query come', () => {
    const view = make();
    sub().send(rows(0, 200, 2));
    view.ask({ base: 'res_1', table: 'tbl_1', query: { search: 'abc' } });
    expect(sub(0).ended).toBe(true);
    expect(sub(1).request).toMatchObject({ query: { search: 'abc' }, offset: 0 });
    expect(view.row(0)?.id).toBe('r0');
    expect(view.changing).toBe(true);
    sub(1).send({ op: 'window', seq: 1, offset: 0, total: 0, order: [], rows: {} });
    expect(view.total).toBe(0);
    expect(view.changing).toBe(false);
  });

  it('fetches rows outside the window in windows of their own', async () => {
    const view = make();
    sub().send(rows(0, 200, 3000));
    const fetched = view.fetch(198, 1500);
    sub(1).send(rows(200, 1000, 3000));
    await vi.waitFor(() => expect(opened).toHaveLength(3));
    sub(2).send(rows(1200, 300, 3000));
    const got = await fetched;
    expect(got).toHaveLength(1302);
    expect(got[0]?.id).toBe('r198');
    expect(got.at(-1)?.id).toBe('r1499');
    expect(sub(1).ended && sub(2).ended).toBe(true);
  });

  const head = (name: string, count: number, folded = false) => ({ path: [name], label: name, count, folded });
  const grouped: SocketMessage = {
    op: 'window',
    seq: 1,
    offset: 0,
    total: 7,
    records: 3,
    tells: { group: [{ field: 'f', descending: false }], summaries: [] },
    summaries: [],
    order: [{ group: ['a'] }, 'r0', 'r1', { end: ['a'] }, { group: ['b'] }, 'r2', { end: ['b'] }],
    rows: { r0: { x: 0 }, r1: { x: 1 }, r2: { x: 2 } },
    groups: [head('a', 2), head('b', 1)],
  };

  it('has lines of groups between its records', () => {
    const view = make();
    sub().send(grouped);
    expect([view.total, view.records]).toEqual([7, 3]);
    expect(view.line(0)).toEqual({ kind: 'head', head: head('a', 2) });
    expect(view.row(0)).toBeUndefined();
    expect(view.line(1)).toBeUndefined();
    expect(view.row(1)?.id).toBe('r0');
    expect(view.line(3)).toEqual({ kind: 'end', path: ['a'] });
    expect(view.groupAt(2)).toEqual(['a']);
    expect(view.groupAt(5)).toEqual(['b']);
    sub().send({ op: 'window', seq: 2, offset: 0, total: 7, records: 3, rows: {}, groups: [head('a', 9)] });
    expect(view.line(0)).toEqual({ kind: 'head', head: head('a', 9) });
    sub().send({ op: 'window', seq: 3, offset: 50, total: 90, records: 80, order: ['r2'], above: ['b'], rows: {} });
    expect(view.groupAt(50)).toEqual(['b']);
  });

  const tree: SocketMessage = {
    op: 'window',
    seq: 1,
    offset: 0,
    total: 4,
    records: 6,
    tells: { group: [], summaries: [], tree: 'parent' },
    order: [
      { record: 'r0', parent: true },
      { record: 'r1', depth: 1 },
      { record: 'r2', depth: 1, parent: true, folded: true },
      'r3',
    ],
    rows: { r0: {}, r1: {}, r2: {}, r3: {} },
  };

  it('says where records stand in a tree, those just made here too', () => {
    const view = make();
    expect(view.twig(0)).toBeUndefined();
    sub().send(tree);
    expect([view.total, view.records, view.row(2)?.id]).toEqual([4, 6, 'r2']);
    expect(view.twig(0)).toEqual({ depth: 0, parent: true, folded: false });
    expect(view.twig(2)).toEqual({ depth: 1, parent: true, folded: true });
    expect(view.twig(3)).toEqual({ depth: 0, parent: false, folded: false });
    view.create([{ id: 'r9', fields: { parent: [{ id: 'r1', text: '' }] } }], 2);
    expect([view.row(2)?.id, view.twig(2)?.depth, view.twig(3)?.folded]).toEqual(['r9', 2, true]);
  });

  it('folds records beside groups', () => {
    const view = make();
    sub().send(tree);
    view.foldBranch('r0', true);
    view.fold(['a'], true);
    const branches = { all: false, except: ['r0'] };
    expect(sub().sent.at(-1)).toMatchObject({ folds: { all: false, except: [['a']], branches } });
    view.foldBranches(true);
    expect(sub().sent.at(-1)).toMatchObject({ folds: { except: [['a']], branches: { all: true, except: [] } } });
    view.foldBranch('r2', false);
    expect(sub().amended).toMatchObject({ folds: { branches: { all: true, except: ['r2'] } } });
  });

  it('opens another view as it was folded', () => {
    const view = make();
    const told: unknown[] = [];
    view.onFolds((folds) => told.push(folds));
    view.foldAll(true);
    view.ask({ base: 'res_1', table: 'tbl_1', view: 'viw_2' }, { all: false, except: [['b']] });
    expect(sub(1).request).toMatchObject({ folds: { all: false, except: [['b']] } });
    expect(told).toHaveLength(1);
  });

  it('numbers the records of each group', () => {
    const view = make();
    sub().send({ ...grouped, before: 0 });
    expect([0, 1, 2, 3, 5].map((line) => view.numberAt(line))).toEqual([undefined, 1, 2, undefined, 1]);
    sub().send({
      ...grouped,
      seq: 2,
      offset: 40,
      total: 60,
      before: 7,
      order: ['r0', { group: ['b'] }, 'r2'],
      above: ['a'],
    });
    expect([40, 41, 42, 50].map((line) => view.numberAt(line))).toEqual([8, undefined, 1, undefined]);
    view.create([{ id: 'r9', fields: {} }], 42);
    expect([42, 43].map((line) => view.numberAt(line))).toEqual([1, 2]);
  });

  it('says which groups are folded, also after reconnecting', () => {
    const view = make();
    sub().send(grouped);
    view.setEnds(true);
    view.fold(['a'], true);
    expect(sub().sent.at(-1)).toEqual({
      op: 'window',
      folds: { all: false, except: [['a']], ends: true },
      hold: [],
    });
    expect(sub().amended).toMatchObject({ folds: { all: false, except: [['a']], ends: true } });
    view.foldAll(true);
    expect(sub().sent.at(-1)).toMatchObject({ folds: { all: true, except: [], ends: true } });
    view.ask({ base: 'res_1', table: 'tbl_1', query: { search: 'x' } });
    expect(sub(1).request).toMatchObject({ folds: { all: true, except: [], ends: true } });
  });

  it('asks for the line of a record by its place', async () => {
    const view = make();
    sub().send(grouped);
    const line = view.lineOf(2);
    expect(sub(1).request).toMatchObject({ place: 2, limit: 1 });
    sub(1).send({ ...grouped, offset: 5, order: ['r2'], above: ['b'] });
    expect(await line).toBe(5);
    const plain = make();
    sub(2).send(rows(0, 200, 9));
    expect(await plain.lineOf(7)).toBe(7);
  });

  it('keeps what is edited in its place until somebody moves on', async () => {
    const view = make();
    sub().send(grouped);
    view.edit([{ id: 'r1', fields: { x: 'mine' } }]);
    expect(sub().sent).toEqual([{ op: 'window', hold: [{ record: 'r1', at: 2 }] }]);
    view.edit([{ id: 'r1', fields: { x: 'again' } }]);
    view.moveOn('r1');
    expect(sub().sent).toHaveLength(1);
    view.moveOn('r2');
    expect(sub().sent.at(-1)).toEqual({ op: 'window', hold: [] });
    view.moveOn('r0');
    expect(sub().sent).toHaveLength(2);
    // Too many to be kept.
    view.edit(Array.from({ length: 101 }, (_, i) => ({ id: id(i), fields: { x: 1 } })));
    expect(sub().sent).toHaveLength(2);
  });

  it('makes a record at a line and keeps it there', () => {
    const view = make();
    sub().send(grouped);
    view.create([{ id: 'n1', fields: { x: 'new' } }], 3);
    expect(sub().sent).toEqual([{ op: 'window', hold: [{ record: 'n1', at: 3 }] }]);
    expect([view.total, view.records]).toEqual([8, 4]);
    const shown = () => Array.from({ length: view.total }, (_, i) => view.row(i)?.id ?? view.line(i)?.kind);
    const lines = ['head', 'r0', 'r1', 'n1', 'end', 'head', 'r2', 'end'];
    expect(shown()).toEqual(lines);
    expect([view.indexOf('n1'), view.indexOf('r2')]).toEqual([3, 6]);
    expect(view.groupAt(3)).toEqual(['a']);
    const order = [{ group: ['a'] }, 'r0', 'r1', 'n1', { end: ['a'] }, { group: ['b'] }, 'r2', { end: ['b'] }];
    sub().send({ ...grouped, seq: 2, total: 8, records: 4, order, rows: { n1: { x: 'new' } } });
    expect(shown()).toEqual(lines);
    expect(view.records).toBe(4);
  });

  it('fetches records without the lines between them', async () => {
    const view = make();
    sub().send({ ...grouped, total: 300 });
    const fetched = view.fetch(4, 9);
    sub(1).send({ ...grouped, offset: 7, total: 300, order: [{ group: ['c'] }, 'r8'], rows: { r8: { x: 8 } } });
    expect((await fetched).map((row) => row.id)).toEqual(['r2', 'r8']);
  });

  it('says when the view is gone', () => {
    const view = make();
    sub().send({ op: 'gone', code: 'access.denied' });
    expect(view.failure?.code).toBe('access.denied');
  });
});
