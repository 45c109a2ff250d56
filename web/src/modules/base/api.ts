/** The requests about bases. */
import { api } from '../../data/client';
import type { Choice, Field, FieldKind } from '../../grid/model';
import type { Base, Table, View } from './model';

const tablePath = (base: string, table: string) => `/bases/${base}/tables/${table}`;

export type FieldInput = { name: string; description?: string; position?: number } & Partial<FieldKind> & {
    type: FieldKind['type'];
  };
export type ChoiceInput = Pick<Choice, 'name' | 'color'> & { id?: string };
export type FieldPatch = {
  name?: string;
  description?: string;
  precision?: number;
  thousands?: boolean;
  time?: boolean;
  choices?: ChoiceInput[];
  position?: number;
};

export interface Undone {
  seq: number;
  undone: { kind: string; summary: string; records?: number };
  skipped: number;
}

export const baseApi = {
  get: (base: string, signal?: AbortSignal) => api.get<Base>(`/bases/${base}`, signal ? { signal } : {}),
  createTable: (base: string, name: string, fields?: FieldInput[]) =>
    api.post<{ seq: number; table: Table }>(`/bases/${base}/tables`, fields ? { name, fields } : { name }),
  updateTable: (base: string, table: string, change: { name?: string; position?: number }) =>
    api.patch<{ seq: number }>(tablePath(base, table), change),
  deleteTable: (base: string, table: string) => api.delete(tablePath(base, table)),
  createField: (base: string, table: string, field: FieldInput) =>
    api.post<{ seq: number; field: Field }>(`${tablePath(base, table)}/fields`, field),
  updateField: (base: string, table: string, field: string, change: FieldPatch) =>
    api.patch<{ seq: number; field: Field }>(`${tablePath(base, table)}/fields/${field}`, change),
  deleteField: (base: string, table: string, field: string) => api.delete(`${tablePath(base, table)}/fields/${field}`),
  createView: (base: string, table: string, view: Omit<View, 'id'>) =>
    api.post<{ seq: number; view: View }>(`${tablePath(base, table)}/views`, view),
  updateView: (base: string, table: string, view: string, change: Partial<View>) =>
    api.patch<{ seq: number; view: View }>(`${tablePath(base, table)}/views/${view}`, change),
  deleteView: (base: string, table: string, view: string) => api.delete(`${tablePath(base, table)}/views/${view}`),
  record: (base: string, table: string, record: string) =>
    api.get<{ id: string; fields: Record<string, unknown> }>(`${tablePath(base, table)}/records/${record}`),
  undo: (base: string) => api.post<Undone>(`/bases/${base}/undo`),
  redo: (base: string) => api.post<Undone>(`/bases/${base}/redo`),
  exportUrl: (base: string, table: string, view: string) =>
    `/api/v1${tablePath(base, table)}/export.csv?view=${encodeURIComponent(view)}`,
};
