/** The columns of a kanban: which there are, in which order, and which cards belong in each. Pure. */
import type { Path } from '../../../../grid/groups/model';
import { type CellValue, type Choice, type Color, choicesOf, type Field, idsOf } from '../../../../grid/model';
import type { KanbanColumn, KanbanKind } from '../model';

/** The head of a group of cards, as the live view tells it. */
export interface Head {
  path: Path;
  label: string;
  count: number;
  summaries?: readonly unknown[];
}

export interface Column {
  /** Unique among the columns. */
  key: string;
  /** The choice, person or record its cards have; null for those that have none. */
  value: string | null;
  /** The group of its cards. */
  path: Path;
  label: string;
  color: Color | undefined;
  count: number;
  /** What is told of its cards. */
  told: unknown;
  collapsed: boolean;
  limit: number | undefined;
}

/** What a value of the field is called. */
export type NameOf = (value: string) => string | undefined;

export const blankKey = 'none';

/** The id a group or a cell has; null for none. */
export const idIn = (value: unknown): string | null => idsOf(value as CellValue)[0] ?? null;

const pathOf = (field: Field, value: string | null): Path =>
  value === null ? [null] : [field.type === 'select' ? value : [value]];

/** All values that have a column, shown or not, in their order: as it is said, then that of the field; none comes last. */
export function valuesOf(kind: KanbanKind, field: Field, heads: readonly Head[]): (string | null)[] {
  const said = (kind.columns ?? []).map((column) => column.value);
  const rest: (string | null)[] =
    field.type === 'select'
      ? choicesOf(field).map((choice) => choice.id)
      : heads.map((head) => idIn(head.path[0])).filter((id) => id !== null);
  const known = new Set(rest);
  const there = field.type === 'select' ? said.filter((value) => value === null || known.has(value)) : said;
  return [...new Set([...there, ...rest, null])];
}

/** The columns that are shown, and those that are hidden. */
export function columnsOf(
  kind: KanbanKind,
  field: Field,
  heads: readonly Head[],
  nameOf: NameOf,
): { shown: Column[]; hidden: Column[] } {
  const said = new Map((kind.columns ?? []).map((column) => [column.value, column]));
  const told = new Map(heads.map((head) => [idIn(head.path[0]), head]));
  const choices = new Map<string, Choice>(choicesOf(field).map((choice) => [choice.id, choice]));
  const all = valuesOf(kind, field, heads).map((value): Column & { hidden: boolean } => {
    const column = said.get(value);
    const head = told.get(value);
    const choice = value === null ? undefined : choices.get(value);
    return {
      key: value ?? blankKey,
      value,
      path: pathOf(field, value),
      label: value === null ? '' : (choice?.name ?? nameOf(value) ?? head?.label ?? ''),
      color: choice?.color,
      count: head?.count ?? 0,
      told: head?.summaries?.[0],
      collapsed: column?.collapsed === true,
      limit: column?.limit,
      hidden: column?.hidden === true || (value === null && kind.hide_blank === true),
    };
  });
  return { shown: all.filter((column) => !column.hidden), hidden: all.filter((column) => column.hidden) };
}

/** The cell of a card in a column. */
export function cellFor(field: Field, column: Pick<Column, 'value' | 'label'>): CellValue {
  if (column.value === null) return null;
  if (field.type === 'select') return column.value;
  return field.type === 'link' ? [{ id: column.value, text: column.label }] : [column.value];
}

/** Whether a card with these cells belongs in a column. */
export const belongs = (field: Field, value: string | null, cells: Readonly<Record<string, unknown>>): boolean =>
  idIn(cells[field.id]) === value;

/** The settings with those of one column changed. `values`: all there are, in order; all are named, so that their order stays. */
export function withColumn(
  kind: KanbanKind,
  values: readonly (string | null)[],
  value: string | null,
  change: Partial<KanbanColumn>,
): KanbanKind {
  const next = inOrder(kind, values);
  const columns = next.columns?.map((column) => (column.value === value ? cleaned({ ...column, ...change }) : column));
  const shows = change.hidden === false && value === null;
  return { ...next, columns: columns ?? [], ...(shows ? { hide_blank: false } : {}) };
}

/** What is usual is not said. */
function cleaned({ value, hidden, collapsed, limit }: KanbanColumn): KanbanColumn {
  return {
    value,
    ...(hidden ? { hidden } : {}),
    ...(collapsed ? { collapsed } : {}),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** The settings with all columns named in this order. */
export function inOrder(kind: KanbanKind, values: readonly (string | null)[]): KanbanKind {
  const said = new Map((kind.columns ?? []).map((column) => [column.value, column]));
  return { ...kind, columns: values.map((value) => said.get(value) ?? { value }) };
}

/** A card that was put elsewhere, until the server shows it there. */
export interface Move {
  record: string;
  /** The column it goes to. */
  to: string;
  /** Its line there. */
  at: number;
  /** What is known of it. */
  cells: Readonly<Record<string, unknown>>;
  /** It stands where it was put, also when it was in that column before. */
  ranked: boolean;
  /** The sequence number from which on the server shows it. */
  seq?: number;
}

/** What a column shows: lines of its live view without cards that were taken away, and with those that were put into it. */
export class ColumnLines {
  #away: readonly number[];
  #come: readonly Move[];
  readonly count: number;

  /** `away`: lines of the view. */
  constructor(total: number, away: readonly number[], come: readonly Move[]) {
    this.#away = [...away].sort((a, b) => a - b);
    let end = total - away.length + come.length;
    this.count = end;
    const sorted = [...come].sort((a, b) => a.at - b.at);
    // Each has a line of its own, and none is after the last.
    const placed: Move[] = [];
    for (const move of sorted.reverse()) {
      end = Math.min(move.at, end - 1);
      placed.push({ ...move, at: Math.max(0, end) });
    }
    this.#come = placed.reverse();
  }

  /** What stands at a line: a card that came, or a line of the view. */
  at(line: number): { come: Move } | { line: number } {
    let inner = line;
    for (const move of this.#come) {
      if (move.at === line) return { come: move };
      if (move.at < line) inner--;
    }
    for (const gone of this.#away) if (gone <= inner) inner++;
    return { line: inner };
  }

  /** The line here of one of the view; undefined when it was taken away. */
  lineOf(inner: number): number | undefined {
    if (this.#away.includes(inner)) return undefined;
    let line = inner - this.#away.filter((gone) => gone < inner).length;
    for (const move of this.#come) if (move.at <= line) line++;
    return line;
  }

  /** The line of a card that came. */
  ofCome(record: string): number | undefined {
    return this.#come.find((move) => move.record === record)?.at;
  }
}
