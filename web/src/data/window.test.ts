import { describe, expect, it } from 'vitest';
import { type Row, type WindowMessage, WindowState } from './window';

/** Numbers that look random and are the same every time. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The server's side of S8 to S10: it remembers what it has sent and sends no more than it must. */
class Server {
  seq = 1;
  order: string[] = [];
  rows = new Map<string, Row>();
  offset = 0;
  limit = 5;
  #ids: string[] = [];
  #sent = new Map<string, Row>();

  message(full = false): WindowMessage {
    const ids = this.order.slice(this.offset, this.offset + this.limit);
    const rows: Record<string, Row> = {};
    const held = new Map<string, Row>();
    for (const id of ids) {
      const row = this.rows.get(id) as Row;
      if (full || this.#sent.get(id) !== row) rows[id] = row;
      held.set(id, row);
    }
    const same = !full && ids.join() === this.#ids.join();
    this.#ids = ids;
    this.#sent = held;
    return { seq: this.seq, offset: this.offset, total: this.order.length, rows, ...(same ? {} : { order: ids }) };
  }

  window(): [string, Row | undefined][] {
    return this.order.slice(this.offset, this.offset + this.limit).map((id) => [id, this.rows.get(id)]);
  }

  change(random: (below: number) => number, made: number) {
    this.seq++;
    const at = random(this.order.length + 1);
    const id = this.order[Math.min(at, this.order.length - 1)];
    const kind = random(5);
    if (kind === 0 || id === undefined) {
      this.order.splice(at, 0, `rec_${made}`);
      this.rows.set(`rec_${made}`, { a: made });
    } else if (kind === 1) {
      this.order = this.order.filter((other) => other !== id);
      this.rows.delete(id);
    } else if (kind === 2) {
      this.order = this.order.filter((other) => other !== id);
      this.order.splice(random(this.order.length + 1), 0, id);
    } else this.rows.set(id, { a: made });
  }
}

function windowOf(state: WindowState): [string, Row | undefined][] {
  return state.order.map((id) => [id, state.row(id)]);
}

describe('a window', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'is what the server has, whatever is changed, moved or merged (seed %i)',
    (seed) => {
      const random = numbers(seed);
      const server = new Server();
      const state = new WindowState(seed % 2 === 0 ? 3 : 1000);
      state.apply(server.message(true));
      for (let step = 0; step < 150; step++) {
        const action = random(10);
        if (action === 0) {
          server.offset = random(12);
          server.limit = 1 + random(8);
        } else {
          for (let i = 0; i <= random(3); i++) server.change(random, step * 10 + i);
        }
        // A new connection begins with the whole window.
        state.apply(server.message(action === 1));
        expect(windowOf(state)).toEqual(server.window());
        expect(state.total).toBe(server.order.length);
        expect(state.seq).toBe(server.seq);
        expect(state.offset).toBe(server.offset);
        server.window().forEach(([id], i) => {
          expect(state.idAt(server.offset + i)).toBe(id);
          expect(state.indexOf(id)).toBe(server.offset + i);
        });
      }
    },
  );

  it('remembers rows it has left, so that scrolling back shows them at once', () => {
    const state = new WindowState();
    state.apply({
      seq: 1,
      offset: 0,
      total: 6,
      order: ['a', 'b', 'c'],
      rows: { a: { n: 1 }, b: { n: 2 }, c: { n: 3 } },
    });
    state.apply({ seq: 1, offset: 3, total: 6, order: ['d', 'e', 'f'], rows: { d: {}, e: {}, f: {} } });
    expect(state.idAt(1)).toBe('b');
    expect(state.row('b')).toEqual({ n: 2 });
    expect(state.covers(0, 3)).toBe(false);
    expect(state.covers(3, 6)).toBe(true);
  });

  it('keeps no more rows than it may, and never drops those of the window', () => {
    const state = new WindowState(10);
    for (let offset = 0; offset < 200; offset += 5) {
      const order = Array.from({ length: 5 }, (_, i) => `r${offset + i}`);
      const rows = Object.fromEntries(order.map((id) => [id, { id }]));
      state.apply({ seq: 1, offset, total: 200, order, rows });
      expect(order.every((id) => state.row(id))).toBe(true);
    }
    expect(state.row('r0')).toBeUndefined();
  });

  it('has nothing beyond its total', () => {
    const state = new WindowState();
    state.apply({ seq: 1, offset: 0, total: 2, order: ['a', 'b'], rows: { a: {}, b: {} } });
    state.apply({ seq: 2, offset: 0, total: 1, order: ['a'] });
    expect(state.idAt(1)).toBeUndefined();
    expect(state.idAt(-1)).toBeUndefined();
  });
});
