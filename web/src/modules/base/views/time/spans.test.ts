import { describe, expect, it } from 'vitest';
import type { Field } from '../../../../grid/model';
import { dayOf, dayText } from './days';
import { axisOf, isLong, moved, placed, readSpan, resized, type Span, snap } from './spans';

const date = (id: string, time: boolean, zone?: string): Field => ({
  id,
  name: id,
  type: 'date',
  time,
  ...(zone ? { zone } : {}),
});
const fields: Field[] = [
  date('day', false),
  date('last', false),
  date('at', true),
  date('until', true),
  date('tokyo', true, 'Asia/Tokyo'),
  { id: 'made', name: 'made', type: 'created_at', time: true },
];
const berlin = 'Europe/Berlin';
const axis = (start: string, end?: string, zone = berlin) => {
  const found = axisOf(fields, start, end, zone);
  if (!found) throw new Error('no axis');
  return found;
};
/** `2026-03-29 02:00 – 2026-03-29 03:00`, whole days without times. */
const said = (span: Span | undefined) => {
  if (!span) return undefined;
  const clock = (m: number) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
  if (span.allDay) return `${dayText(span.start)} – ${dayText(span.end)}`;
  return `${dayText(span.start)} ${clock(span.from)} – ${dayText(span.end)} ${clock(span.to)}`;
};

describe('when a record is', () => {
  it.each([
    ['one day', { day: '2026-11-20' }, axis('day'), '2026-11-20 – 2026-11-20'],
    ['days', { day: '2026-11-20', last: '2026-11-23' }, axis('day', 'last'), '2026-11-20 – 2026-11-23'],
    [
      'an end before its start',
      { day: '2026-11-20', last: '2026-11-01' },
      axis('day', 'last'),
      '2026-11-20 – 2026-11-20',
    ],
    ['no start', { last: '2026-11-23' }, axis('day', 'last'), undefined],
    ['a time', { at: '2026-11-20T08:30:00Z' }, axis('at'), '2026-11-20 09:30 – 2026-11-20 10:30'],
    ['a time before midnight', { at: '2026-11-20T22:30:00Z' }, axis('at'), '2026-11-20 23:30 – 2026-11-20 24:00'],
    [
      'a time in another zone',
      { at: '2026-11-20T22:30:00Z', until: '2026-11-21T00:00:00Z' },
      axis('at', 'until', 'Asia/Shanghai'),
      '2026-11-21 06:30 – 2026-11-21 08:00',
    ],
    [
      'until midnight',
      { at: '2026-11-20T20:00:00Z', until: '2026-11-20T23:00:00Z' },
      axis('at', 'until'),
      '2026-11-20 21:00 – 2026-11-20 24:00',
    ],
    [
      'over midnight',
      { at: '2026-11-20T20:00:00Z', until: '2026-11-20T23:30:00Z' },
      axis('at', 'until'),
      '2026-11-20 21:00 – 2026-11-21 00:30',
    ],
    [
      'the hour that summer time skips',
      { at: '2026-03-29T00:30:00Z', until: '2026-03-29T01:30:00Z' },
      axis('at', 'until'),
      '2026-03-29 01:30 – 2026-03-29 03:30',
    ],
    ['the zone of the field', { tokyo: '2026-11-20T16:00:00Z' }, axis('tokyo'), '2026-11-21 01:00 – 2026-11-21 02:00'],
    ['a day in a field with times', { at: '2026-11-20' }, axis('at'), '2026-11-20 – 2026-11-20'],
    ['what is no date', { at: { error: '#VALUE' } }, axis('at'), undefined],
    ['what is no date in words', { at: 'tomorrow at ten' }, axis('at'), undefined],
  ])('%s', (_, cells, along, when) => expect(said(readSpan(cells, along))).toBe(when));

  it('tells what stands with whole days', () => {
    const long = (at: string, until: string) => {
      const span = readSpan({ at, until }, axis('at', 'until'));
      return span && isLong(span);
    };
    expect(long('2026-11-20T08:00:00Z', '2026-11-20T10:00:00Z')).toBe(false);
    expect(long('2026-11-20T21:00:00Z', '2026-11-21T05:00:00Z')).toBe(false);
    expect(long('2026-11-20T21:00:00Z', '2026-11-21T21:00:00Z')).toBe(true);
  });

  it('takes fields of dates only', () => {
    expect(axisOf(fields, 'gone', undefined, berlin)).toBeUndefined();
    expect(axisOf(fields, 'made', 'day', berlin)?.start.writable).toBe(false);
    expect(axisOf(fields, 'day', 'day', berlin)?.end).toBeUndefined();
  });
});

