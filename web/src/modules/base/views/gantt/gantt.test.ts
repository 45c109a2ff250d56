import { describe, expect, it } from 'vitest';
import type { Field } from '../../../../grid/model';
import type { GanttKind } from '../model';
import { arrow, endsOf, kindOf } from './arrows';
import { civil, dayOf, daysOff, isoDay, parseDay, spanOf, startOf, ticks, weekday } from './axis';
import { type Bar, barOf, cellsOn, clampDays, draggedBar, draggedCells, type GanttFields, gripsOf } from './bars';
import { boxOf, columnsOf, linesOf, waitsOf } from './layout';
import { extentOf } from './useAxis';
import { waitingKinds } from './WaitMenu';
import { waitingOf, withoutWaiting, withWaiting } from './waits';

const day = (text: string) => parseDay(text) ?? Number.NaN;

describe('the axis', () => {
  it('counts days', () => {
    expect(dayOf(1970, 1, 1)).toBe(0);
    expect(civil(day('2026-11-22'))).toEqual({ year: 2026, month: 11, day: 22 });
    expect(isoDay(day('2024-02-29') + 1)).toBe('2024-03-01');
    expect(weekday(day('2026-11-22'))).toBe(6);
    expect(weekday(-4)).toBe(6);
    expect(parseDay('22.11.2026')).toBeUndefined();
  });

  it.each([
    ['day', '2026-11-18', '2026-11-19'],
    ['week', '2026-11-16', '2026-11-23'],
    ['month', '2026-11-01', '2026-12-01'],
    ['quarter', '2026-10-01', '2027-01-01'],
    ['year', '2026-01-01', '2027-01-01'],
  ] as const)('knows where a %s begins and the next', (unit, first, next) => {
    expect(isoDay(startOf(unit, day('2026-11-18')))).toBe(first);
    expect(isoDay(startOf(unit, day('2026-11-18'), 1))).toBe(next);
  });

  it('covers what is in sight with columns that join', () => {
    for (const scale of ['day', 'week', 'month', 'quarter', 'year'] as const) {
      const [from, to] = [day('2026-11-18'), day('2027-03-02')];
      for (const tier of Object.values(ticks(scale, from, to)).filter((one) => one.length > 0)) {
        expect(tier[0]?.from).toBeLessThanOrEqual(from);
        expect(tier.at(-1)?.to).toBeGreaterThanOrEqual(to);
        for (const [at, tick] of tier.slice(1).entries()) expect(tick.from).toBe(tier[at]?.to);
      }
    }
  });

  it('spans whole years around what there is', () => {
    const { from, to } = spanOf([day('2020-05-05')], day('2026-11-22'));
    expect([isoDay(from), isoDay(to)]).toEqual(['2018-01-01', '2029-01-01']);
  });

  it('shades weekends and holidays', () => {
    const off = daysOff(day('2026-11-16'), day('2026-11-25'), [1, 2, 3, 4, 5], new Set([day('2026-11-23')]));
    expect(off.map(({ from, to }) => [isoDay(from), to - from])).toEqual([['2026-11-21', 3]]);
  });

  it('reads how far tasks reach', () => {
    expect(extentOf(['2026-11-16', '2026-11-20T10:00:00Z'])).toEqual({
      from: day('2026-11-16'),
      to: day('2026-11-21'),
    });
    expect(extentOf([null, null])).toBeUndefined();
    expect(extentOf(undefined)).toBeUndefined();
  });
});

const date = (id: string, time = false): Field => ({
  id,
  name: id,
  type: 'date',
  time,
  ...(time ? { zone: 'Europe/Berlin' } : {}),
});
const progress: Field = { id: 'progress', name: 'progress', type: 'number', precision: 0, thousands: false };
const milestone: Field = { id: 'milestone', name: 'milestone', type: 'checkbox' };
const fields: GanttFields = { start: date('start'), end: date('end'), progress, milestone, predecessors: undefined };
const timed: GanttFields = { ...fields, start: date('start', true), end: date('end', true) };

