/** What is changed in a gantt: dates, progress, what waits for what. With automatic scheduling, what follows from it as well. */
import { useCallback } from 'react';
import type { LiveView } from '../../../../data/live-view';
import {
  type CellValue,
  type GridRow,
  isMore,
  isMultiple,
  isRecord,
  itemsOf,
  type RecordRef,
} from '../../../../grid/model';
import { useServices } from '../../../../grid/services';
import type { GanttKind, Waiting } from '../model';
import { kindOf } from './arrows';
import { cellsOn, draggedCells, type GanttFields } from './bars';
import type { Grabbed } from './useGrab';
import type { useSchedule } from './useSchedule';
import { usual, waitingOf, withoutWaiting, withWaiting } from './waits';

interface Options {
  live: LiveView;
  fields: GanttFields;
  kind: GanttKind;
  onKind: (kind: GanttKind) => void;
  zone: string;
  schedule: ReturnType<typeof useSchedule>;
}

type End = { record: string; end: 'start' | 'end' };

export function useChanges({ live, fields, kind, onKind, zone, schedule }: Options) {
  const services = useServices();
  const { apply } = schedule;

  const write = useCallback(
    (record: string, cells: Record<string, CellValue>, changed: GanttKind) => {
      if (Object.keys(cells).length === 0) return;
      const follows = changed.auto_schedule && changed.predecessors;
      if (follows) void apply(changed, [{ id: record, fields: cells }], false);
      else live.edit([{ id: record, fields: cells }]);
    },
    [live, apply],
  );

  const drop = useCallback(
    ({ row, bar, grip, days, share }: Grabbed) => {
      if (grip === 'progress') {
        if (fields.progress) live.edit([{ id: row.id, fields: { [fields.progress.id]: share } }]);
      } else write(row.id, draggedCells(row.cells, fields, bar, { grip, days }, zone), kind);
    },
    [live, fields, kind, zone, write],
  );

  const place = useCallback(
    (row: GridRow, day: number) => write(row.id, cellsOn(fields, day, day, zone), kind),
    [fields, kind, zone, write],
  );

  /** What a task waits for, all of it: a row shows the first ones only. */
  const predecessorsOf = useCallback(
    async (task: string): Promise<RecordRef[]> => {
      if (!fields.predecessors) return [];
      const shown = live.record(task)?.cells[fields.predecessors.id] as CellValue;
      const cell = itemsOf(shown).some(isMore) ? await services.wholeCell(task, fields.predecessors) : shown;
      return itemsOf(cell).filter(isRecord);
    },
    [live, fields, services],
  );

  const join = useCallback(
    async (from: End, to: End, titleOf: (record: string) => string) => {
      const field = fields.predecessors;
      if (!field) return;
      const before = await predecessorsOf(to.record);
      const others = before.filter((one) => one.id !== from.record);
      const one = { id: from.record, text: titleOf(from.record) };
      const waiting = { ...usual, kind: kindOf(from.end, to.end) };
      const known = before.length > others.length ? waitingOf(kind, to.record, from.record).lag : 0;
      const changed = withWaiting(kind, to.record, from.record, { ...waiting, lag: known });
      if (JSON.stringify(changed) !== JSON.stringify(kind)) onKind(changed);
      write(to.record, { [field.id]: isMultiple(field) ? [...others, one] : [one] }, changed);
    },
    [fields, kind, onKind, predecessorsOf, write],
  );

  const part = useCallback(
    async (task: string, predecessor: string) => {
      const field = fields.predecessors;
      if (!field) return;
      const others = (await predecessorsOf(task)).filter((one) => one.id !== predecessor);
      live.edit([{ id: task, fields: { [field.id]: others.length > 0 ? others : null } }]);
      const changed = withoutWaiting(kind, task, predecessor);
      if (changed.exceptions?.length !== kind.exceptions?.length) onKind(changed);
    },
    [live, fields, kind, onKind, predecessorsOf],
  );

  const setWaiting = useCallback(
    (task: string, predecessor: string, waiting: Waiting) => {
      const changed = withWaiting(kind, task, predecessor, waiting);
      onKind(changed);
      if (changed.auto_schedule) void apply(changed, [], false);
    },
    [kind, onKind, apply],
  );

  return { drop, place, join, part, setWaiting };
}
