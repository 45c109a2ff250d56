import { describe, expect, it } from 'vitest';
import { dayOf, dayText } from '../time/days';
import type { Timed } from '../time/useTimeRows';
import { blocksAround, bucketsOf, byPerson, handed, loadOf, marksOf, rowOf } from './model';

const timed = (id: string, from: string, to: string, cells: Record<string, unknown> = {}): Timed => ({
  row: { id, cells, waiting: undefined, deleted: false, created: false },
  span: { start: dayOf(from), end: dayOf(to), allDay: true, from: 0, to: 1440 },
});
const [from, to] = [dayOf('2026-11-16'), dayOf('2026-11-23')];
const week = bucketsOf(from, to, 'week', 1);

describe('people', () => {
  const all = [
    timed('late', '2026-11-20', '2026-11-20', { who: ['a'] }),
    timed('both', '2026-11-17', '2026-11-18', { who: ['a', 'b'] }),
    timed('none', '2026-11-17', '2026-11-18'),
    timed('long', '2026-11-17', '2026-11-25', { who: ['a'] }),
  ];
  it('have what they do, in order; what nobody does is told, too', () => {
    const rows = byPerson(all, 'who');
    const ids = (person: string) => rows.get(person)?.map(({ row }) => row.id);
    expect([ids('a'), ids('b'), ids('')]).toEqual([['long', 'both', 'late'], ['both'], ['none']]);
  });

  it('have as many lanes as are needed at once', () => {
    const row = rowOf('a', byPerson(all, 'who').get('a') ?? [], from, to);
    expect(row.lanes).toBe(2);
    expect(row.placed.map(({ item, lane }) => `${item.one.row.id} ${lane}`)).toEqual(['long 0', 'both 1', 'late 1']);
    expect(rowOf('x', [], from, to).lanes).toBe(1);
    const crowd = Array.from({ length: 50 }, (_, i) => timed(`${i}`, '2026-11-17', '2026-11-17'));
    expect(rowOf('x', crowd, from, to)).toMatchObject({ lanes: 29, hidden: 21 });
  });

  it.each([
    [['a'], 'a', 'b', false, ['b']],
    [['a'], 'a', '', false, null],
    [null, '', 'b', false, ['b']],
    [['a', 'c'], 'a', 'b', true, ['c', 'b']],
    [['a', 'b'], 'a', 'b', true, ['b']],
    [['a', 'b'], 'a', '', true, ['b']],
    [['a'], '', 'b', true, ['a', 'b']],
  ])('hand %j on from %s to %s', (people, one, other, multiple, left) =>
    expect(handed(people, one, other, multiple)).toEqual(left),
  );
});

describe('how much there is to do', () => {
  const items = [
    timed('a', '2026-11-16', '2026-11-19', { hours: 8 }),
    timed('b', '2026-11-19', '2026-11-19', { hours: 3 }),
    timed('c', '2026-11-19', '2026-11-30'),
  ];
  it('counts, or spreads a number over days', () => {
    expect(loadOf(items, week, undefined, 2).map(({ amount }) => amount)).toEqual([1, 1, 1, 3, 1, 1, 1]);
    expect(loadOf(items, week, 'hours', 4).map(({ amount }) => amount)).toEqual([2, 2, 2, 5, 0, 0, 0]);
  });

  it.each([
    [undefined, 2, [false, false, false, true, false, false, false]],
    ['hours', 5, [false, false, false, false, false, false, false]],
    ['hours', 1, [true, true, true, true, false, false, false]],
    [undefined, null, [false, false, false, false, false, false, false]],
  ])('says where there is more of %s than %s', (field, limit, over) =>
    expect(loadOf(items, week, field, limit).map((load) => load.over)).toEqual(over),
  );

  it('counts each once in a week, which is too much when one of its days is', () => {
    const weeks = bucketsOf(from, to + 7, 'month', 1);
    expect(loadOf(items, weeks, undefined, 2).map(({ amount, over }) => [amount, over])).toEqual([
      [3, true],
      [1, false],
    ]);
  });

  it('is not over a limit by what floating numbers add', () => {
    const thirds = [1, 2, 3].map((n) => timed(`${n}`, '2026-11-16', '2026-11-18', { hours: 0.1 * 3 }));
    expect(loadOf(thirds, week, 'hours', 0.3).some(({ over }) => over)).toBe(false);
  });
});

describe('time', () => {
  const said = (list: readonly { from: number; to: number }[]) =>
    list.map((mark) => `${dayText(mark.from)} ${mark.to - mark.from}`);
  it.each([
    ['week', ['2026-11-28 3', '2026-12-01 1'], ['2026-11-28 1', '2026-11-29 1', '2026-11-30 1', '2026-12-01 1']],
    ['month', ['2026-11-28 3', '2026-12-01 1'], ['2026-11-28 2', '2026-11-30 2']],
    ['year', ['2026-11-28 4'], ['2026-11-28 3', '2026-12-01 1']],
  ] as const)('has marks by %s', (scale, above, below) => {
    const marks = marksOf(dayOf('2026-11-28'), dayOf('2026-12-02'), scale, 1);
    expect([said(marks.above), said(marks.below)]).toEqual([above, below]);
  });

  it.each([
    ['quarter', ['2026-11-23 7', '2026-11-30 7']],
    ['year', ['2026-11-01 30', '2026-12-01 31']],
  ] as const)('tells amounts by %s in', (scale, buckets) => {
    const found = bucketsOf(dayOf('2026-11-28'), dayOf('2026-12-02'), scale, 1);
    expect(said(found.map(([a, b]) => ({ from: a, to: b })))).toEqual(buckets);
  });

  it('is asked for in blocks that hold what is in sight while one goes on', () => {
    const at = dayOf('2026-11-20');
    const block = blocksAround(at, 30);
    for (let day = at; blocksAround(day, 30).from === block.from; day++) {
      expect(block.from).toBeLessThanOrEqual(day);
      expect(block.to).toBeGreaterThanOrEqual(day + 30);
    }
  });
});
