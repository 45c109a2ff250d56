/** The requests about bases. */
import { api } from '../../data/client';
import type { FormulaMistake } from '../../grid/mistakes';
import type { Choice, Field, FieldType, ItemType } from '../../grid/model';
import type { Page } from './find/model';
import type { Base, Table, View } from './model';

const tablePath = (base: string, table: string) => `/bases/${base}/tables/${table}`;

export type ChoiceInput = Pick<Choice, 'name' | 'color'> & { id?: string };

/** What may be said of any field. */
export interface FieldCommon {
  name?: string;
  description?: string;
  position?: number;
  required?: boolean;
  unique?: boolean;
  /** In the form of the values of its type; null for none. */
  default?: unknown;
}
/** The options of a type, as the server takes them. */
export type FieldOptions = Record<string, unknown>;
export type FieldInput = FieldCommon & { name: string; type: FieldType } & FieldOptions;
/** With a `type` the field gets that type, and its cells are converted. */
export type FieldPatch = FieldCommon & { type?: FieldType; choices?: ChoiceInput[] } & FieldOptions;

/** What becomes of the cells of a field that gets another type. */
export interface RetypePreview {
  rows: number;
  filled: number;
  kept: number;
  lost: number;
  new_choices: string[];
  samples: { record: string; before: string; after: string | null }[];
}

export interface FormulaCheck {
  ok: boolean;
  type?: ItemType;
  list?: boolean;
  /** The formula with names. */
  shown?: string;
  error?: FormulaMistake;
  /** For the record that was named. */
  value?: unknown;
}

/** What there is to know of a field. */
export interface Explained {
  /** With names; none of a field that is not computed. */
  formula?: string | null;
  reads: { via: string[]; table: string; field?: string | null; whole: boolean }[];
  read_by: { table: string; field: string }[];
  cycle: string[];
  last_rows: number;
  last_micros: number;
}

export interface FormulaParam {
  name: string;
  takes: string;
  times: string;
}

export interface FormulaFunction {
  name: string;
  group: string;
  params: FormulaParam[];
  gives: string;
  help: string;
  /** A call, and what it gives. */
  example: [string, string];
}

export interface FindInput {
  text: string;
  query: Record<string, unknown>;
  fields: readonly string[];
  from?: number;
  until?: number;
}

export interface RecordsPage {
  items: { id: string; fields: Record<string, unknown> }[];
}

export interface Undone {
  seq: number;
  undone: { kind: string; summary: string; records?: number };
  skipped: number;
}

/** The formats a view is exported in. */
export const exportFormats = ['csv', 'xlsx', 'jsonl', 'parquet', 'arrow'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const baseApi = {
  /** Stops a change that takes long before it is done. */
  cancelJob: (base: string, job: string) => api.delete(`/bases/${base}/jobs/${job}`),
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
  explain: (base: string, table: string, field: string) =>
    api.get<Explained>(`${tablePath(base, table)}/fields/${field}/explain`),
  createView: (base: string, table: string, view: Omit<View, 'id'>) =>
    api.post<{ seq: number; view: View }>(`${tablePath(base, table)}/views`, view),
  updateView: (base: string, table: string, view: string, change: Partial<View>) =>
    api.patch<{ seq: number; view: View }>(`${tablePath(base, table)}/views/${view}`, change),
  deleteView: (base: string, table: string, view: string) => api.delete(`${tablePath(base, table)}/views/${view}`),
  record: (base: string, table: string, record: string) =>
    api.get<{ id: string; fields: Record<string, unknown> }>(`${tablePath(base, table)}/records/${record}`),
  records: (
    base: string,
    table: string,
    query: { filter?: unknown; search?: string; limit: number },
    signal?: AbortSignal,
  ) =>
    api.get<RecordsPage>(`${tablePath(base, table)}/records`, {
      query: {
        limit: query.limit,
        search: query.search || undefined,
        filter: query.filter ? JSON.stringify(query.filter) : undefined,
      },
      ...(signal ? { signal } : {}),
    }),
  find: (base: string, table: string, input: FindInput) => api.post<Page>(`${tablePath(base, table)}/find`, input),
  createRecord: (base: string, table: string, id: string, fields: Record<string, unknown>) =>
    api.post<{ seq: number; records: { id: string; fields: Record<string, unknown> }[] }>(
      `${tablePath(base, table)}/records`,
      { records: [{ id, fields }] },
    ),
  press: (base: string, table: string, record: string, field: string) =>
    api.post(`${tablePath(base, table)}/records/${record}/press/${field}`),
  retypePreview: (base: string, table: string, field: string, change: FieldPatch) =>
    api.post<RetypePreview>(`${tablePath(base, table)}/fields/${field}/retype-preview`, change),
  checkFormula: (base: string, table: string, formula: string, record: string | undefined, signal: AbortSignal) =>
    api.post<FormulaCheck>(
      `${tablePath(base, table)}/formula-check`,
      { formula, ...(record ? { record } : {}) },
      { signal },
    ),
  formulaFunctions: (signal: AbortSignal) => api.get<FormulaFunction[]>('/formula-functions', { signal }),
  undo: (base: string) => api.post<Undone>(`/bases/${base}/undo`),
  redo: (base: string) => api.post<Undone>(`/bases/${base}/redo`),
  exportUrl: (base: string, table: string, view: string, format: ExportFormat) =>
    `/api/v1${tablePath(base, table)}/export?view=${encodeURIComponent(view)}&format=${format}`,
  /** The whole base as one file. */
  baseFileUrl: (base: string) => `/api/v1/bases/${base}/export`,
};
