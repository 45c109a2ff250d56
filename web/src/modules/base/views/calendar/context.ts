/** What every part of a calendar needs of the whole. */
import { createContext, type KeyboardEvent, type MouseEvent, useContext } from 'react';
import type { ViewRow } from '../../../../data/live-view';
import type { Locale } from '../../../../grid/format';
import type { Field } from '../../../../grid/model';
import type { Day } from '../time/days';
import type { Tone } from '../time/tone';
import type { Timed } from '../time/useTimeRows';

export interface CalendarParts {
  title: Field;
  fields: readonly Field[];
  locale: Locale;
  /** The weekday that weeks begin with. */
  first: number;
  today: Day;
  /** The day that has the focus. */
  cursor: Day;
  record: string | undefined;
  /** The record that is being dragged. */
  dragged: string | undefined;
  mayMove: boolean;
  mayCreate: boolean;
  /** Which ends of records can be dragged. */
  edges: { start: boolean; end: boolean };
  tone: (row: ViewRow) => Tone;
  onOpen: (record: string) => void;
  onMenu: (event: MouseEvent, row: ViewRow) => void;
  onKey: (event: KeyboardEvent, timed: Timed) => void;
  /** Shows all of a day at a place. */
  onMore: (day: Day, at: DOMRect) => void;
  onDay: (day: Day) => void;
  onCreate: (day: Day, minute: number | null) => void;
}

export const CalendarContext = createContext<CalendarParts | null>(null);

export function useCalendar(): CalendarParts {
  const parts = useContext(CalendarContext);
  if (!parts) throw new Error('no calendar around it');
  return parts;
}
