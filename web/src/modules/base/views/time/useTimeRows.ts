/** The records of a view in a stretch of time, and those that say no time, live. Only the stretch is asked for. */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ViewFailure, ViewRequest, ViewRow } from '../../../../data/live-view';
import type { Filter } from '../../model';
import type { ViewState } from '../../useViewState';
import { openLive } from '../useLive';
import { AllRows } from './all-rows';
import { type Day, dayText } from './days';
import { type Axis, readSpan, type Span } from './spans';

/** A record and when it is. */
export interface Timed {
  row: ViewRow;
  span: Span;
}

/** As many records as are shown at once; of more it is said that there are. */
const mostTimed = 10_000;
const mostUndated = 1000;

const unchanging = () => () => undefined;
const zero = () => 0;

/** The records that have a part in the days from..to (exclusive), a day more on both sides for the zones. */
export function within(axis: Axis, from: Day, to: Day): Filter {
  const start = axis.start.field.id;
  const [first, last] = [dayText(from - 1), dayText(to)];
  const begins: Filter = { field: start, op: 'between', value: [first, last] };
  if (!axis.end) return begins;
  const lasts: Filter[] = [
    { field: start, op: 'lt', value: first },
    { field: axis.end.field.id, op: 'gte', value: first },
  ];
  return { or: [begins, { and: lasts }] };
}

function useAllRows(request: ViewRequest, most: number): AllRows | null {
  const [rows, setRows] = useState<AllRows | null>(null);
  const latest = useRef(request);
  latest.current = request;
  const { base, table } = request;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another table is another list; the rest is asked for below
  useEffect(() => {
    const opened = new AllRows((asked, manner) => openLive(asked, false, manner), latest.current, most);
    setRows(opened);
    return () => opened.close();
  }, [base, table, most]);
  const text = JSON.stringify(request);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the request
  useEffect(() => rows?.ask(latest.current), [rows, text]);
  useSyncExternalStore(rows?.subscribe ?? unchanging, rows?.version ?? zero);
  return rows;
}

export interface TimeRows {
  timed: readonly Timed[];
  /** Those that do not say when they are. */
  undated: readonly ViewRow[];
  undatedTotal: number;
  /** How many more there are than are shown. */
  beyond: number;
  /** Whether what is shown is of these days. */
  known: boolean;
  failure: ViewFailure | undefined;
  retry: () => void;
}

export function useTimeRows(base: string, table: string, state: ViewState, axis: Axis, from: Day, to: Day): TimeRows {
  const { finds, colors } = state;
  const request = useCallback(
    (filter: Filter): ViewRequest => {
      const narrowed = finds.filter ? { and: [finds.filter, filter] } : filter;
      const shown = { ...finds, group: [], tree: undefined, filter: narrowed };
      return {
        base,
        table,
        query: { ...shown, ...(colors.length > 0 ? { colors } : {}) } as ViewRequest['query'] & {},
      };
    },
    [base, table, finds, colors],
  );
  const some = useAllRows(request(within(axis, from, to)), mostTimed);
  const others = useAllRows(request({ field: axis.start.field.id, op: 'empty' }), mostUndated);
  // A row that did not change has the same cells: its dates are read once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other fields are other dates
  const spans = useMemo(() => new WeakMap<object, { span: Span | undefined }>(), [axis]);
  const [someRows, otherRows] = [some?.rows, others?.rows];
  return useMemo(() => {
    const timed: Timed[] = [];
    const undated: ViewRow[] = [];
    const seen = new Set<string>();
    for (const row of [...(someRows ?? []), ...(otherRows ?? [])]) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      let found = spans.get(row.cells);
      if (!found) {
        found = { span: readSpan(row.cells, axis) };
        spans.set(row.cells, found);
      }
      if (!found.span) undated.push(row);
      else if (found.span.start < to && found.span.end >= from) timed.push({ row, span: found.span });
    }
    return {
      timed,
      undated,
      undatedTotal: Math.max(undated.length, others && others.total > mostUndated ? others.total : 0),
      beyond: some ? Math.max(0, some.total - mostTimed) : 0,
      known: some?.known === true,
      failure: some?.failure ?? others?.failure,
      retry: () => {
        some?.retry();
        others?.retry();
      },
    };
  }, [some, others, someRows, otherRows, some?.known, some?.failure, others?.failure, spans, axis, from, to]);
}
