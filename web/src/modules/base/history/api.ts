/** The requests about history, restoring and the trash. */
import { api } from '../../../data/client';
import type { Page } from '../../../data/types';

export type Via = 'web' | 'api' | 'import' | 'form' | 'undo' | 'redo' | 'restore' | 'system';

export type LineKind =
  | 'create_table'
  | 'delete_table'
  | 'rename_table'
  | 'move_table'
  | 'create_field'
  | 'update_field'
  | 'retype_field'
  | 'delete_field'
  | 'move_field'
  | 'create_view'
  | 'update_view'
  | 'move_view'
  | 'delete_view'
  | 'create_dashboard'
  | 'update_dashboard'
  | 'move_dashboard'
  | 'delete_dashboard'
  | 'create_records'
  | 'update_records'
  | 'delete_records';

export interface CellChange {
  field: string;
  /** What the field was called then. */
  name: string;
  type: string;
  /** Absent when it was not kept. */
  before?: unknown;
  /** Absent when it follows from a conversion. */
  after?: unknown;
}

export interface RecordChange {
  record: string;
  title: string;
  cells: CellChange[];
}

export interface Line {
  kind: LineKind;
  /** None of dashboards. */
  table?: string;
  table_name: string;
  field?: string;
  view?: string;
  dashboard?: string;
  name?: string;
  name_before?: string;
  field_type?: string;
  field_type_before?: string;
  records: number;
  examples: RecordChange[];
}

/** What choices, people and records were called then, by id. */
export type Known = Readonly<Record<string, string>>;

export interface Entry {
  seq: number;
  at: string;
  actor: string;
  via: Via;
  undoes?: number;
  redoes?: number;
  changes: Line[];
  names: Known;
}

export interface Place {
  base: string;
  table?: string;
  record?: string;
}

export interface Filter {
  field?: string;
  actor?: string;
  from?: string;
  to?: string;
}

export interface Moment {
  to?: number;
  at?: string;
  fields?: string[];
}

export interface Preview {
  to: number;
  changes: Line[];
  names: Known;
  lost: number;
}

export interface TrashItem {
  id: string;
  kind: 'record' | 'field' | 'view' | 'dashboard' | 'table';
  table: string;
  table_name: string;
  name: string;
  seq: number;
  at: string;
  actor: string;
  expires: string;
  restorable: boolean;
}

function pathOf({ base, table, record }: Place): string {
  const ofTable = table ? `/tables/${table}` : '';
  return `/bases/${base}${ofTable}${record ? `/records/${record}` : ''}`;
}

export const historyApi = {
  list: (place: Place, filter: Filter, cursor: string | undefined, signal: AbortSignal) =>
    api.get<Page<Entry>>(`${pathOf(place)}/history`, { query: { ...filter, cursor, limit: 40 }, signal }),
  entry: (base: string, seq: number, signal: AbortSignal) =>
    api.get<Entry>(`/bases/${base}/history/${seq}`, { signal }),
  undoList: (base: string, signal: AbortSignal, limit?: number) =>
    api.get<{ undo: Entry[]; redo: Entry[] }>(`/bases/${base}/undo`, { query: { limit }, signal }),
  takeBack: (base: string, seq: number) => api.post(`/bases/${base}/undo/${seq}`),
  preview: (place: Place, moment: Moment) => api.post<Preview>(`${pathOf(place)}/restore-preview`, moment),
  restore: (place: Place, moment: Moment) => api.post<{ seq: number }>(`${pathOf(place)}/restore`, moment),
  trash: (base: string, kind: string | undefined, cursor: string | undefined, signal: AbortSignal) =>
    api.get<Page<TrashItem>>(`/bases/${base}/trash`, { query: { kind, cursor, limit: 100 }, signal }),
  revive: (base: string, ids: string[]) =>
    api.post<{ seq: number; restored: string[] }>(`/bases/${base}/trash/restore`, { ids }),
  purge: (base: string, ids: string[] | 'all') =>
    api.post<{ count: number }>(`/bases/${base}/trash/delete`, ids === 'all' ? { all: true } : { ids }),
};
