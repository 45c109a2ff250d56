import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../data/client';
import { queryClient } from '../../data/queries';
import { outbox } from '../../data/records';
import { notify, notifyProblem } from '../../ui/notify';
import { baseApi, type Undone } from './api';
import { historyApi } from './history/api';

/** Asked for again after every change of one's own. */
export const undoableKey = (base: string) => ['base', base, 'undoable'];

/** Undo and redo of this member's changes in a base; both say what they did. */
export function useUndo(base: string, editable: boolean) {
  const { t, i18n } = useTranslation('base');
  const { data, isFetching } = useQuery({
    queryKey: undoableKey(base),
    queryFn: ({ signal }) => historyApi.undoList(base, signal, 1),
    enabled: editable,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const { items } = useSyncExternalStore(outbox.watch, outbox.snapshot);
  const waiting = items.some((item) => item.base === base);
  const before = useRef(waiting);
  useEffect(() => {
    if (before.current && !waiting) void queryClient.invalidateQueries({ queryKey: undoableKey(base) });
    before.current = waiting;
  }, [base, waiting]);
  function say(done: 'undone' | 'redone', { undone, skipped }: Undone) {
    const key = `undo.kind.${undone.kind}`;
    const count = undone.records ?? 0;
    const what = i18n.exists(`base:${key}`, { count }) ? t(key, { count }) : undone.summary;
    const text = t(`undo.${done}`, { what });
    notify(skipped > 0 ? `${text} ${t('undo.skipped', { count: skipped })}` : text);
  }
  async function run(done: 'undone' | 'redone') {
    try {
      // An edit that is still on its way is the last one.
      await outbox.idle();
      const waiting = outbox.snapshot().items.findLast((item) => item.base === base);
      if (outbox.stuck && waiting) {
        if (done === 'undone') outbox.discard(waiting.id);
        return;
      }
      say(done, await (done === 'undone' ? baseApi.undo(base) : baseApi.redo(base)));
    } catch (error) {
      const nothing = error instanceof ProblemError && error.code.endsWith('.nothing');
      if (nothing) notify(t(done === 'undone' ? 'undo.nothing' : 'undo.nothingAgain'));
      else notifyProblem(error);
    }
  }
  return {
    undo: () => void run('undone'),
    redo: () => void run('redone'),
    /** True also while it is not known. */
    canUndo: waiting || isFetching || data?.undo.length !== 0,
    canRedo: !waiting && data?.redo.length !== 0,
  };
}
