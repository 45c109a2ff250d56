/** The requests about schedules. */
import { api } from '../../../../data/client';
import type { CellValue } from '../../../../grid/model';
import type { Undone } from '../../api';
import type { GanttKind } from '../model';

export interface ScheduleRequest {
  /** As they are seen here, be they saved or not. */
  settings: Omit<GanttKind, 'type'>;
  /** Written with it. */
  records?: { id: string; fields: Record<string, CellValue> }[];
}

export interface Schedule {
  seq: number;
  /** The tasks that begin too early for what they wait for, and the dates they have to have. */
  moves: { id: string; fields: Record<string, CellValue> }[];
  /** How many working days each may be late: all of it not being late, no other being late. */
  tasks: { id: string; total_slack: number; free_slack: number }[];
  critical_path: string[];
  /** Tasks that wait for themselves. */
  cycles: string[][];
  first: string | null;
  last: string | null;
  days: number;
}

export interface ViewPath {
  base: string;
  table: string;
  view: string;
}

const path = ({ base, table, view }: ViewPath) => `/bases/${base}/tables/${table}/views/${view}`;

export const scheduleRequest = ({ type: _, ...settings }: GanttKind, records?: ScheduleRequest['records']) => ({
  settings,
  ...(records ? { records } : {}),
});

export const ganttApi = {
  preview: (view: ViewPath, request: ScheduleRequest, signal?: AbortSignal) =>
    api.post<Schedule>(`${path(view)}/schedule-preview`, request, signal ? { signal } : {}),
  apply: (view: ViewPath, request: ScheduleRequest) => api.post<Schedule>(`${path(view)}/schedule`, request),
  takeBack: (base: string, seq: number) => api.post<Undone>(`/bases/${base}/undo/${seq}`),
};
