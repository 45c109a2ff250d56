import { beforeEach, describe, expect, it } from 'vitest';
import { Socket, type SocketMessage } from './socket';

class FakeConnection {
  readyState = 1;
  sent: { op: string; [key: string]: unknown }[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.drop(1006);
  }
  drop(code: number) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  receive(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  hello() {
    this.receive({ op: 'hello', protocol: 1, connection: 'c1', member: 'mem_1' });
  }
}

let connections: FakeConnection[];
let timers: { run: () => void; after: number; done: boolean }[];
let goOnline: () => void;
let signedOut: number;
let socket: Socket;

const last = () => connections.at(-1) as FakeConnection;
const sent = (op: string) => last().sent.filter((message) => message.op === op);
const retries = () => timers.filter((timer) => !timer.done && timer.after < 30_000);

beforeEach(() => {
  connections = [];
  timers = [];
  signedOut = 0;
  socket = new Socket({
    open: () => {
      const made = new FakeConnection();
      connections.push(made);
      return made as unknown as WebSocket;
    },
    setTimeout: (run, after) => {
      const timer = { run, after, done: false };
      timers.push(timer);
      return timer;
    },
    clearTimeout: (timer) => {
      if (timer) (timer as { done: boolean }).done = true;
    },
    random: () => 0.5,
    onNetwork: (online) => {
      goOnline = online;
    },
    signedOut: () => {
      signedOut++;
    },
  });
});

describe('the socket', () => {
  it('subscribes once the server has said hello', () => {
    socket.subscribe({ topic: 'drive' }, () => {});
    expect(last().sent).toEqual([]);
    last().hello();
    expect(sent('subscribe')).toEqual([{ op: 'subscribe', id: 1, topic: 'drive' }]);
    expect(socket.status()).toBe('online');
  });

  it('hands messages to the subscription they are for, and none after its end (S13)', () => {
    const heard: SocketMessage[] = [];
    const end = socket.subscribe({ topic: 'drive' }, (message) => heard.push(message));
    last().hello();
    last().receive({ op: 'changed', id: 1 });
    last().receive({ op: 'changed', id: 7 });
    end();
    last().receive({ op: 'changed', id: 1 });
    expect(heard).toEqual([{ op: 'changed', id: 1 }]);
    expect(sent('unsubscribe')).toEqual([{ op: 'unsubscribe', id: 1 }]);
  });

  it('resumes a base after the last event it has heard (S6)', () => {
    socket.subscribe({ topic: 'base', base: 'res_1', since: 5 }, () => {});
    last().hello();
    last().receive({ op: 'events', id: 1, events: [{ seq: 6 }, { seq: 7 }] });
    last().drop(1012);
    retries()[0]?.run();
    last().hello();
    expect(sent('subscribe')[0]).toMatchObject({ since: 7 });
  });

  it('loses no event when the connection drops between `subscribed` and the events it resumes with (S6)', () => {
    socket.subscribe({ topic: 'base', base: 'res_1', since: 120 }, () => {});
    last().hello();
    last().receive({ op: 'subscribed', id: 1, seq: 131 });
    last().drop(1012);
    retries()[0]?.run();
    last().hello();
    expect(sent('subscribe')[0]).toMatchObject({ since: 120 });
  });

  it('resumes from where a subscription without `since` began, and from a reload (S6, S7)', () => {
    socket.subscribe({ topic: 'base', base: 'res_1' }, () => {});
    socket.subscribe({ topic: 'base', base: 'res_2', since: 3 }, () => {});
    socket.subscribe({ topic: 'drive' }, () => {});
    last().hello();
    last().receive({ op: 'subscribed', id: 1, seq: 131 });
    last().receive({ op: 'reload', id: 2, seq: 2000 });
    last().receive({ op: 'subscribed', id: 3, seq: 0 });
    last().drop(1012);
    retries()[0]?.run();
    last().hello();
    expect(sent('subscribe').map((message) => message.since)).toEqual([131, 2000, undefined]);
  });

  it.each([
    ['error', 'store.busy'],
    ['error', 'store.unclear'],
    ['error', 'internal'],
    ['gone', 'store.busy'],
  ])('asks again after a while when the server answers %s with %s', (op, code) => {
    const heard: SocketMessage[] = [];
    const opened = socket.subscribe({ topic: 'view', offset: 0 }, (message) => heard.push(message));
    last().hello();
    const waited: number[] = [];
    for (let i = 0; i < 4; i++) {
      last().receive({ op, id: 1, code });
      opened.send({ op: 'window', offset: 50 });
      last().receive({ op: 'error', id: 1, code: 'socket.unknown_id' });
      waited.push(retries()[0]?.after ?? 0);
      const timer = retries()[0];
      if (timer) timer.done = true;
      opened.amend({ offset: 50 });
      timer?.run();
    }
    expect(waited).toEqual([375, 750, 1500, 3000]);
    expect(sent('window')).toEqual([]);
    expect(sent('subscribe').map((message) => message.offset)).toEqual([0, 50, 50, 50, 50]);
    expect(heard).toEqual([{ op: 'error', id: 1, code }]);
    last().receive({ op: 'window', id: 1 });
    expect(heard.at(-1)?.op).toBe('window');
    last().receive({ op, id: 1, code });
    expect(retries()[0]?.after).toBe(375);
  });

  it('asks once when the connection comes back while it waits to ask again, and not after the end', () => {
    const end = socket.subscribe({ topic: 'view' }, () => {});
    last().hello();
    last().receive({ op: 'error', id: 1, code: 'store.busy' });
    last().drop(1012);
    expect(retries()).toHaveLength(1);
    retries()[0]?.run();
    last().hello();
    expect(sent('subscribe')).toHaveLength(1);
    last().receive({ op: 'error', id: 1, code: 'store.busy' });
    end();
    expect(retries()).toHaveLength(0);
  });

  it('waits longer after each failure, up to 30 seconds (S5)', () => {
    socket.subscribe({ topic: 'drive' }, () => {});
    const waited: number[] = [];
    for (let i = 0; i < 9; i++) {
      last().drop(1006);
      const timer = timers.findLast((t) => !t.done);
      waited.push(timer?.after ?? 0);
      timer?.run();
    }
    expect(waited).toEqual([375, 750, 1500, 3000, 6000, 12_000, 22_500, 22_500, 22_500]);
    expect(connections).toHaveLength(10);
  });

  it('connects at once when the browser is online again', () => {
    socket.subscribe({ topic: 'drive' }, () => {});
    last().drop(1006);
    goOnline();
    expect(connections).toHaveLength(2);
    expect(retries()).toHaveLength(0);
  });

  it('goes to sign-in and stays closed when the session has ended (S4)', () => {
    socket.subscribe({ topic: 'drive' }, () => {});
    last().hello();
    last().drop(4401);
    expect(signedOut).toBe(1);
    expect(retries()).toHaveLength(0);
    goOnline();
    expect(connections).toHaveLength(1);
  });

  it('forgets a subscription that is gone, and does not ask for it again (S11)', () => {
    const heard: string[] = [];
    socket.subscribe({ topic: 'view' }, (message) => heard.push(message.op));
    socket.subscribe({ topic: 'drive' }, () => {});
    last().hello();
    last().receive({ op: 'gone', id: 1, code: 'access.denied' });
    last().drop(1012);
    retries()[0]?.run();
    last().hello();
    expect(heard).toEqual(['gone']);
    expect(sent('subscribe').map((message) => message.id)).toEqual([2]);
  });

  it('asks for signs of life and gives up a silent connection', () => {
    socket.subscribe({ topic: 'drive' }, () => {});
    last().hello();
    timers.findLast((t) => !t.done && t.after === 30_000)?.run();
    expect(sent('ping')).toHaveLength(1);
    timers.findLast((t) => !t.done && t.after === 10_000)?.run();
    expect(socket.status()).toBe('offline');
  });
});
