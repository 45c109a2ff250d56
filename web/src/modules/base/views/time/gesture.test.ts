import { describe, expect, it } from 'vitest';
import type { ViewRow } from '../../../../data/live-view';
import type { Field } from '../../../../grid/model';
import { dayOf, dayText } from './days';
import { changeOf, type Gesture, type Spot, sameSpot } from './gesture';
import { axisOf, readSpan } from './spans';

const fields: Field[] = [
  { id: 'at', name: 'at', type: 'date', time: true },
  { id: 'until', name: 'until', type: 'date', time: true },
  { id: 'day', name: 'day', type: 'date', time: false },
  { id: 'last', name: 'last', type: 'date', time: false },
];
const times = axisOf(fields, 'at', 'until', 'UTC');
const days = axisOf(fields, 'day', 'last', 'UTC');
if (!times || !days) throw new Error('no axis');

const spot = (text: string, minute: number | null = null): Spot => ({ day: dayOf(text), minute });
const row = (cells: Record<string, string>): ViewRow => ({
  id: 'rec_1',
  cells,
  waiting: undefined,
  deleted: false,
  created: false,
});
const meeting = row({ at: '2026-11-20T09:10:00Z', until: '2026-11-20T10:10:00Z' });
const trip = row({ day: '2026-11-20', last: '2026-11-22' });
const move = (of: ViewRow, axis: typeof times, at: Spot): Gesture => {
  const span = readSpan(of.cells, axis);
  if (!span) throw new Error('no span');
  return { kind: 'move', row: of, span, at };
};

describe('dragging', () => {
  it.each([
    [
      'by days',
      move(trip, days, spot('2026-11-21')),
      days,
      spot('2026-11-25'),
      { day: '2026-11-24', last: '2026-11-26' },
    ],
    [
      'to another time, which snaps',
      move(meeting, times, spot('2026-11-20', 560)),
      times,
      spot('2026-11-21', 610),
      { at: '2026-11-21T10:00:00Z', until: '2026-11-21T11:00:00Z' },
    ],
    [
      'from the hours to whole days',
      move(meeting, times, spot('2026-11-20', 560)),
      times,
      spot('2026-11-21'),
      { at: '2026-11-21T09:10:00Z', until: '2026-11-21T10:10:00Z' },
    ],
    [
      'an edge',
      { kind: 'resize', row: meeting, edge: 'end', at: spot('2026-11-20', 610) } as Gesture,
      times,
      spot('2026-11-20', 668),
      { until: '2026-11-20T11:15:00Z' },
    ],
    [
      'what had no date to an hour',
      { kind: 'drop', row: row({}), at: spot('2026-11-20') } as Gesture,
      times,
      spot('2026-11-20', 842),
      { at: '2026-11-20T14:00:00Z', until: '2026-11-20T15:00:00Z' },
    ],
    [
      'what had an end only: it stays',
      { kind: 'drop', row: row({ last: '2026-11-30' }), at: spot('2026-11-20') } as Gesture,
      days,
      spot('2026-11-20'),
      { day: '2026-11-20' },
    ],
    [
      'a new one upwards',
      { kind: 'create', at: spot('2026-11-20', 610) } as Gesture,
      times,
      spot('2026-11-20', 561),
      { at: '2026-11-20T09:15:00Z', until: '2026-11-20T10:15:00Z' },
    ],
    [
      'a new one where it was pressed',
      { kind: 'create', at: spot('2026-11-20', 610) } as Gesture,
      times,
      spot('2026-11-20', 610),
      { at: '2026-11-20T10:00:00Z', until: '2026-11-20T11:00:00Z' },
    ],
    [
      'a new one over days',
      { kind: 'create', at: spot('2026-11-22') } as Gesture,
      days,
      spot('2026-11-20'),
      { day: '2026-11-20', last: '2026-11-22' },
    ],
  ])('%s', (_, gesture, axis, to, change) => expect(changeOf(gesture, axis, to)).toEqual(change));

  it('says when it is somewhere else', () => {
    expect(sameSpot(spot('2026-11-20', 600), spot('2026-11-20', 605))).toBe(true);
    expect(sameSpot(spot('2026-11-20', 600), spot('2026-11-20', 610))).toBe(false);
    expect(sameSpot(spot('2026-11-20', 0), spot('2026-11-20'))).toBe(false);
    expect(sameSpot({ ...spot('2026-11-20'), lane: 'a' }, { ...spot('2026-11-20'), lane: 'b' })).toBe(false);
    expect(dayText(spot('2026-11-20').day)).toBe('2026-11-20');
  });
});
