/** Finding a text in the view: what the server found, and the cell one has come to. */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { LiveView } from '../../../data/live-view';
import type { Found } from '../../../grid/types';
import { notifyProblem } from '../../../ui/notify';
import { baseApi } from '../api';
import { nextSpot, numberOf, type Page, pageAfter, type Spot } from './model';

interface Options {
  base: string;
  table: string;
  /** What the view shows. */
  query: Record<string, unknown>;
  /** Fields that are shown, in order. */
  columns: readonly string[];
  live: LiveView | null;
  text: string;
  /** Where one begins: the focused cell. */
  start: () => { at: number; field: string } | null;
  onSpot: (spot: Spot) => void;
}

/** Changes of rows are looked at so many milliseconds after they came. */
const patience = 600;
const none: Page = { total: 0, before: 0, hits: [] };

export function useFind(options: Options) {
  const { base, table, live, text } = options;
  const latest = useRef(options);
  latest.current = options;
  const [page, setPage] = useState<Page | null>(null);
  const [spot, setSpot] = useState<Spot | null>(null);
  const version = useSyncExternalStore(live?.subscribe ?? unchanging, live?.version ?? zero);
  const asked = useRef(0);
  const query = JSON.stringify([options.query, options.columns]);

  const ask = useCallback(
    async (part: { from?: number; until?: number }): Promise<Page | undefined> => {
      const { text, query, columns } = latest.current;
      const mine = ++asked.current;
      try {
        const found = await baseApi.find(base, table, { text, query, fields: columns, ...part });
        if (mine !== asked.current) return undefined;
        setPage(found);
        return found;
      } catch (error) {
        if (mine === asked.current) notifyProblem(error);
        return undefined;
      }
    },
    [base, table],
  );

  const go = useCallback((next: Spot | undefined) => {
    if (!next) return;
    setSpot(next);
    latest.current.onSpot(next);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the query stands for what it was made of
  useEffect(() => {
    asked.current++;
    setPage(null);
    setSpot(null);
    if (text === '') return;
    const { columns, start } = latest.current;
    const from = start();
    void (async () => {
      const found = await ask({ from: from?.at ?? 0 });
      if (!found) return;
      const before = from && { at: from.at, field: '' };
      const first = nextSpot(found, columns, before, false);
      if (first || found.total === 0) return go(first);
      const again = await ask({ from: 0 });
      if (again) go(nextSpot(again, columns, null, false));
    })();
  }, [ask, go, text, query]);

  // What was found may have changed; one stays where one is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is new content
  useEffect(() => {
    if (!page || text === '') return;
    const timer = setTimeout(() => void ask({ from: page.hits[0]?.at ?? 0 }), patience);
    return () => clearTimeout(timer);
  }, [version]);

  const move = useCallback(
    async (backward: boolean) => {
      const { columns, start } = latest.current;
      if (!page || page.total === 0) return;
      const inPage = nextSpot(page, columns, spot ?? start(), backward);
      if (inPage) return go(inPage);
      const next = await ask(pageAfter(page, backward));
      if (next) go(nextSpot(next, columns, null, backward));
    },
    [page, spot, ask, go],
  );

  const found = useMemo<Found | null>(() => {
    if (text === '') return null;
    const known = new Map((page ?? none).hits.map((hit) => [hit.record, new Set(hit.fields)]));
    return { text, known, current: spot && { record: spot.record, field: spot.field } };
  }, [text, page, spot]);

  return {
    found,
    total: page?.total ?? null,
    number: page ? numberOf(page, spot?.record) : 0,
    next: () => void move(false),
    previous: () => void move(true),
  };
}

export type Finding = ReturnType<typeof useFind>;

const unchanging = () => () => undefined;
const zero = () => 0;