describe('moving', () => {
  it.each([
    ['days', { day: '2026-11-30', last: '2026-12-02' }, axis('day', 'last'), 1, 0, '2026-12-01 – 2026-12-03'],
    ['no end', { day: '2026-11-30' }, axis('day', 'last'), -30, 0, '2026-10-31 – 2026-10-31'],
    [
      'a time by days over the change of the clocks: it stays at nine',
      { at: '2026-03-28T08:00:00Z', until: '2026-03-28T09:00:00Z' },
      axis('at', 'until'),
      1,
      0,
      '2026-03-29 09:00 – 2026-03-29 10:00',
    ],
    [
      'back over it',
      { at: '2026-10-25T08:00:00Z', until: '2026-10-25T09:00:00Z' },
      axis('at', 'until'),
      -1,
      0,
      '2026-10-24 09:00 – 2026-10-24 10:00',
    ],
    [
      'into the hour that is skipped: it lasts as long as before',
      { at: '2026-03-28T01:00:00Z', until: '2026-03-28T02:00:00Z' },
      axis('at', 'until'),
      1,
      0,
      '2026-03-29 03:00 – 2026-03-29 04:00',
    ],
    [
      'a time by minutes over midnight',
      { at: '2026-11-20T22:30:00Z', until: '2026-11-20T22:45:00Z' },
      axis('at', 'until'),
      0,
      45,
      '2026-11-21 00:15 – 2026-11-21 00:30',
    ],
  ])('%s', (_, cells, along, days, minutes, when) =>
    expect(said(readSpan({ ...cells, ...moved(cells, along, days, minutes) }, along))).toBe(when),
  );

  it('keeps seconds, and leaves what has no date alone', () => {
    expect(moved({ at: '2026-11-20T08:00:30Z' }, axis('at'), 1, 15)).toEqual({ at: '2026-11-21T08:15:30.000Z' });
    expect(moved({}, axis('at'), 1, 0)).toEqual({});
  });
});

describe('resizing', () => {
  const days = { day: '2026-11-20', last: '2026-11-22' };
  const hours = { at: '2026-11-20T08:00:00Z', until: '2026-11-20T09:00:00Z' };
  const at = (text: string, minute: number | null = null) => ({ day: dayOf(text), minute });
  it.each([
    ['the end', days, axis('day', 'last'), 'end', at('2026-11-25'), '2026-11-20 – 2026-11-25'],
    ['the end before the start', days, axis('day', 'last'), 'end', at('2026-11-01'), '2026-11-20 – 2026-11-20'],
    ['the start', days, axis('day', 'last'), 'start', at('2026-11-19'), '2026-11-19 – 2026-11-22'],
    [
      'an end there is not',
      { day: '2026-11-20' },
      axis('day', 'last'),
      'end',
      at('2026-11-21'),
      '2026-11-20 – 2026-11-21',
    ],
    ['the time', hours, axis('at', 'until'), 'end', at('2026-11-20', 690), '2026-11-20 09:00 – 2026-11-20 11:30'],
    [
      'to less than a step',
      hours,
      axis('at', 'until'),
      'end',
      at('2026-11-20', 500),
      '2026-11-20 09:00 – 2026-11-20 09:15',
    ],
    [
      'a start beyond the end',
      hours,
      axis('at', 'until'),
      'start',
      at('2026-11-20', 700),
      '2026-11-20 09:45 – 2026-11-20 10:00',
    ],
    ['a time by days', hours, axis('at', 'until'), 'end', at('2026-11-22'), '2026-11-20 09:00 – 2026-11-22 10:00'],
  ] as const)('%s', (_, cells, along, edge, to, when) =>
    expect(said(readSpan({ ...cells, ...resized(cells, along, edge, to) }, along))).toBe(when),
  );

  it('changes one side only', () =>
    expect(Object.keys(resized(days, axis('day', 'last'), 'end', at('2026-11-25')))).toEqual(['last']));
});

describe('placing', () => {
  const at = (text: string, minute: number | null = null) => ({ day: dayOf(text), minute });
  it.each([
    ['a day', axis('day'), at('2026-11-20'), at('2026-11-20'), { day: '2026-11-20' }],
    [
      'days backwards',
      axis('day', 'last'),
      at('2026-11-22'),
      at('2026-11-20'),
      { day: '2026-11-20', last: '2026-11-22' },
    ],
    [
      'a day with times',
      axis('at', 'until'),
      at('2026-11-20'),
      at('2026-11-20'),
      { at: '2026-11-20T08:00:00Z', until: '2026-11-20T09:00:00Z' },
    ],
    [
      'days with times',
      axis('at', 'until'),
      at('2026-11-20'),
      at('2026-11-21'),
      { at: '2026-11-20T08:00:00Z', until: '2026-11-21T17:00:00Z' },
    ],
    [
      'a time',
      axis('at', 'until'),
      at('2026-11-20', 600),
      at('2026-11-20', 645),
      { at: '2026-11-20T09:00:00Z', until: '2026-11-20T09:45:00Z' },
    ],
    ['a computed end', axis('day', 'made'), at('2026-11-20'), at('2026-11-21'), { day: '2026-11-20' }],
  ])('%s', (_, along, from, to, cells) => expect(placed(along, from, to)).toEqual(cells));

  it.each([
    [7, 0],
    [8, 15],
    [607, 600],
  ])('snaps minute %i to %i', (minute, to) => expect(snap(minute)).toBe(to));
});
