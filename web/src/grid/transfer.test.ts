import { describe, expect, it, vi } from 'vitest';
import { continued } from './fill';
import type { Field, GridRow, GridSource } from './model';
import { parseCell, splitNames } from './parse';
import { clearEdits, copyRows, fillEdits, paste, tile } from './transfer';

const text: Field = { id: 'text', name: 'Text', type: 'text' };
const number: Field = { id: 'number', name: 'Number', type: 'number', precision: 0, thousands: false };
const date: Field = { id: 'date', name: 'Date', type: 'date', time: false };
const tick: Field = { id: 'tick', name: 'Tick', type: 'checkbox' };
const select: Field = {
  id: 'select',
  name: 'Select',
  type: 'select',
  choices: [{ id: 'opt_a', name: 'Open', color: 'blue' }],
};
const tags: Field = {
  id: 'tags',
  name: 'Tags',
  type: 'multi_select',
  choices: [
    { id: 'opt_x', name: 'X', color: 'blue' },
    { id: 'opt_y', name: 'Y, Z', color: 'red' },
  ],
};
const fields = [text, number, select, tags, tick];
const locale = { language: 'en', zone: 'UTC' };
const now = new Date('2026-11-20T00:00:00Z');

const row = (id: string, cells: Record<string, unknown>): GridRow => ({
  id,
  cells,
  waiting: undefined,
  deleted: false,
  created: false,
});

function source(rows: GridRow[]): GridSource {
  return {
    total: rows.length,
    version: () => 0,
    subscribe: () => () => {},
    row: (i) => rows[i],
    indexOf: () => undefined,
    show: () => {},
    fetch: async (from, to) => rows.slice(from, to),
  };
}

describe('reading a cell', () => {
  it.each([
    [number, '12', { value: 12 }],
    [number, 'twelve', { invalid: true }],
    [number, '', { value: null }],
    [date, '2026-01-05', { value: '2026-01-05' }],
    [date, 'x', { invalid: true }],
    [select, 'open', { value: 'opt_a' }],
    [select, 'New', { names: ['New'] }],
    [tags, 'X, y', { names: ['y'] }],
    [tags, 'Y, Z', { value: ['opt_y'] }],
    [tick, 'TRUE', { value: true }],
    [tick, '', { value: false }],
    [tick, 'maybe', { invalid: true }],
    [text, ' kept ', { value: ' kept ' }],
  ])('%o from %j', (field, cell, parsed) => {
    expect(parseCell(field, cell, locale, now)).toEqual(parsed);
  });

  it('splits names once each', () => {
    expect(splitNames('a, b、a;c', [])).toEqual(['a', 'b', 'c']);
  });
});

describe('copying', () => {
  it('gives text and HTML', () => {
    const rows = [row('r', { text: 'a\nb', number: 1.5, select: 'opt_a', tags: ['opt_x', 'opt_y'], tick: true })];
    expect(copyRows(rows, fields, locale)).toEqual({
      text: '"a\nb"\t1.5\tOpen\t"X, ""Y, Z"""\tTRUE',
      html: '<table><tr><td>a<br>b</td><td>1.5</td><td>Open</td><td>X, "Y, Z"</td><td>TRUE</td></tr></table>',
    });
  });
});

describe('pasting', () => {
  const at = { x: 0, y: 0, width: 1, height: 1 };
  const none = vi.fn(async () => undefined);

  it('edits the rows there are and makes the rest', async () => {
    const result = await paste(
      [
        ['a', '1'],
        ['b', 'x'],
        ['c', '3'],
      ],
      { ...at, y: 1 },
      { source: source([row('r0', {}), row('r1', {}), row('r2', {})]), fields, locale, createChoices: none },
      now,
    );
    expect(result.edits).toEqual([
      { record: 'r1', field: 'text', value: 'a' },
      { record: 'r1', field: 'number', value: 1 },
      { record: 'r2', field: 'text', value: 'b' },
    ]);
    expect(result.created).toEqual([{ text: 'c', number: 3 }]);
    expect(result.unreadable).toBe(1);
  });

  it('makes choices that are not there, once each, before it writes', async () => {
    const createChoices = vi.fn(async (field: Field, names: readonly string[]) => [
      ...('choices' in field ? field.choices : []),
      ...names.map((name) => ({ id: `new_${name}`, name, color: 'red' as const })),
    ]);
    const result = await paste(
      [['Open'], ['Shut'], ['shut']],
      { ...at, x: 2 },
      { source: source([row('r0', {}), row('r1', {}), row('r2', {})]), fields, locale, createChoices },
      now,
    );
    expect(createChoices).toHaveBeenCalledTimes(1);
    expect(createChoices.mock.calls[0]?.[1]).toHaveLength(1);
    expect(result.edits.map((edit) => edit.value)).toEqual(['opt_a', 'new_shut', 'new_shut']);
  });

  it('leaves what is wider than the table', async () => {
    const result = await paste(
      [['TRUE', 'beyond']],
      { ...at, x: 4 },
      { source: source([row('r0', {})]), fields, locale, createChoices: none },
      now,
    );
    expect(result.edits).toEqual([{ record: 'r0', field: 'tick', value: true }]);
  });

  it('repeats into a range that is a multiple of it', () => {
    expect(tile([['a']], { x: 0, y: 0, width: 2, height: 2 })).toEqual([
      ['a', 'a'],
      ['a', 'a'],
    ]);
    expect(tile([['a', 'b']], { x: 0, y: 0, width: 2, height: 3 })).toHaveLength(3);
    expect(tile([['a'], ['b']], { x: 0, y: 0, width: 1, height: 3 })).toEqual([['a'], ['b']]);
  });
});

describe('filling', () => {
  it.each([
    [number, [1, 3], 3, false, [5, 7, 9]],
    [number, [1, 3], 2, true, [-1, -3]],
    [number, [4], 2, false, [4, 4]],
    [date, ['2026-01-30', '2026-01-31'], 2, false, ['2026-02-01', '2026-02-02']],
    [text, ['a', 'b'], 3, false, ['a', 'b', 'a']],
    [text, ['a', 'b'], 3, true, ['b', 'a', 'b']],
  ])('%o after %j', (field, values, count, backward, expected) => {
    expect(continued(field, values, count, backward)).toEqual(expected);
  });

  it('writes the cells the handle was pulled over, and no others', () => {
    const rows = ['r0', 'r1', 'r2', 'r3'].map((id, i) => row(id, { number: i < 2 ? i + 1 : null }));
    const edits = fillEdits(rows, { x: 1, y: 0, width: 1, height: 4 }, { x: 1, y: 0, width: 1, height: 2 }, fields);
    expect(edits).toEqual([
      { record: 'r2', field: 'number', value: 3 },
      { record: 'r3', field: 'number', value: 4 },
    ]);
  });
});

it('clearing unticks checkboxes and empties the rest', () => {
  expect(clearEdits([row('r', {})], [text, tick])).toEqual([
    { record: 'r', field: 'text', value: null },
    { record: 'r', field: 'tick', value: false },
  ]);
});
