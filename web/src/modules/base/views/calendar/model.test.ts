import { describe, expect, it } from 'vitest';
import { dayOf, dayText } from '../time/days';
import type { Span } from '../time/spans';
import type { Timed } from '../time/useTimeRows';
import { inOrder, onDay, partOn, placedAmong, shownDays, stepped, titleOf, whenText } from './model';

const day = dayOf('2026-11-20');
const span = (start: string, end = start, from?: number, to?: number): Span => ({
  start: dayOf(start),
  end: dayOf(end),
  allDay: from === undefined,
  from: from ?? 0,
  to: to ?? 1440,
});
const timed = (id: string, when: Span): Timed => ({
  row: { id, cells: {}, waiting: undefined, deleted: false, created: false },
  span: when,
});

describe('what is shown', () => {
  it.each([
    ['month', '2026-10-26', '2026-12-07', 'November 2026', '2026-12-20'],
    ['week', '2026-11-16', '2026-11-23', '16–22 Nov 2026', '2026-11-27'],
    ['day', '2026-11-20', '2026-11-21', 'Friday, 20 November 2026', '2026-11-21'],
  ] as const)('of a %s', (scale, from, to, title, next) => {
    const shown = shownDays(day, scale, 1);
    expect([dayText(shown.from), dayText(shown.to)]).toEqual([from, to]);
    expect(titleOf(day, scale, 1, 'en').replace(/\s*–\s*/, '–')).toBe(title);
    expect(dayText(stepped(day, scale, 1))).toBe(next);
  });

  it.each([
    ['month', '2026年11月'],
    ['day', '2026年11月20日星期五'],
  ] as const)('of a %s in Chinese', (scale, title) => expect(titleOf(day, scale, 1, 'zh-CN')).toBe(title));
});

describe('in a day', () => {
  const all = [
    timed('late', span('2026-11-20', '2026-11-20', 900, 960)),
    timed('early', span('2026-11-20', '2026-11-20', 540, 600)),
    timed('whole', span('2026-11-20')),
    timed('days', span('2026-11-20', '2026-11-22')),
    timed('before', span('2026-11-18', '2026-11-20')),
    timed('over', span('2026-11-19', '2026-11-20', 1320, 60)),
    timed('after', span('2026-11-21')),
  ];
  const names = (list: readonly Timed[]) => list.map(({ row }) => row.id);

  it('stands what began before, what lasts, then what has a time', () =>
    expect(names(onDay(inOrder(all), day))).toEqual(['before', 'over', 'days', 'whole', 'early', 'late']));

  it('puts one that is dragged where it belongs', () => {
    const to = timed('early', span('2026-11-20', '2026-11-20', 1000, 1060));
    expect(names(onDay(placedAmong(inOrder(all), to), day))).toEqual([
      'before',
      'over',
      'days',
      'whole',
      'late',
      'early',
    ]);
    expect(names(placedAmong([], to))).toEqual(['early']);
  });

  it('has the part that is on it', () => {
    const over = span('2026-11-19', '2026-11-20', 1320, 60);
    expect(partOn(over, day - 1)).toEqual({ from: 1320, to: 1440 });
    expect(partOn(over, day)).toEqual({ from: 0, to: 60 });
  });

  it.each([
    [span('2026-11-20'), '20 Nov 2026'],
    [span('2026-11-20', '2026-11-20', 540, 600), '20 Nov 2026 09:00–10:00'],
    [span('2026-11-19', '2026-11-20', 1320, 60), '19 Nov 2026 22:00 – 20 Nov 2026 01:00'],
  ])('says when', (when, text) => expect(whenText(when, 'en')).toBe(text));
});
