/** A base in the cache: loaded, kept fresh by the socket, changed at once and put right by the server. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { meQuery, queryClient } from '../../data/queries';
import { socket } from '../../data/socket';
import { notifyProblem } from '../../ui/notify';
import { baseApi } from './api';
import { refreshCount } from './comments/counts';
import { afterMessage, type Job } from './jobs';
import type { Base, Table, View } from './model';
import { resolved } from './resolve';
import { undoableKey } from './useUndo';

export const baseQuery = (base: string) =>
  queryOptions({
    queryKey: ['base', base],
    queryFn: ({ signal }) => baseApi.get(base, signal),
    staleTime: Number.POSITIVE_INFINITY,
    select: resolved,
  });

const soon = new Map<string, ReturnType<typeof setTimeout>>();

/** Records that are shown one by one are asked for again, once after many changes. */
function refreshRecords(base: string): void {
  if (soon.has(base)) return;
  const ask = () => {
    soon.delete(base);
    for (const shown of ['record', 'history']) {
      void queryClient.invalidateQueries({ queryKey: ['base', base, shown] });
    }
  };
  soon.set(base, setTimeout(ask, 200));
}

const isMe = (actor: string) => actor === queryClient.getQueryData(meQuery.queryKey)?.member?.id;

/** What is told of an event of the base. */
interface BaseEvent {
  kind: string;
  tables: string[];
  record?: string;
}

export interface Person {
  connection: string;
  member: string;
  name: string;
  state: { table?: string; view?: string; record?: string; field?: string } | null;
}

/** Changes in flight by base: while there are any, what the server says about the schema may be older than what is shown. */
const inFlight = new Map<string, number>();

/** Shows a change of the schema at once, asks the server for it, and takes it back if refused. */
export async function changeBase<T>(
  base: string,
  show: ((old: Base) => Base) | null,
  ask: () => Promise<T>,
  failed?: string,
): Promise<T | undefined> {
  const { queryKey } = baseQuery(base);
  inFlight.set(base, (inFlight.get(base) ?? 0) + 1);
  if (show) {
    await queryClient.cancelQueries({ queryKey });
    queryClient.setQueryData(queryKey, (old) => old && show(old));
  }
  try {
    return await ask();
  } catch (error) {
    notifyProblem(error, failed);
    return undefined;
  } finally {
    const left = (inFlight.get(base) ?? 1) - 1;
    inFlight.set(base, left);
    if (left === 0) await queryClient.invalidateQueries({ queryKey });
  }
}

export function mapTable(base: Base, table: string, change: (table: Table) => Table): Base {
  return { ...base, tables: base.tables.map((t) => (t.id === table ? change(t) : t)) };
}

export function mapView(base: Base, table: string, view: string, change: Partial<View>): Base {
  return mapTable(base, table, (t) => ({
    ...t,
    views: t.views.map((v) => (v.id === view ? { ...v, ...change } : v)),
  }));
}

/** The base and who else is in it. `gone` when it was deleted or is no longer shared with this member. */
export function useBase(base: string) {
  const query = useQuery(baseQuery(base));
  const [people, setPeople] = useState<Person[]>([]);
  const [jobs, setJobs] = useState<readonly Job[]>([]);
  const [gone, setGone] = useState<string | null>(null);
  const subscription = useRef<ReturnType<typeof socket.subscribe> | null>(null);
  const state = useRef<Person['state']>(null);
  const loaded = query.data !== undefined;
  const [attempt, setAttempt] = useState(0);
  const lost = useRef(false);
  lost.current = gone !== null;

  // Who may do what is said by the tree, not by the base; what was taken away may come back.
  useEffect(() => {
    const { queryKey } = baseQuery(base);
    return socket.subscribe({ topic: 'drive' }, (message) => {
      if (message.op !== 'changed' || inFlight.get(base)) return;
      void queryClient.invalidateQueries({ queryKey }).then(() => {
        if (!lost.current || queryClient.getQueryState(queryKey)?.status !== 'success') return;
        setGone(null);
        setAttempt((n) => n + 1);
      });
    });
  }, [base]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the sequence number counts when the base was first loaded
  useEffect(() => {
    if (!loaded) return;
    setGone(null);
    const { queryKey } = baseQuery(base);
    const refresh = () => {
      if (!inFlight.get(base)) void queryClient.invalidateQueries({ queryKey });
    };
    const opened = socket.subscribe({ topic: 'base', base, since: query.data?.seq ?? 0 }, (message) => {
      // What is under way is told anew after it; what ended while the connection was away is not.
      if (message.op === 'subscribed') setJobs([]);
      if (message.op === 'jobs') setJobs(afterMessage(message.jobs));
      if (message.op === 'subscribed' || message.op === 'reload') opened.send({ op: 'presence', state: state.current });
      if (message.op === 'events') {
        if (message.events.some((event: { schema?: boolean }) => event.schema)) refresh();
        refreshRecords(base);
        if (message.events.some((event: { actor: string }) => isMe(event.actor))) {
          void queryClient.invalidateQueries({ queryKey: undoableKey(base) });
        }
        if (message.events.some((event: { kind: string }) => event.kind === 'base.commented')) {
          void queryClient.invalidateQueries({ queryKey: ['base', base, 'comments'] });
        }
        for (const { kind, record, tables } of message.events as BaseEvent[]) {
          const [table] = tables;
          if (kind === 'base.commented' && record && table)
            void refreshCount(base, table, record).catch(() => undefined);
        }
      }
      if (message.op === 'reload') {
        refresh();
        void queryClient.invalidateQueries({ queryKey: ['base', base, 'comment-counts'] });
      }
      if (message.op === 'presence') setPeople(message.people);
      if (message.op === 'gone') setGone(message.code);
    });
    subscription.current = opened;
    return () => {
      opened();
      subscription.current = null;
      setPeople([]);
      setJobs([]);
    };
  }, [base, loaded, attempt]);

  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** Says where this member is; at most every 80 ms. */
  const announce = useCallback((next: Person['state']) => {
    state.current = next;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      subscription.current?.send({ op: 'presence', state: state.current });
    }, 80);
  }, []);

  const others = useMemo(() => people.filter((person) => person.connection !== socket.connection), [people]);
  return { query, others, jobs, gone, announce };
}
