/** What an import is in the API, and the plan of one while it is being made. Pure. */
import type { FieldType } from '../../../grid/model';
import type { Table } from '../model';

/** The types a column of a file can become. */
export const importTypes: readonly FieldType[] = ['text', 'number', 'select', 'multi_select', 'date', 'checkbox'];

export interface ImportColumn {
  name: string;
  /** A guess, with the options that belong to it. */
  type: FieldType;
  precision?: number;
  thousands?: boolean;
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

export interface Import {
  id: string;
  state: 'previewed' | 'running' | 'done' | 'failed' | 'cancelled';
  file: { name: string; size: number };
  sheets: ImportSheet[];
  /** `rejected` counts cells that did not fit and were left empty. */
  progress: { read: number; imported: number; rejected: number; total: number | null };
  report: { errors: { row: number; column: string | null; message: string }[]; skipped: number };
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
}

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
    if (same && !used.has(same.id)) {
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
  return { sheet, header: header ?? chosen?.header ?? true, table: table?.id ?? null, name, targets };
}

/** Whether a sheet looks like more of what a table has: at least half of its columns are fields there. */
export function fits(sheet: ImportSheet | undefined, table: Table): boolean {
  const names = new Set(table.fields.map((field) => field.name.toLowerCase()));
  const columns = sheet?.columns ?? [];
  const known = columns.filter((column) => names.has(column.name.trim().toLowerCase()));
  return columns.length > 0 && known.length * 2 >= columns.length;
}

/** Why a plan cannot be started; a key of a message. */
export function problemOf(plan: Plan): 'nothing' | 'twice' | 'names' | null {
  const kept = plan.targets.filter((target) => target.kind !== 'skip');
  if (kept.length === 0) return 'nothing';
  const fields = kept.flatMap((target) => (target.kind === 'field' ? [target.field] : []));
  if (new Set(fields).size < fields.length) return 'twice';
  const names = kept.flatMap((target) => (target.kind === 'new' ? [target.name.trim().toLowerCase()] : []));
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
    columns: plan.targets.map((target, source) => {
      if (target.kind === 'skip') return { source, field: null };
      if (target.kind === 'field') return { source, field: target.field };
      return { source, field: { name: target.name.trim(), type: target.type, ...target.options } };
    }),
  };
}

function csvCell(value: string): string {
  // A cell that begins like a formula would be run by a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The report as a file for spreadsheets. */
export function reportCsv(data: Import, head: readonly [string, string, string]): string {
  const lines = data.report.errors.map(({ row, column, message }) => [String(row), column ?? '', message]);
  return `\uFEFF${[head, ...lines].map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}
