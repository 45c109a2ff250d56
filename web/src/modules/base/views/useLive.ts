/** Live rows for a component that draws records as it likes: opened with it, closed with it. Changed records go where they belong at once. */
import { useEffect, useRef, useState } from 'react';
import { type Folds, noFolds } from '../../../data/folds';
import { LiveView, type ViewManner, type ViewRequest } from '../../../data/live-view';
import { randomKey } from '../../../data/random';
import { outbox } from '../../../data/records';
import { socket } from '../../../data/socket';

const allFolded: Folds = { all: true, except: [] };

/** A live view outside of components; who opens it closes it. */
export function openLive(request: ViewRequest, folded: boolean, manner: ViewManner = {}): LiveView {
  const environment = { socket, outbox, now: Date.now, key: randomKey };
  return new LiveView(environment, request, folded ? allFolded : noFolds, { keeps: false, ...manner });
}

/** `folded`: of groups only the heads. */
export function useLive(request: ViewRequest, folded: boolean): LiveView | null {
  const [view, setView] = useState<LiveView | null>(null);
  const latest = useRef(request);
  latest.current = request;
  const { base, table } = request;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another table is another live view; the rest is asked for below
  useEffect(() => {
    // Among heads no record is shown.
    const opened = openLive(latest.current, folded, folded ? { belongs: () => false } : {});
    setView(opened);
    return () => opened.close();
  }, [base, table, folded]);
  const text = JSON.stringify(request);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the request
  useEffect(() => {
    if (latest.current.table === table) view?.ask(latest.current);
  }, [view, text]);
  return view;
}
