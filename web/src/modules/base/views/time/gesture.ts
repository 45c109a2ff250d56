/** What dragging over a calendar or a time line makes of records. Pure. */
import type { ViewRow } from '../../../../data/live-view';
import type { Day } from './days';
import { type Axis, type Change, dated, dayMinutes, isLong, moved, placed, resized, type Span, snap } from './spans';

/** What is under the pointer: a day, and the minute of it where hours are drawn. */
export interface Spot {
  day: Day;
  minute: number | null;
  /** The row it is in, where there are rows. */
  lane?: string;
}

export type Gesture =
  | { kind: 'move'; row: ViewRow; span: Span; at: Spot }
  | { kind: 'resize'; row: ViewRow; edge: 'start' | 'end'; at: Spot }
  | { kind: 'drop'; row: ViewRow; at: Spot }
  | { kind: 'create'; at: Spot };

const step = 15;
/** How long something is that is put at a time of day. */
const usual = 60;

const snapped = (minute: number) => Math.max(0, Math.min(dayMinutes - step, snap(minute, step)));

/** Whether it says anything new where the pointer is now. */
export const sameSpot = (a: Spot, b: Spot): boolean =>
  a.day === b.day &&
  a.lane === b.lane &&
  (a.minute === null) === (b.minute === null) &&
  snap(a.minute ?? 0, step) === snap(b.minute ?? 0, step);

/** Cells of the record that is dragged, or of a new one, when the pointer is there. */
export function changeOf(gesture: Gesture, axis: Axis, to: Spot): Change {
  switch (gesture.kind) {
    case 'move': {
      const { row, span, at } = gesture;
      const within = !isLong(span) && at.minute !== null && to.minute !== null;
      const minutes = within ? snap(span.from + (to.minute ?? 0) - (at.minute ?? 0), step) - span.from : 0;
      return moved(row.cells, axis, to.day - at.day, minutes);
    }
    case 'resize': {
      const minute = to.minute === null ? null : snap(to.minute, step);
      return resized(gesture.row.cells, axis, gesture.edge, { day: to.day, minute }, step);
    }
    case 'drop': {
      if (to.minute === null) return dated(gesture.row.cells, axis, to, to);
      const minute = snapped(to.minute);
      return dated(gesture.row.cells, axis, { day: to.day, minute }, { day: to.day, minute: minute + usual });
    }
    case 'create': {
      const { at } = gesture;
      if (at.minute === null || to.minute === null) {
        return placed(axis, { day: at.day, minute: null }, { day: to.day, minute: null });
      }
      const [a, b] = [at.day * dayMinutes + at.minute, to.day * dayMinutes + to.minute];
      const first = Math.floor(Math.min(a, b) / step) * step;
      const last = a === b ? first + usual : Math.max(first + step, Math.ceil(Math.max(a, b) / step) * step);
      return placed(axis, { day: 0, minute: first }, { day: 0, minute: last });
    }
  }
}
