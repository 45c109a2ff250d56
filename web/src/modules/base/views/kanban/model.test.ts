import { describe, expect, it } from 'vitest';
import type { Field } from '../../../../grid/model';
import type { KanbanKind } from '../model';
import {
  belongs,
  ColumnLines,
  cellFor,
  columnsOf,
  type Head,
  idIn,
  inOrder,
  type Move,
  valuesOf,
  withColumn,
} from './model';

const choice = (id: string) => ({ id, name: id.toUpperCase(), color: 'blue' as const });
const state: Field = { id: 'f', name: 'State', type: 'select', choices: [choice('a'), choice('b'), choice('c')] };
const owner: Field = { id: 'f', name: 'Owner', type: 'member', multiple: false };
const parent: Field = { id: 'f', name: 'Parent', type: 'link', table: 't', multiple: false };
const head = (value: unknown, count: number, told?: unknown): Head => ({
  path: [value],
  label: String(value),
  count,
  ...(told === undefined ? {} : { summaries: [told] }),
});
const kanban = (part: Partial<KanbanKind> = {}): KanbanKind => ({ type: 'kanban', stack: 'f', ...part });
const nameless = () => undefined;

describe('the order of columns', () => {
  it.each<[string, KanbanKind, Field, Head[], (string | null)[]]>([
    ['is that of the choices, none last', kanban(), state, [], ['a', 'b', 'c', null]],
    [
      'is as it is said, with the others after',
      kanban({ columns: [{ value: 'c' }, { value: null }] }),
      state,
      [],
      ['c', null, 'a', 'b'],
    ],
    ['knows no choices that are gone', kanban({ columns: [{ value: 'x' }] }), state, [], ['a', 'b', 'c', null]],
    ['of people is that of the groups', kanban(), owner, [head(['m2'], 1), head(['m1'], 2)], ['m2', 'm1', null]],
    [
      'keeps people without cards',
      kanban({ columns: [{ value: 'm9' }] }),
      owner,
      [head(['m1'], 1)],
      ['m9', 'm1', null],
    ],
    ['has none once', kanban(), owner, [head(null, 3), head(['m1'], 1)], ['m1', null]],
  ])('%s', (_, kind, field, heads, expected) => {
    expect(valuesOf(kind, field, heads)).toEqual(expected);
  });
});

it('tells counts and sums, and which columns are hidden', () => {
  const kind = kanban({
    columns: [
      { value: 'b', hidden: true },
      { value: 'a', limit: 2 },
    ],
    hide_blank: true,
  });
  const { shown, hidden } = columnsOf(kind, state, [head('a', 3, 12), head(null, 1)], nameless);
  expect(shown.map(({ key, label, count, told, limit }) => [key, label, count, told, limit])).toEqual([
    ['a', 'A', 3, 12, 2],
    ['c', 'C', 0, undefined, undefined],
  ]);
  expect(hidden.map(({ key }) => key)).toEqual(['b', 'none']);
});

it('calls people and records by their names, else as the group is called', () => {
  const { shown } = columnsOf(kanban(), owner, [head(['m1'], 1), head(['m2'], 1)], (id) =>
    id === 'm1' ? 'Ada' : undefined,
  );
  expect(shown.map(({ label }) => label)).toEqual(['Ada', 'm2', '']);
  expect(shown.map(({ path }) => path)).toEqual([[['m1']], [['m2']], [null]]);
});

it('writes the cell of a column and knows whose cards are its own', () => {
  const column = { value: 'a', label: 'A' };
  expect(cellFor(state, column)).toBe('a');
  expect(cellFor(owner, column)).toEqual(['a']);
  expect(cellFor(parent, column)).toEqual([{ id: 'a', text: 'A' }]);
  expect(cellFor(owner, { value: null, label: '' })).toBeNull();
  for (const field of [state, owner, parent]) {
    expect(belongs(field, 'a', { f: cellFor(field, column) })).toBe(true);
    expect(belongs(field, null, { f: cellFor(field, column) })).toBe(false);
    expect(belongs(field, null, {})).toBe(true);
  }
  expect(idIn([{ id: 'r', text: '' }])).toBe('r');
});

it('changes one column and keeps the order of all', () => {
  const values = ['b', 'a', null];
  const once = withColumn(kanban({ columns: [{ value: 'a', limit: 3 }], hide_blank: true }), values, 'b', {
    collapsed: true,
  });
  expect(once.columns).toEqual([{ value: 'b', collapsed: true }, { value: 'a', limit: 3 }, { value: null }]);
  expect(withColumn(once, values, 'a', { limit: undefined } as never).columns?.[1]).toEqual({ value: 'a' });
  expect(withColumn(once, values, null, { hidden: false }).hide_blank).toBe(false);
  expect(inOrder(once, ['a', 'b']).columns).toEqual([
    { value: 'a', limit: 3 },
    { value: 'b', collapsed: true },
  ]);
});

describe('lines of a column', () => {
  const move = (record: string, at: number): Move => ({ record, to: 'a', at, cells: {}, ranked: false });
  const shown = (lines: ColumnLines) =>
    Array.from({ length: lines.count }, (_, i) => {
      const there = lines.at(i);
      return 'come' in there ? there.come.record : there.line;
    });

  it.each<[string, number, number[], Move[], (string | number)[]]>([
    ['are those of the view', 3, [], [], [0, 1, 2]],
    ['lack what went', 4, [1, 3], [], [0, 2]],
    ['have what came where it was put', 3, [], [move('x', 1)], [0, 'x', 1, 2]],
    ['have what came at the end at the latest', 2, [], [move('x', 9)], [0, 1, 'x']],
    ['have all that came', 2, [], [move('x', 0), move('y', 9), move('z', 9)], ['x', 0, 1, 'y', 'z']],
    ['lack and have at once', 3, [0], [move('x', 1)], [1, 'x', 2]],
    ['may all be new', 0, [], [move('x', 5)], ['x']],
    ['may all be gone', 2, [1, 0], [], []],
  ])('%s', (_, total, away, come, expected) => {
    const lines = new ColumnLines(total, away, come);
    expect(shown(lines)).toEqual(expected);
    expected.forEach((what, line) => {
      expect(typeof what === 'string' ? lines.ofCome(what) : lines.lineOf(what)).toBe(line);
    });
    for (const gone of away) expect(lines.lineOf(gone)).toBeUndefined();
  });
});
