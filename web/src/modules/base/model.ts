/** The shapes of a base in the API, and what can be said of them without asking anybody. */
import type { Resource } from '../../data/types';
import type { Field, FieldType, RowHeight } from '../../grid/model';

export interface SortKey {
  field: string;
  descending: boolean;
}

export type Operator =
  | 'is'
  | 'is_not'
  | 'contains'
  | 'not_contains'
  | 'starts_with'
  | 'ends_with'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'any_of'
  | 'all_of'
  | 'none_of'
  | 'empty'
  | 'not_empty';

export interface Condition {
  field: string;
  op: Operator;
  value?: unknown;
}
export type Filter = { and: Filter[] } | { or: Filter[] } | Condition;

export interface ViewField {
  field: string;
  hidden?: boolean;
  width?: number;
}

export interface View {
  id: string;
  name: string;
  kind: 'grid';
  filter?: Filter | null;
  sort?: SortKey[];
  fields?: ViewField[];
  row_height?: RowHeight;
}

export interface Table {
  id: string;
  name: string;
  fields: Field[];
  views: View[];
}

export interface Base {
  resource: Resource;
  seq: number;
  tables: Table[];
}

export const operators: Record<FieldType, readonly Operator[]> = {
  text: ['contains', 'not_contains', 'is', 'is_not', 'starts_with', 'ends_with', 'empty', 'not_empty'],
  number: ['is', 'is_not', 'gt', 'gte', 'lt', 'lte', 'empty', 'not_empty'],
  date: ['is', 'is_not', 'gt', 'gte', 'lt', 'lte', 'empty', 'not_empty'],
  select: ['is', 'is_not', 'any_of', 'none_of', 'empty', 'not_empty'],
  multi_select: ['any_of', 'all_of', 'none_of', 'is', 'is_not', 'empty', 'not_empty'],
  checkbox: ['is'],
};

export const takesNothing = (op: Operator) => op === 'empty' || op === 'not_empty';

/** Whether the operator compares a field of this type with a list. */
export function takesList(type: FieldType, op: Operator): boolean {
  return type === 'multi_select' ? !takesNothing(op) : ['any_of', 'all_of', 'none_of'].includes(op);
}

export interface ShownField {
  field: Field;
  hidden: boolean;
  width: number | undefined;
}

/** Fields in the order of a view; those it does not name follow, visible. The primary field is first and never hidden. */
export function fieldsOf(table: Table, view: Pick<View, 'fields'>): ShownField[] {
  const named = new Map((view.fields ?? []).map((entry, i) => [entry.field, { entry, i }]));
  const order = (field: Field, i: number) => {
    if (i === 0) return -1;
    return named.get(field.id)?.i ?? named.size + i;
  };
  return table.fields
    .map((field, i) => ({ field, at: order(field, i), primary: i === 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ field, primary }) => {
      const entry = named.get(field.id)?.entry;
      return { field, hidden: !primary && entry?.hidden === true, width: entry?.width };
    });
}

/** The complete list for a view after one field was changed. */
export function withField(shown: readonly ShownField[], id: string, change: Partial<ViewField>): ViewField[] {
  return shown.map(({ field, hidden, width }) => {
    const entry: ViewField = { field: field.id };
    if (hidden) entry.hidden = true;
    if (width !== undefined) entry.width = width;
    return field.id === id ? { ...entry, ...change } : entry;
  });
}

/** The list for a view after the visible field at `from` was moved to `to` among the visible. */
export function moved(shown: readonly ShownField[], from: number, to: number): ViewField[] {
  const visible = shown.filter((entry) => !entry.hidden);
  const taken = visible[from];
  if (!taken) return withField(shown, '', {});
  const rest = visible.filter((entry) => entry !== taken);
  const before = rest[Math.max(1, to)];
  const others = shown.filter((entry) => entry !== taken);
  const at = before ? others.indexOf(before) : others.length;
  return withField([...others.slice(0, at), taken, ...others.slice(at)], '', {});
}

/** A name that no other has: `Table 2`. */
export function freeName(wish: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  if (!used.has(wish.toLowerCase())) return wish;
  for (let n = 2; ; n++) if (!used.has(`${wish} ${n}`.toLowerCase())) return `${wish} ${n}`;
}