describe('bars', () => {
  it('reach to the end of the last day', () => {
    const cells = { start: '2026-11-16', end: '2026-11-18', progress: 0.5 };
    expect(barOf(cells, fields, 'UTC')).toEqual({
      from: day('2026-11-16'),
      to: day('2026-11-19'),
      milestone: false,
      progress: 0.5,
    });
    expect(barOf({}, fields, 'UTC')).toBeUndefined();
    expect(barOf({ start: { error: '#DIV/0' } }, fields, 'UTC')).toBeUndefined();
    const one = { from: day('2026-11-16'), to: day('2026-11-17') };
    expect(barOf({ start: '2026-11-16' }, fields, 'UTC')).toMatchObject(one);
    expect(barOf({ end: '2026-11-16' }, fields, 'UTC')).toMatchObject(one);
    expect(barOf({ start: '2026-11-16', end: '2026-11-02' }, fields, 'UTC')).toMatchObject(one);
    expect(barOf({ start: '2026-11-12', end: '2026-11-16', milestone: true }, fields, 'UTC')).toMatchObject(one);
  });

  it('show times in the zone of the field', () => {
    const cells = { start: '2026-11-16T05:00:00Z', end: '2026-11-16T23:00:00Z' };
    expect(barOf(cells, timed, 'Asia/Tokyo')).toMatchObject({ from: day('2026-11-16') + 0.25, to: day('2026-11-17') });
  });

  it('are dragged by days, and last one at least', () => {
    const bar: Bar = { from: 10, to: 13, milestone: false, progress: undefined };
    expect([clampDays('start', bar, 9), clampDays('end', bar, -9), clampDays('move', bar, -9)]).toEqual([2, -2, -9]);
    expect(draggedBar(bar, 'start', 2)).toMatchObject({ from: 12, to: 13 });
    expect(draggedBar(bar, 'move', -1)).toMatchObject({ from: 9, to: 12 });
    expect(draggedBar(bar, 'progress', 4)).toBe(bar);
  });

  it('write what was dragged', () => {
    const cells = { start: '2026-11-16', end: '2026-11-18' };
    const bar = barOf(cells, fields, 'UTC') as Bar;
    const write = (grip: 'move' | 'start' | 'end', days: number, from: Record<string, string> = cells) =>
      draggedCells(from, fields, bar, { grip, days }, 'UTC');
    expect(write('move', 14)).toEqual({ start: '2026-11-30', end: '2026-12-02' });
    expect(write('start', -1)).toEqual({ start: '2026-11-15' });
    expect(write('end', 1)).toEqual({ end: '2026-11-19' });
    expect(write('end', 1, { start: '2026-11-16' })).toEqual({ end: '2026-11-19' });
    expect(write('move', 1, { start: '2026-11-16' })).toEqual({ start: '2026-11-17' });
    expect(write('move', 0)).toEqual({});
  });

  it('keep the time of day over a change of clocks', () => {
    const cells = { start: '2026-10-23T07:00:00Z', end: '2026-10-23T15:00:00Z' };
    const bar = barOf(cells, timed, 'UTC') as Bar;
    expect(draggedCells(cells, timed, bar, { grip: 'move', days: 3 }, 'UTC')).toEqual({
      start: '2026-10-26T08:00:00Z',
      end: '2026-10-26T16:00:00Z',
    });
  });

  it('are put on days', () => {
    const [first, last] = [day('2026-11-16'), day('2026-11-17')];
    expect(cellsOn(fields, first, last, 'UTC')).toEqual({ start: '2026-11-16', end: '2026-11-17' });
    expect(cellsOn(timed, first, last, 'UTC')).toEqual({ start: '2026-11-15T23:00:00Z', end: '2026-11-17T23:00:00Z' });
  });

  it('offer what can be written', () => {
    const computed: Field = { id: 'end', name: 'end', type: 'formula', formula: '[start]' };
    expect([...gripsOf(fields, false)]).toEqual(['move', 'start', 'end', 'progress']);
    expect([...gripsOf(fields, true)]).toEqual(['move']);
    expect([...gripsOf({ ...fields, end: computed, progress: undefined }, false)]).toEqual(['move']);
    expect([...gripsOf({ ...fields, start: computed, progress: undefined }, false)]).toEqual(['end']);
  });
});

describe('what waits', () => {
  const kind: GanttKind = { type: 'gantt', start: 'start', end: 'end', predecessors: 'after', working_days: [1] };

  it('is usual until something else is said', () => {
    expect(waitingOf(kind, 'b', 'a')).toEqual({ kind: 'finish_to_start', lag: 0 });
    const otherwise = withWaiting(kind, 'b', 'a', { kind: 'start_to_start', lag: 2 });
    expect(waitingOf(otherwise, 'b', 'a')).toEqual({ kind: 'start_to_start', lag: 2 });
    expect(waitingOf(otherwise, 'c', 'a')).toEqual({ kind: 'finish_to_start', lag: 0 });
    expect(withWaiting(otherwise, 'b', 'a', { kind: 'finish_to_start', lag: 0 }).exceptions).toEqual([]);
    expect(withoutWaiting(otherwise, 'b', 'a').exceptions).toEqual([]);
  });

  it('has arrows between the ends it is about', () => {
    const [from, to] = [
      { left: 0, right: 50, y: 18 },
      { left: 100, right: 150, y: 54 },
    ];
    for (const one of waitingKinds) {
      const ends = endsOf(one);
      expect(kindOf(ends.from, ends.to)).toBe(one);
      const { path, head } = arrow(from, to, one, 36);
      expect(path.startsWith(`M${ends.from === 'end' ? 50 : 0} 18H`)).toBe(true);
      expect(head.startsWith(`M${ends.to === 'start' ? 100 : 150} 54`)).toBe(true);
    }
    // One that lies before the other is gone around.
    expect(arrow(to, from, 'finish_to_start', 36).path).toBe('M150 54H160V36H-10V18H-5');
  });

  it('is drawn where one of the two is in sight', () => {
    const row = (id: string, after: string[] = []) => ({
      id,
      cells: { after: after.map((one) => ({ id: one, text: one })) },
      waiting: undefined,
      deleted: false,
      created: false,
    });
    const rows = [row('a'), row('b', ['a']), row('c', ['b', 'gone', 'c']), row('d', ['c'])];
    const bar: Bar = { from: 1, to: 2, milestone: false, progress: undefined };
    const lines = linesOf({ total: 4, row: (index) => rows[index] }, 0, 9, () => bar, null);
    const waits = waitsOf(lines, { from: 0, to: 2 }, kind, (line) => boxOf(line, 0, 10), new Set(['a', 'b']));
    expect(waits.map(({ predecessor, task, critical }) => [predecessor, task, critical])).toEqual([
      ['a', 'b', true],
      ['b', 'c', false],
    ]);
  });
});

it('gives a phone no more than the names', () => {
  expect(columnsOf('title', ['a', 'b', 'c'], 1200).usual).toBe(240 + 2 * 116);
  expect(columnsOf('title', ['a'], 360).usual).toBe(132);
});
