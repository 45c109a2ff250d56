/** The live rows of a view for a component: opened with it, closed with it. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { LiveView, type ViewRequest } from '../../data/live-view';
import { randomKey } from '../../data/random';
import { outbox } from '../../data/records';
import { socket } from '../../data/socket';
import type { Tells } from '../../grid/groups/model';
import type { GridSource } from '../../grid/model';
import { keepFolds, keptFolds } from './groups/kept';

interface Looker {
  /** Who looks; null for a visitor by a link. */
  member: string | null;
  /** At which view. */
  view: string;
  /** Whether groups have a line for a new record. */
  ends: boolean;
}

export function useLiveView(request: ViewRequest, { member, view: looked, ends }: Looker): LiveView | null {
  const [view, setView] = useState<LiveView | null>(null);
  const latest = useRef(request);
  latest.current = request;
  const at = useRef({ member, looked });
  at.current = { member, looked };
  const folds = () => keptFolds(localStorage, at.current.member, at.current.looked);
  const { base, table } = request;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another table is another live view; the rest is asked for below
  useEffect(() => {
    const opened = new LiveView({ socket, outbox, now: Date.now, key: randomKey }, latest.current, folds());
    opened.onFolds((now) => keepFolds(localStorage, at.current.member, at.current.looked, now));
    setView(opened);
    return () => opened.close();
  }, [base, table]);
  useEffect(() => view?.setEnds(ends), [view, ends]);
  const text = JSON.stringify(request);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the request
  useEffect(() => {
    if (latest.current.table === table) view?.ask(latest.current, folds());
  }, [view, text]);
  return view;
}

/** The live view as the grid takes it. */
export function useSource(view: LiveView | null): GridSource | null {
  return useMemo(
    () =>
      view && {
        get total() {
          return view.total;
        },
        get records() {
          return view.records;
        },
        get tells() {
          return view.tells as Tells;
        },
        get summaries() {
          return view.summaries;
        },
        line: (index: number) => view.line(index),
        groupAt: (index: number) => view.groupAt(index),
        twig: (index: number) => view.twig(index),
        numberAt: (index: number) => view.numberAt(index),
        version: view.version,
        subscribe: view.subscribe,
        row: (index: number) => view.row(index),
        indexOf: (record: string) => view.indexOf(record),
        show: (from: number, to: number) => view.show(from, to),
        fetch: (from: number, to: number) => view.fetch(from, to),
      },
    [view],
  );
}
