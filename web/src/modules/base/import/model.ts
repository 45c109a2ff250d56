/** What an import is in the API, and the plan of one while it is being made. Pure. */
import type { Field, FieldType } from '../../../grid/model';
import type { Table } from '../model';

/** The types a column of a file can become. */
export const importTypes = [
  'text',
  'number',
  'select',
  'multi_select',
  'date',
  'checkbox',
  'member',
  'location',
] as const satisfies readonly FieldType[];

/** The types of existing fields a file can fill. */
const fillable: ReadonlySet<FieldType> = new Set([...importTypes, 'group', 'link', 'backlink']);
/** The types of fields by which records are found. */
const telling: ReadonlySet<FieldType> = new Set(['text', 'number', 'date', 'select']);

export const isFillable = (field: Field) => fillable.has(field.type);
export const canBeKey = (field: Field) => telling.has(field.type);
export const isLink = (field: Field) => field.type === 'link' || field.type === 'backlink';

export interface ImportColumn {
  name: string;
  /** A guess, with the options that belong to it. */
  type: FieldType;
  precision?: number;
  thousands?: boolean;
  format?: string;
  currency?: string;
  time?: boolean;
  choices?: { name: string }[];
  samples: string[];
}

export interface ImportSheet {
  name: string;
  /** Whether the first row of `preview` seems to hold the names of columns. */
  header: boolean;
  columns: ImportColumn[];
  rows_estimate: number;
  /** The first rows as text, the header among them. */
  preview: string[][];
}

/** What is wrong with a cell or a row, with what of it a sentence needs. */
export interface Misfit {
  row: number;
  /** Empty when it is about the whole row. */
  column: string;
  code: string;
  value?: string;
  table?: string;
  field?: string;
  found?: number;
  allowed?: number;
  /** The code of what the base refused, and its words. */
  problem?: string;
  detail?: string;
  /** The same in English. */
  message: string;
}

export interface Import {
  id: string;
  state: 'previewed' | 'running' | 'done' | 'failed' | 'cancelled';
  file: { name: string; size: number };
  sheets: ImportSheet[];
  /** `rejected` counts cells that did not fit and were left empty, `refused` whole rows. */
  progress: {
    read: number;
    imported: number;
    updated: number;
    refused: number;
    rejected: number;
    total: number | null;
  };
  report: { errors: Misfit[]; skipped: number };
  table: string | null;
  error: { status: number; code: string; detail: string } | null;
}

/** What becomes of a column: a new field of a type, an existing field, or nothing. */
export type Target =
  | { kind: 'new'; name: string; type: FieldType; options: Record<string, unknown> }
  | { kind: 'field'; field: string }
  | { kind: 'skip' };

export interface Plan {
  sheet: number;
  header: boolean;
  /** The table imported into, or null and the name of a new one. */
  table: string | null;
  name: string;
  targets: Target[];
  /** What rows do to records with the same keys. */
  mode: Mode;
  /** Columns by which records are found. */
  keys: readonly number[];
  /** Columns whose links make records that are missing. */
  creates: readonly number[];
  /** What becomes of a row whose keys several records have. */
  doubles: Doubles;
  /** Whether empty cells clear what a record holds. */
  clearBlank: boolean;
}

export const modes = ['insert', 'upsert', 'update'] as const;
export type Mode = (typeof modes)[number];
export const doublings = ['refuse', 'first', 'all'] as const;
export type Doubles = (typeof doublings)[number];

/** The options of the guessed type. */
export function optionsOf(column: ImportColumn): Record<string, unknown> {
  const { name: _, type: __, samples: ___, ...options } = column;
  return options;
}

function stem(file: string): string {
  return file.replace(/\.[^.]+$/, '').slice(0, 100) || file;
}

/** A first plan: everything into new fields, or into the fields of a table that have the same names. */
export function planFor(data: Import, sheet: number, table: Table | null, header?: boolean): Plan {
  const chosen = data.sheets[sheet];
  const name = data.sheets.length > 1 && chosen ? chosen.name : stem(data.file.name);
  const used = new Set<string>();
  const targets = (chosen?.columns ?? []).map((column, i): Target => {
    const same = table?.fields.find((field) => field.name.toLowerCase() === column.name.trim().toLowerCase());
    if (same && isFillable(same) && !used.has(same.id)) {
      used.add(same.id);
      return { kind: 'field', field: same.id };
    }
    if (table) {
      const primary = i === 0 && used.size === 0 ? table.fields[0] : undefined;
      const free = primary && !chosen?.columns.some((c) => c.name.trim().toLowerCase() === primary.name.toLowerCase());
      if (primary && free) {
        used.add(primary.id);
        return { kind: 'field', field: primary.id };
      }
    }
    return { kind: 'new', name: column.name, type: column.type, options: optionsOf(column) };
  });
  return {
    sheet,
    header: header ?? chosen?.header ?? true,
    table: table?.id ?? null,
    name,
    targets,
    mode: 'insert',
    keys: [],
    creates: [],
    doubles: 'refuse',
    clearBlank: false,
  };
}

/** Whether a sheet looks like more of what a table has: at least half of its columns are fields there. */
export function fits(sheet: ImportSheet | undefined, table: Table): boolean {
  const names = new Set(table.fields.map((field) => field.name.toLowerCase()));
  const columns = sheet?.columns ?? [];
  const known = columns.filter((column) => names.has(column.name.trim().toLowerCase()));
  return columns.length > 0 && known.length * 2 >= columns.length;
}

/** Why a plan cannot be started; a key of a message. */
export function problemOf(plan: Plan): 'nothing' | 'twice' | 'names' | 'key' | null {
  const kept = plan.targets.filter((target) => target.kind !== 'skip');
  if (kept.length === 0) return 'nothing';
  const fields = kept.flatMap((target) => (target.kind === 'field' ? [target.field] : []));
  if (new Set(fields).size < fields.length) return 'twice';
  const names = kept.flatMap((target) => (target.kind === 'new' ? [target.name.trim().toLowerCase()] : []));
  if (plan.mode !== 'insert' && !plan.keys.some((at) => plan.targets[at]?.kind === 'field')) return 'key';
  if (names.some((name) => name === '') || new Set(names).size < names.length) return 'names';
  return null;
}

/** The body of the request that starts it. */
export function startBody(data: Import, plan: Plan, zone: string): object {
  const single = plan.table === null ? { name: plan.name.trim() || stem(data.file.name) } : { id: plan.table };
  return {
    sheet: plan.sheet,
    header: plan.header,
    table: single,
    time_zone: zone,
    ...(plan.mode === 'insert' ? {} : { mode: plan.mode, doubles: plan.doubles, clear_blank: plan.clearBlank }),
    columns: plan.targets.map((target, source) => {
      if (target.kind === 'skip') return { source, field: null };
      if (target.kind === 'field') {
        return {
          source,
          field: target.field,
          ...(plan.mode !== 'insert' && plan.keys.includes(source) ? { key: true } : {}),
          ...(plan.creates.includes(source) ? { create: true } : {}),
        };
      }
      return { source, field: { name: target.name.trim(), type: target.type, ...target.options } };
    }),
  };
}
