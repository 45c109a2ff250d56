import { describe, expect, it } from 'vitest';
import { inColumns, inLanes } from './lanes';

/** `a3-5`: named a, from 3 to 5. */
const read = (text: string) => {
  const [, name = '', start, end] = /^(\w)(\d+)-(\d+)$/.exec(text) ?? [];
  return { name, start: Number(start), end: Number(end) };
};

describe('lanes', () => {
  it.each([
    ['side by side in one', ['a0-1', 'b2-6'], 3, ['a0', 'b0'], [0, 0, 0, 0, 0, 0, 0]],
    ['one under the other', ['a0-3', 'b1-2', 'c3-4', 'd4-4'], 3, ['a0', 'b1', 'c1', 'd0'], [0, 0, 0, 0, 0, 0, 0]],
    ['what is out of sight is left out', ['a7-9'], 3, [], [0, 0, 0, 0, 0, 0, 0]],
    ['too many: the last lane gives way', ['a0-0', 'b0-0', 'c0-0'], 2, ['a0'], [2, 0, 0, 0, 0, 0, 0]],
    [
      'what has no room at first is seen where it has',
      ['a0-0', 'b0-2', 'c0-0'],
      2,
      ['a0', 'b0'],
      [2, 0, 0, 0, 0, 0, 0],
    ],
    ['or until it has none', ['a2-4', 'b3-3', 'c0-3', 'd3-3'], 2, ['a0', 'c1'], [0, 0, 0, 3, 0, 0, 0]],
    ['as many as fit need no room for more', ['a0-0', 'b0-0'], 2, ['a0', 'b1'], [0, 0, 0, 0, 0, 0, 0]],
    ['no room at all', ['a0-1'], 0, [], [1, 1, 0, 0, 0, 0, 0]],
  ])('%s', (_, items, most, placed, hidden) => {
    const lanes = inLanes(items.map(read), 0, 7, most);
    expect(lanes.placed.map((part) => `${part.item.name}${part.lane}`)).toEqual(placed);
    expect(lanes.hidden).toEqual(hidden);
  });

  it('cuts what begins before and ends after', () => {
    const { placed } = inLanes([read('a0-9')], 3, 6, 2);
    expect(placed).toMatchObject([{ from: 3, to: 5, lane: 0 }]);
  });

  it('loses none of thousands, and never has two in one place', () => {
    const items = Array.from({ length: 5000 }, (_, i) => ({ start: (i * 7) % 31, end: ((i * 7) % 31) + (i % 4) }));
    items.sort((a, b) => a.start - b.start);
    const { placed, hidden } = inLanes(items, 0, 31, 6);
    const taken = new Set<string>();
    const shown = new Array<number>(31).fill(0);
    for (const { lane, from, to } of placed) {
      for (let day = from; day <= to; day++) {
        expect(taken.has(`${day} ${lane}`)).toBe(false);
        taken.add(`${day} ${lane}`);
        shown[day] = (shown[day] ?? 0) + 1;
      }
    }
    for (let day = 0; day < 31; day++) {
      const there = items.filter((item) => item.start <= day && item.end >= day).length;
      expect((shown[day] ?? 0) + (hidden[day] ?? 0)).toBe(there);
    }
  });
});

describe('columns', () => {
  const of = (text: string) => {
    const { name, start, end } = read(text);
    return { name, from: start, to: end };
  };
  it.each([
    ['alone', ['a0-10'], 4, ['a 0/1'], []],
    ['one after the other', ['a0-10', 'b10-20'], 4, ['a 0/1', 'b 0/1'], []],
    ['at the same time', ['a0-10', 'b5-20', 'c10-15'], 4, ['a 0/2', 'b 1/2', 'c 0/2'], []],
    ['too many', ['a0-9', 'b0-9', 'c0-9', 'd20-30'], 2, ['a 0/2', 'b 1/2', 'd 0/1'], [{ from: 0, to: 9, hidden: 1 }]],
  ])('%s', (_, items, most, said, crowds) => {
    const { placed, crowds: found } = inColumns(items.map(of), most);
    expect(placed.map((one) => `${one.item.name} ${one.column}/${one.columns}`)).toEqual(said);
    expect(found).toEqual(crowds);
  });
});
