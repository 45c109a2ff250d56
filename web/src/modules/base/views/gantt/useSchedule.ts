/** The schedule of a gantt: what it would move, moving it, and what decides when all is done. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveView } from '../../../../data/live-view';
import { queryClient } from '../../../../data/queries';
import { outbox } from '../../../../data/records';
import type { CellValue } from '../../../../grid/model';
import { notify, notifyProblem, notifyUndo } from '../../../../ui/notify';
import { undoableKey } from '../../useUndo';
import type { GanttKind } from '../model';
import { ganttApi, type Schedule, scheduleRequest, type ViewPath } from './api';
import type { Cells } from './bars';

type Written = ReadonlyMap<string, Record<string, CellValue>>;
const nothing: Written = new Map();

/** What is shown over the rows until they show it themselves. */
interface Held {
  cells: Written;
  /** The event they have to reach; none while there is no answer. */
  seq: number | undefined;
}

export function useSchedule(view: ViewPath, kind: GanttKind, live: LiveView, seq: number, critical: boolean) {
  const { t } = useTranslation('view');
  const { base, table, view: id } = view;
  const path = useMemo(() => ({ base, table, view: id }), [base, table, id]);
  const [preview, setPreview] = useState<Schedule | null>(null);
  const [held, setHeld] = useState<Held | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (held?.seq !== undefined && seq >= held.seq) setHeld(null);
  }, [held, seq]);

  const request = scheduleRequest(kind);
  const text = JSON.stringify(request);
  const query = useQuery({
    queryKey: ['base', base, 'schedule', id, text, seq],
    queryFn: ({ signal }) => ganttApi.preview(path, request, signal),
    enabled: critical,
    placeholderData: (before) => before,
    gcTime: 0,
  });
  const late = useMemo(
    () => new Set(critical ? query.data?.tasks.flatMap((task) => (task.total_slack === 0 ? [task.id] : [])) : []),
    [critical, query.data],
  );

  const ask = useCallback(async () => {
    setBusy(true);
    try {
      await outbox.idle();
      const found = await ganttApi.preview(path, JSON.parse(text));
      if (found.moves.length > 0 || found.cycles.length > 0) setPreview(found);
      else notify(t('gantt.nothingMoves'));
    } catch (error) {
      notifyProblem(error);
    } finally {
      setBusy(false);
    }
  }, [path, text, t]);

  /** Writes cells and what follows from them for others, as one change. */
  const apply = useCallback(
    async (changed: GanttKind, records: { id: string; fields: Record<string, CellValue> }[], said: boolean) => {
      const over = new Map(records.map((record) => [record.id, record.fields]));
      setHeld({ cells: over, seq: undefined });
      setPreview(null);
      try {
        await outbox.idle();
        const done = await ganttApi.apply(path, scheduleRequest(changed, records));
        for (const move of done.moves) over.set(move.id, { ...over.get(move.id), ...move.fields });
        setHeld(live.seq >= done.seq ? null : { cells: over, seq: done.seq });
        void queryClient.invalidateQueries({ queryKey: undoableKey(base) });
        const back = () => void ganttApi.takeBack(base, done.seq).catch((error) => notifyProblem(error));
        if (said || done.moves.length > 0) notifyUndo(t('gantt.moved', { count: done.moves.length }), back);
        if (done.cycles.length > 0) notify(t('gantt.cycleFound'));
      } catch (error) {
        setHeld(null);
        notifyProblem(error, t('gantt.notScheduled'));
      }
    },
    [path, base, live, t],
  );

  const cells = held?.cells ?? nothing;
  const cellsOf = useCallback(
    (record: string, shown: Cells): Cells => {
      const over = cells.get(record);
      return over ? { ...shown, ...over } : shown;
    },
    [cells],
  );
  return { preview, late, busy, ask, apply, cellsOf, held: cells, drop: () => setPreview(null) };
}
