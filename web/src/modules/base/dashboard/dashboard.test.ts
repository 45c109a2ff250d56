import { describe, expect, it } from 'vitest';
import { compacted, differing, fitted, freeSpot, type Placed, withSpot } from './layout';
import { blocksOf, isSafe } from './Markdown';
import { type ChartKind, type Cube, forms, pickOf } from './model';
import { changeOf } from './NumberCard';
import { escaped, optionsOf, type Paint, pressed, type Reading, seriesOf } from './options';
import { pathsOf } from './Pivot';

const at = (id: string, x: number, y: number, w: number, h: number): Placed => ({ id, x, y, w, h });
const overlap = (a: Placed, b: Placed) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('the grid', () => {
  it('keeps widgets within twelve columns', () => {
    expect(fitted({ x: 11, y: -3, w: 4, h: 0 })).toEqual({ x: 8, y: 0, w: 4, h: 1 });
    expect(fitted({ x: -2, y: 5, w: 30, h: 3 })).toEqual({ x: 0, y: 5, w: 12, h: 3 });
  });

  it('moves those away that are covered, and everything up', () => {
    const all = [at('a', 0, 0, 6, 4), at('b', 6, 0, 6, 4), at('c', 0, 4, 12, 2)];
    const moved = withSpot(all, 'b', { x: 0, y: 0, w: 6, h: 4 });
    expect(moved).toEqual([at('a', 0, 4, 6, 4), at('b', 0, 0, 6, 4), at('c', 0, 8, 12, 2)]);
    expect(differing(all, moved).map((one) => one.id)).toEqual(['a', 'b', 'c']);
    expect(compacted([at('a', 0, 7, 3, 2)])).toEqual([at('a', 0, 0, 3, 2)]);
  });

  it('never puts widgets on each other, wherever one is put', () => {
    let all = [at('a', 0, 0, 6, 4), at('b', 6, 0, 6, 2), at('c', 6, 2, 3, 5), at('d', 0, 4, 4, 3)];
    for (let step = 0; step < 200; step++) {
      const one = all[step % all.length] as Placed;
      all = withSpot(all, one.id, { x: (step * 7) % 13, y: (step * 5) % 9, w: 1 + (step % 12), h: 1 + (step % 4) });
      for (const a of all) for (const b of all) expect(a.id !== b.id && overlap(a, b)).toBe(false);
    }
  });

  it('finds the first free place', () => {
    expect(freeSpot([], 6, 4)).toEqual({ x: 0, y: 0, w: 6, h: 4 });
    expect(freeSpot([at('a', 0, 0, 6, 4)], 6, 4)).toEqual({ x: 6, y: 0, w: 6, h: 4 });
    expect(freeSpot([at('a', 0, 0, 8, 4)], 6, 4)).toEqual({ x: 0, y: 4, w: 6, h: 4 });
  });
});

const group = (value: unknown, label: string, other?: number) => ({ value, label, ...(other ? { other } : {}) });
const cube: Cube = {
  count: 9,
  rows: [{ field: 'f', groups: [group('a', 'A'), group(null, '', 3)] }],
  columns: [{ field: 'g', groups: [group('x', 'X'), group('y', 'Y')] }],
  cells: [
    { at: [null, null], count: 9, values: [9, 90] },
    { at: [0, null], count: 5, values: [5, 50] },
    { at: [1, null], count: 4, values: [4, 40] },
    { at: [null, 0], count: 5, values: [5, 50] },
    { at: [null, 1], count: 4, values: [4, 40] },
    { at: [0, 0], count: 5, values: [5, 50] },
    { at: [1, 1], count: 4, values: [4, null] },
  ],
};
const reading: Reading = {
  rows: ['A', '3 others'],
  columns: ['X', 'Y'],
  measures: ['Records', 'Sum'],
  told: (_, value) => String(value),
};
const paint: Paint = { text: '#000', faint: '#555', line: '#ddd', paper: '#fff', series: ['#00f'] };
const chart = (form: ChartKind['form']): ChartKind => ({
  type: 'chart',
  table: 't',
  form,
  query: { rows: [{ field: 'f' }], columns: [{ field: 'g' }], measures: [{}, { field: 'n', function: 'sum' }] },
});

describe('charts', () => {
  it('have a series for each column and measure, with gaps where there are no records', () => {
    expect(seriesOf(cube, reading)).toEqual([
      { name: 'X · Records', measure: 0, column: 0, values: [5, null] },
      { name: 'X · Sum', measure: 1, column: 0, values: [50, null] },
      { name: 'Y · Records', measure: 0, column: 1, values: [null, 4] },
      { name: 'Y · Sum', measure: 1, column: 1, values: [null, null] },
    ]);
  });

  it.each(forms.filter((form) => form !== 'word_cloud'))('are drawn as %s, also of nothing', (form) => {
    expect(optionsOf(chart(form), cube, reading, paint)).toHaveProperty('series');
    const nothing: Cube = { count: 0, rows: [{ field: 'f', groups: [] }], columns: [], cells: [] };
    expect(optionsOf(chart(form), nothing, { ...reading, rows: [], columns: [] }, paint)).toHaveProperty('series');
  });

  it('lead from a part to its groups', () => {
    expect(pressed(chart('column'), cube, { seriesIndex: 2, dataIndex: 1 })).toEqual({ row: 1, column: 1 });
    expect(pressed(chart('scatter'), cube, { seriesIndex: 1, dataIndex: 0 })).toEqual({ row: 0, column: 1 });
    expect(pressed(chart('heat_map'), cube, { value: [1, 0, 4] })).toEqual({ row: 1, column: 0 });
    expect(pressed(chart('gauge'), cube, { dataIndex: 0 })).toEqual({ row: null, column: null });
    expect(pickOf(cube.rows[0]?.groups[1])).toEqual({ other: true });
    expect(pickOf(cube.rows[0]?.groups[0])).toEqual({ value: 'a' });
  });

  it('say texts of records as texts', () => {
    expect(escaped('<img src=x onerror="1">&')).toBe('&#60;img src=x onerror=&#34;1&#34;&#62;&#38;');
  });
});

it('pivot tables have a line for each group that has records, the total last', () => {
  expect(pathsOf(cube, 'rows', 0)).toEqual([[0], [1], []]);
  expect(pathsOf(cube, 'columns', 1)).toEqual([[0], [1], []]);
});

it('a change is told as a share of what was before', () => {
  expect(changeOf(10, 15)).toBe(0.5);
  expect(changeOf(-10, -15)).toBe(-0.5);
  expect(changeOf(0, 5)).toBe(null);
  expect(changeOf(null, 5)).toBe(null);
});

describe('texts in Markdown', () => {
  it('are cut into blocks', () => {
    const text = '# Head\n\nOne\ntwo\n\n- a\n- b\n1. c\n> said\n---\n```\n<b>\n```\nlast';
    expect(blocksOf(text)).toEqual([
      { as: 'head', level: 1, text: 'Head' },
      { as: 'text', lines: ['One', 'two'] },
      { as: 'list', ordered: false, items: ['a', 'b'] },
      { as: 'list', ordered: true, items: ['c'] },
      { as: 'quote', lines: ['said'] },
      { as: 'rule' },
      { as: 'code', text: '<b>' },
      { as: 'text', lines: ['last'] },
    ]);
  });

  it.each([
    ['https://example.com', true],
    ['/drive', true],
    ['mailto:a@example.com', true],
    ['javascript:alert(1)', false],
    ['//example.com', false],
    ['data:text/html,x', false],
  ])('lead to %s: %s', (address, safe) => {
    expect(isSafe(address)).toBe(safe);
  });
});
