/** Kinds of views: what is set for each, in the shape of the API, and what follows from it. Pure. */
import type { GroupKey, SummaryKey } from '../../../grid/groups/model';
import type { Field } from '../../../grid/model';
import type { SortKey, Table, ViewField } from '../model';

export type CoverFit = 'cover' | 'contain';
export type TimeScale = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A column of cards. */
export interface KanbanColumn {
  /** The choice, person or record its cards have; null for the column of those that have none. */
  value: string | null;
  hidden?: boolean;
  collapsed?: boolean;
  /** How many cards it should have at most. */
  limit?: number;
}

export interface KanbanKind {
  type: 'kanban';
  /** The field whose values are the columns. */
  stack: string | null;
  cover?: string | null;
  fit?: CoverFit;
  /** In order; those not named follow. */
  columns?: KanbanColumn[];
  /** The column of cards without a value is not shown. */
  hide_blank?: boolean;
  /** The number by which cards stand where the view has no sort. */
  order?: string | null;
  /** What is told of each column beside how many there are. */
  sum?: SummaryKey | null;
}

export interface GalleryKind {
  type: 'gallery';
  cover: string | null;
  fit?: CoverFit;
  size?: 'small' | 'medium' | 'large';
}

export interface CalendarKind {
  type: 'calendar';
  start: string | null;
  end?: string | null;
  /** The select that colours records. */
  color?: string | null;
  scale?: 'month' | 'week' | 'day';
}

/** How a task waits for another: which ends hang together, and working days between them. */
export interface Waiting {
  kind: 'finish_to_start' | 'start_to_start' | 'finish_to_finish' | 'start_to_finish';
  lag: number;
}

export interface GanttKind {
  type: 'gantt';
  start: string | null;
  end: string | null;
  progress?: string | null;
  milestone?: string | null;
  predecessors?: string | null;
  waits?: Waiting;
  /** Where a task waits for another otherwise. */
  exceptions?: ({ task: string; predecessor: string } & Waiting)[];
  /** 1 for Monday to 7 for Sunday. */
  working_days: number[];
  holidays?: string[];
  auto_schedule?: boolean;
  scale?: TimeScale;
}

export interface MapKind {
  type: 'map';
  place: string | null;
  title?: string | null;
  /** The select that colours points. */
  color?: string | null;
}

export interface TimelineKind {
  type: 'timeline';
  people: string | null;
  start: string | null;
  end: string | null;
  /** How much each is to do. */
  load?: string | null;
  /** How much somebody has to do in a day at most. */
  limit?: number | null;
  /** The select that colours bars. */
  color?: string | null;
  scale?: TimeScale;
}

export type ViewKind = { type: 'grid' } | KanbanKind | GalleryKind | CalendarKind | GanttKind | MapKind | TimelineKind;
export type KindType = ViewKind['type'];
export type KindOf<T extends KindType> = Extract<ViewKind, { type: T }>;

export const grid: ViewKind = { type: 'grid' };

/** Which fields a setting takes. As far as it is known here, those that it makes sense with; the server refuses the others. */
export const takes = {
  stack: (field: Field) =>
    field.type === 'select' || ((field.type === 'member' || field.type === 'link') && !field.multiple),
  files: (field: Field) => field.type === 'attachment' || (field.type === 'lookup' && field.computed?.type === 'file'),
  date: (field: Field) =>
    field.type === 'date' ||
    field.type === 'created_at' ||
    field.type === 'updated_at' ||
    (field.computed?.type === 'date' && !field.computed.list),
  rank: (field: Field) => field.type === 'number',
  number: (field: Field) => field.type === 'number' || (field.computed?.type === 'number' && !field.computed.list),
  checkbox: (field: Field) => field.type === 'checkbox' || (field.computed?.type === 'bool' && !field.computed.list),
  people: (field: Field) => field.type === 'member' || field.type === 'created_by' || field.type === 'updated_by',
  place: (field: Field) => field.type === 'location' || (field.type === 'lookup' && field.computed?.type === 'place'),
  choice: (field: Field) => field.type === 'select',
  peers: (table: Table) => (field: Field) =>
    (field.type === 'link' || field.type === 'backlink') && field.table === table.id,
} as const;

/** A new view of a kind, set as far as the fields of the table say how. */
export function initialKind(type: KindType, table: Table): ViewKind {
  const first = (fits: (field: Field) => boolean) => table.fields.find(fits)?.id ?? null;
  const dates = table.fields.filter((field) => field.type === 'date').map((field) => field.id);
  const [start = first(takes.date), end = null] = dates;
  switch (type) {
    case 'grid':
      return grid;
    case 'kanban':
      return { type, stack: first(takes.choice) ?? first(takes.stack) };
    case 'gallery':
      return { type, cover: first(takes.files) };
    case 'calendar':
      return { type, start, ...(end ? { end } : {}) };
    case 'gantt':
      return { type, start, end, working_days: [1, 2, 3, 4, 5] };
    case 'map':
      return { type, place: first(takes.place) };
    case 'timeline':
      return { type, people: first((field) => field.type === 'member') ?? first(takes.people), start, end };
  }
}

/** How many fields cards show at first: more are asked for. */
const ON_CARDS = 6;

/** The fields of a new view: on cards the first of the table, without those the kind shows anyway. */
export function initialFields(kind: ViewKind, table: Table): ViewField[] {
  if (kind.type !== 'kanban' && kind.type !== 'gallery') return [];
  const shown = kind.type === 'kanban' ? kind.stack : kind.cover;
  const others = table.fields.slice(1).filter((field) => field.id !== shown);
  return others.map(({ id }, at) => (at < ON_CARDS ? { field: id } : { field: id, hidden: true }));
}

/** What a view asks for beside its filter. */
export interface Asked {
  group: GroupKey[];
  sort: SortKey[];
  summaries: SummaryKey[];
  tree: string | null;
}

/** When the first task of a gantt begins, and when the last one ends. */
function extent({ start, end }: GanttKind, fields: readonly Field[]): SummaryKey[] {
  const there = (id: string | null): id is string => fields.some((field) => field.id === id);
  const last = end && there(end) ? end : start;
  return [
    ...(there(start) ? [{ field: start, function: 'earliest' as const }] : []),
    ...(there(last) ? [{ field: last, function: 'latest' as const }] : []),
  ];
}

/** What is asked for, where the kind of the view says so rather than the view: as the server makes of a saved one. */
export function asked(kind: ViewKind, said: Asked, fields: readonly Field[]): Asked {
  if (kind.type === 'grid') return said;
  if (kind.type === 'gantt') return { ...said, summaries: extent(kind, fields) };
  if (kind.type !== 'kanban') return { ...said, group: [], tree: null };
  const there = (id: string | undefined | null) => fields.some((field) => field.id === id);
  return {
    group: kind.stack && there(kind.stack) ? [{ field: kind.stack, descending: false }] : [],
    sort:
      said.sort.length === 0 && kind.order && there(kind.order)
        ? [{ field: kind.order, descending: false }]
        : said.sort,
    summaries: kind.sum && there(kind.sum.field) ? [kind.sum] : [],
    tree: null,
  };
}
