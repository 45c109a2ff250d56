/** Dashboards in the API, and what can be said of them without asking anybody. */
import { canGroup, functionsOf, type GroupKey, newLevel, type SummaryFunction } from '../../../grid/groups/model';
import type { Field } from '../../../grid/model';
import { shapeOf } from '../../../grid/shape';
import type { Base, Filter, Operator, Table } from '../model';

export const forms = [
  'column',
  'bar',
  'line',
  'area',
  'pie',
  'ring',
  'combo',
  'scatter',
  'funnel',
  'radar',
  'word_cloud',
  'gauge',
  'heat_map',
] as const;
export type ChartForm = (typeof forms)[number];

export interface Dimension extends Omit<GroupKey, 'descending'> {
  descending?: boolean;
  by_measure?: number | null;
  limit?: number | null;
  other?: boolean;
  hide_blank?: boolean;
  fill?: boolean;
}

export interface Measure {
  /** None counts records. */
  field?: string | null;
  function?: SummaryFunction;
}

export interface CubeQuery {
  filter?: Filter | null;
  rows?: Dimension[];
  columns?: Dimension[];
  measures?: Measure[];
}

export interface ChartLook {
  stacked?: boolean;
  labels?: boolean;
  smooth?: boolean;
  no_legend?: boolean;
  goal?: number | null;
}

export interface Period {
  field: string;
  span: Record<string, unknown>;
  to_date?: boolean;
}

export interface ChartKind {
  type: 'chart';
  table: string;
  form: ChartForm;
  query: CubeQuery;
  look?: ChartLook;
}
export interface NumberKind {
  type: 'number';
  table: string;
  filter?: Filter | null;
  measure: Measure;
  period?: Period | null;
  target?: number | null;
}
export interface PivotKind {
  type: 'pivot';
  table: string;
  query: CubeQuery;
}
export interface ListKind {
  type: 'list';
  table: string;
  view: string;
  limit?: number;
}
export interface TextKind {
  type: 'text';
  text: string;
}
export interface ControlKind {
  type: 'control';
  fields: { table: string; field: string }[];
  widgets?: string[];
}
export type WidgetKind = ChartKind | NumberKind | PivotKind | ListKind | TextKind | ControlKind;

export interface Spot {
  x: number;
  y: number;
  w: number;
  h: number;
}
export type WidgetInput = Spot & { id?: string; title?: string } & WidgetKind;
export type Widget = WidgetInput & { id: string };

export interface Dashboard {
  id: string;
  name: string;
  description?: string;
  widgets: Widget[];
}

export interface CubeGroup {
  value: unknown;
  label: string;
  /** How many groups it stands for, when it is the rest. */
  other?: number;
}
export interface CubeAxis {
  field: string;
  groups: CubeGroup[];
}
export interface CubeCell {
  at: (number | null)[];
  count: number;
  values: unknown[];
}
export interface Cube {
  count: number;
  rows: CubeAxis[];
  columns: CubeAxis[];
  cells: CubeCell[];
}

export type Shown =
  | { shows: 'cube'; cube: Cube }
  | { shows: 'number'; number: { value: unknown; before?: unknown; count: number } }
  | {
      shows: 'records';
      page: { items: { id: string; fields: Record<string, unknown> }[]; total: number };
    }
  | { shows: 'nothing' };

/** What somebody picked in a control. */
export interface Picked {
  widget: string;
  op: Operator;
  value?: unknown;
}

/** A group that is picked to see its records. */
export type Pick = { value: unknown } | { other: true } | null;

export const columnsOfGrid = 12;

/** The widget by itself, without its place and name. */
export function kindOf(widget: WidgetInput): WidgetKind {
  const { id: _id, title: _title, x: _x, y: _y, w: _w, h: _h, ...kind } = widget;
  return kind as WidgetKind;
}

export const tableOf = (kind: WidgetKind): string | undefined => ('table' in kind ? kind.table : undefined);

/** Cells by the places of their groups. */
export function cellsOf(cube: Cube): Map<string, CubeCell> {
  return new Map(cube.cells.map((cell) => [placeKey(cell.at), cell]));
}
export const placeKey = (at: readonly (number | null)[]): string => at.map((one) => one ?? '').join(',');

/** What is picked when a group is pressed. */
export const pickOf = (group: CubeGroup | undefined): Pick => {
  if (!group) return null;
  return group.other === undefined ? { value: group.value } : { other: true };
};

