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
