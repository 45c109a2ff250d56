/** The shapes of a base in the API, and what can be said of them without asking anybody. */
import type { Resource } from '../../data/types';
import type { GroupKey, SummaryKey } from '../../grid/groups/model';
import type { Color, Field, RowHeight } from '../../grid/model';
import { shapeOf } from '../../grid/shape';
import type { ViewKind } from './views/model';

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
  | 'between'
  | 'any_of'
  | 'all_of'
  | 'none_of'
  | 'within'
  | 'empty'
  | 'not_empty'
  | 'is_error'
  | 'not_error';

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

/** What a colour rule colours: a bar where the record begins, all of it, or one cell. */
export type ColorTarget = 'bar' | 'row' | { cell: string };

/** Colours records that fit a filter. Of the rules with one target the first that holds counts. */
export interface ColorRule {
  filter: Filter;
  color: Color;
  target?: ColorTarget;
}

export interface View {
  id: string;
  name: string;
  /** What it is for. */
  description?: string;
  /** Whose it is: nobody else sees it. Absent, all share it. */
  owner?: string | null;
  /** Only those who may manage the base change it. */
  locked?: boolean;
  colors?: ColorRule[];
  /** How many columns from the first stay when the others are scrolled. */
  frozen?: number;
  /** How it is drawn. */
  kind: ViewKind;
  filter?: Filter | null;
  /** By what records are grouped, outermost first. */
  group?: GroupKey[];
  sort?: SortKey[];
  /** The link of the table to itself under whose records they stand. */
  tree?: string | null;
  /** What is told of all records and of each group. */
  summaries?: SummaryKey[];
  fields?: ViewField[];
  row_height?: RowHeight;
}

export type Role = 'view' | 'comment' | 'edit' | 'manage';

/** Whether somebody may change a view that he sees; locked ones take the right to manage. */
export const canChange = (view: View, role: Role): boolean => role === 'manage' || (role === 'edit' && !view.locked);

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
  /** In display order, without what is on them. */
  dashboards?: { id: string; name: string }[];
}

/** What decides how the values of a field are compared, and in which words they are sorted. */
export type Compared =
  | 'text'
  | 'number'
  | 'date'
  | 'select'
  | 'multi_select'
  | 'checkbox'
  | 'member'
  | 'group'
  | 'record'
  | 'file'
  | 'place'
  | 'none';

export function comparedAs(field: Field): Compared {
  const shape = shapeOf(field);
  switch (shape.as) {
    case 'choice':
      return field.type === 'multi_select' || field.computed?.list ? 'multi_select' : 'select';
    case 'any':
      return 'text';
    case 'button':
      return 'none';
    default:
      return shape.as;
  }
}

/** The words for a sort by the field, as keys of `sort.up` and `sort.down`. */
export function sortWords(field: Field): 'text' | 'number' | 'date' | 'select' | 'multi_select' | 'checkbox' {
  const compared = comparedAs(field);
  if (field.type === 'auto_number') return 'number';
  switch (compared) {
    case 'number':
    case 'date':
    case 'select':
    case 'multi_select':
    case 'checkbox':
      return compared;
    default:
      return 'text';
  }
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
