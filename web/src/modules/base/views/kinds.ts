/**
 * The kinds of views: what each is called, its sign, the component that draws it and the panel that sets it. A kind is offered once
 * it has a component. Each loads its own.
 */
import {
  type Icon,
  IconCalendar,
  IconChartBar,
  IconLayoutGrid,
  IconLayoutKanban,
  IconMap2,
  IconTable,
  IconTimeline,
} from '@tabler/icons-react';
import { type ComponentType, lazy } from 'react';
import type { LiveView } from '../../../data/live-view';
import type { Locale } from '../../../grid/format';
import type { CellValue, Field } from '../../../grid/model';
import type { FieldInput } from '../api';
import type { Base, Table, View } from '../model';
import type { useRecords } from '../useRecords';
import type { ViewState } from '../useViewState';
import type { KindOf, KindType } from './model';

/** What is done with a record wherever it is shown. */
export interface RecordActions {
  /** Opens its panel. `near`: the rows it stands among, for the way to the next one. */
  open: (record: string, near?: LiveView) => void;
  copyLink: (record: string) => void;
  /** Makes another with the same cells. */
  duplicate: (record: string, cells: Readonly<Record<string, unknown>>) => void;
  remove: (records: readonly string[]) => void;
}

/** What a component that draws a kind of view gets. Toolbar, record panel and dialogs are around it. */
export interface KindProps<T extends KindType = KindType> {
  base: Base;
  table: Table;
  view: View;
  /** What is set, as this member sees it. */
  kind: KindOf<T>;
  onKind: (kind: KindOf<T>) => void;
  state: ViewState;
  /** The field records are called by. */
  title: Field;
  /** The other fields that are shown, in order. */
  fields: readonly Field[];
  /** The rows of the view, and the way to change records. With `folded` in the registry, the heads of its groups. */
  live: LiveView;
  records: ReturnType<typeof useRecords>;
  actions: RecordActions;
  /** Makes a record with these cells and those the filter asks for. What must be said else is asked; then it gives no id. */
  create: (cells: Record<string, CellValue>) => string | undefined;
  /** The record whose panel is open. */
  record: string | undefined;
  editable: boolean;
  locale: Locale;
}

/** What a panel of settings gets. */
export interface SettingsProps<T extends KindType = KindType> {
  table: Table;
  kind: KindOf<T>;
  onKind: (kind: KindOf<T>) => void;
  /** Makes a field that the view does not show, and gives its id. */
  createField: (input: FieldInput) => Promise<string | undefined>;
}

interface Kind<T extends KindType> {
  icon: Icon;
  View?: ComponentType<KindProps<T>>;
  Settings?: ComponentType<SettingsProps<T>>;
  /** Of its groups only the heads are asked for; it opens windows of its own onto what is in them. */
  folded?: boolean;
  /** That there are no records is said over all of it. */
  covered?: boolean;
  /** Which tools of the toolbar make sense. */
  tools?: { group?: boolean; sort?: boolean };
}

/** In the order in which they are offered. */
export const kinds: { readonly [T in KindType]: Kind<T> } = {
  grid: { icon: IconTable },
  kanban: {
    icon: IconLayoutKanban,
    View: lazy(() => import('./kanban/Kanban')),
    Settings: lazy(() => import('./kanban/KanbanSettings')),
    folded: true,
  },
  gallery: {
    icon: IconLayoutGrid,
    View: lazy(() => import('./gallery/Gallery')),
    Settings: lazy(() => import('./gallery/GallerySettings')),
    covered: true,
  },
  calendar: {
    icon: IconCalendar,
    View: lazy(() => import('./calendar/Calendar')),
    Settings: lazy(() => import('./calendar/CalendarSettings')),
  },
  gantt: {
    icon: IconChartBar,
    View: lazy(() => import('./gantt/Gantt')),
    Settings: lazy(() => import('./gantt/GanttSettings')),
    tools: { group: true },
  },
  map: { icon: IconMap2 },
  timeline: {
    icon: IconTimeline,
    View: lazy(() => import('./timeline/Timeline')),
    Settings: lazy(() => import('./timeline/TimelineSettings')),
  },
};

/** Whether something draws it that is not the grid. */
export const isDrawn = (type: KindType): boolean => kinds[type]?.View !== undefined;

export const offered = (Object.keys(kinds) as KindType[]).filter((type) => type === 'grid' || isDrawn(type));