/** Fields and tables a widget names that are gone. */
export function missingIn(kind: WidgetKind, base: Base): 'table' | 'field' | 'view' | null {
  if (kind.type === 'text') return null;
  if (kind.type === 'control') {
    const there = kind.fields.filter((one) => fieldIn(base, one.table, one.field));
    return there.length === 0 ? 'field' : null;
  }
  const table = base.tables.find((one) => one.id === kind.table);
  if (!table) return 'table';
  if (kind.type === 'list') return table.views.some((view) => view.id === kind.view) ? null : 'view';
  const named = fieldsNamed(kind);
  return named.every((id) => table.fields.some((field) => field.id === id)) ? null : 'field';
}

export const fieldIn = (base: Base, table: string, field: string): Field | undefined =>
  base.tables.find((one) => one.id === table)?.fields.find((one) => one.id === field);

function fieldsNamed(kind: ChartKind | PivotKind | NumberKind): string[] {
  const measured = (measures: readonly Measure[]) => measures.flatMap((one) => (one.field ? [one.field] : []));
  if (kind.type === 'number') {
    return [...measured([kind.measure]), ...(kind.period ? [kind.period.field] : []), ...filtered(kind.filter)];
  }
  const { rows = [], columns = [], measures = [], filter } = kind.query;
  return [...[...rows, ...columns].map((one) => one.field), ...measured(measures), ...filtered(filter)];
}

function filtered(filter: Filter | null | undefined): string[] {
  if (!filter) return [];
  if ('and' in filter) return filter.and.flatMap(filtered);
  if ('or' in filter) return filter.or.flatMap(filtered);
  return [filter.field];
}

/** A dimension as it is usual for a field: spans of dates in full, others the largest first. */
export function usualDimension(field: Field): Dimension {
  const { as } = shapeOf(field);
  if (as === 'date') return { field: field.id, by: 'month', fill: true, hide_blank: true };
  return { ...newLevel(field), descending: true, by_measure: 0, limit: 20, other: true };
}

const first = (table: Table, wanted: readonly string[]): Field | undefined => {
  for (const as of wanted) {
    const found = table.fields.find((field) => canGroup(field) && shapeOf(field).as === as);
    if (found) return found;
  }
  return table.fields.find(canGroup);
};

const numberOf = (table: Table): Measure => {
  const field = table.fields.find((one) => shapeOf(one).as === 'number' && one.type !== 'auto_number');
  return field && functionsOf(field).includes('sum') ? { field: field.id, function: 'sum' } : {};
};

export type NewWidget = ChartForm | 'number' | 'pivot' | 'list' | 'text' | 'control';

const sizes: Record<WidgetKind['type'], [number, number]> = {
  chart: [6, 5],
  number: [3, 3],
  pivot: [6, 6],
  list: [6, 6],
  text: [4, 3],
  control: [3, 2],
};

/** A widget with which somebody can begin. */
export function newWidget(what: NewWidget, table: Table): WidgetInput {
  const kind = newKind(what, table);
  const [w, h] = sizes[kind.type];
  return { x: 0, y: 0, w, h, title: '', ...kind };
}

function newKind(what: NewWidget, table: Table): WidgetKind {
  const choice = first(table, ['choice', 'member', 'checkbox', 'record', 'text']);
  const date = first(table, ['date', 'choice']);
  const by = (field: Field | undefined): Dimension[] => (field ? [usualDimension(field)] : []);
  switch (what) {
    case 'number':
      return { type: 'number', table: table.id, measure: {} };
    case 'pivot':
      return { type: 'pivot', table: table.id, query: { rows: by(choice), measures: [{}] } };
    case 'list':
      return { type: 'list', table: table.id, view: table.views[0]?.id ?? '', limit: 20 };
    case 'text':
      return { type: 'text', text: '' };
    case 'control':
      return { type: 'control', fields: choice ? [{ table: table.id, field: choice.id }] : [] };
    case 'gauge':
      return { type: 'chart', table: table.id, form: what, query: { measures: [{}] }, look: { goal: 100 } };
    case 'line':
    case 'area':
      return { type: 'chart', table: table.id, form: what, query: { rows: by(date), measures: [{}] } };
    case 'heat_map':
      return {
        type: 'chart',
        table: table.id,
        form: what,
        query: { rows: by(date), columns: by(choice === date ? undefined : choice), measures: [{}] },
      };
    case 'combo':
    case 'scatter':
      return {
        type: 'chart',
        table: table.id,
        form: what,
        query: { rows: by(choice), measures: [{}, numberOf(table)] },
      };
    default:
      return { type: 'chart', table: table.id, form: what, query: { rows: by(choice), measures: [{}] } };
  }
}
