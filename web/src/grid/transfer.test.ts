import { describe, expect, it, vi } from 'vitest';
import { parsePaste } from './clipboard';
import { continued } from './fill';
import type { CellValue, Field, GridRow, GridSource, RecordRef } from './model';
import { parseCell, splitNames } from './parse';
import { carried, clearEdits, copyRows, fillEdits, paste, tile } from './transfer';

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
const cells = (rows: string[][]) => ({ rows: rows.map((line) => line.map((cell) => ({ text: cell }))), origins: [] });
const recordsCalled = async (): Promise<ReadonlyMap<string, RecordRef>> => new Map();
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
      html: expect.stringContaining('>a<br>b</td>'),
    });
  });
});

describe('values that are copied and pasted here', () => {
  const owner: Field = { id: 'owner', name: 'Owner', type: 'member', multiple: true };
  const one: Field = { id: 'one', name: 'One', type: 'member', multiple: false };
  const by: Field = { id: 'by', name: 'By', type: 'created_by' };
  const link: Field = { id: 'link', name: 'Link', type: 'link', table: 'tbl_1', multiple: true };
  const other: Field = { id: 'other', name: 'Other', type: 'link', table: 'tbl_2', multiple: true };
  const files: Field = { id: 'files', name: 'Files', type: 'attachment' };
  const where: Field = { id: 'where', name: 'Where', type: 'location' };
  const share: Field = {
    id: 'share',
    name: 'Share',
    type: 'number',
    format: 'percent',
    precision: 0,
    thousands: false,
  };
  const record = { id: 'rec_1', text: 'North, South' };
  const file = { id: 'fil_1', name: 'a.png', size: 1, media: 'image/png' };
  const place = { name: 'Airport', latitude: 40.08, longitude: 116.58 };
  const all = [owner, link, files, where, share, tags];
  const full = {
    owner: ['mem_a', 'mem_b'],
    link: [record],
    files: [file],
    where: place,
    share: 1 / 3,
    tags: ['opt_x', 'opt_y'],
  };

  it('come back as they were', async () => {
    const { html } = copyRows([row('r', full)], all, locale);
    const result = await paste(
      parsePaste('', html),
      { x: 0, y: 0, width: 1, height: 1 },
      { source: source([row('r1', {})]), fields: all, locale, createChoices: async () => undefined, recordsCalled },
      now,
    );
    expect(Object.fromEntries(result.edits.map((edit) => [edit.field, edit.value]))).toEqual(full);
    expect(result.unreadable).toBe(0);
  });

  it.each<[string, CellValue, Parameters<typeof carried>[1], Field, CellValue]>([
    ['who made it becomes who owns it', ['mem_a'], { type: 'created_by' }, owner, ['mem_a']],
    ['two people do not fit where one does', ['mem_a', 'mem_b'], { type: 'member' }, one, undefined],
    ['records of another table are other records', [record], { type: 'link', table: 'tbl_1' }, other, undefined],
    [
      'a link that is shown in part is not known',
      [record, { more: 3 }],
      { type: 'link', table: 'tbl_1' },
      link,
      undefined,
    ],
    ['choices of another field are other choices', ['opt_x'], { type: 'multi_select', field: 'else' }, tags, undefined],
    ['what is computed takes nothing', ['mem_a'], { type: 'member' }, by, undefined],
    ['a number is a number in any format', 0.5, { type: 'number' }, share, 0.5],
    ['a text is no number', '5', { type: 'text' }, share, undefined],
  ])('%s', (_, value, origin, to, expected) => {
    expect(carried(value, origin, to)).toEqual(expected);
  });

  it('names of records are looked up, once each', async () => {
    const asked: string[][] = [];
    const result = await paste(
      cells([['north'], ['north, west'], ['nowhere']]),
      { x: 0, y: 0, width: 1, height: 1 },
      {
        source: source([row('r0', {}), row('r1', {}), row('r2', {})]),
        fields: [link],
        locale,
        createChoices: async () => undefined,
        recordsCalled: async (_, names) => {
          asked.push([...names]);
          return new Map([
            ['north', { id: 'rec_n', text: 'North' }],
            ['west', { id: 'rec_w', text: 'West' }],
          ]);
        },
      },
      now,
    );
    expect(asked).toEqual([['north', 'north, west', 'west', 'nowhere']]);
    expect(result.edits.map((edit) => edit.value)).toEqual([
      [{ id: 'rec_n', text: 'North' }],
      [
        { id: 'rec_n', text: 'North' },
        { id: 'rec_w', text: 'West' },
      ],
    ]);
    expect(result.unreadable).toBe(1);
  });
});

describe('pasting', () => {
  const at = { x: 0, y: 0, width: 1, height: 1 };
  const none = vi.fn(async () => undefined);

  it('edits the rows there are and makes the rest', async () => {
    const result = await paste(
      cells([
        ['a', '1'],
        ['b', 'x'],
        ['c', '3'],
      ]),
      { ...at, y: 1 },
      {
        source: source([row('r0', {}), row('r1', {}), row('r2', {})]),
        fields,
        locale,
        createChoices: none,
        recordsCalled,
      },
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
      cells([['Open'], ['Shut'], ['shut']]),
      { ...at, x: 2 },
      { source: source([row('r0', {}), row('r1', {}), row('r2', {})]), fields, locale, createChoices, recordsCalled },
      now,
    );
    expect(createChoices).toHaveBeenCalledTimes(1);
    expect(createChoices.mock.calls[0]?.[1]).toHaveLength(1);
    expect(result.edits.map((edit) => edit.value)).toEqual(['opt_a', 'new_shut', 'new_shut']);
  });

  it('leaves what is wider than the table', async () => {
    const result = await paste(
      cells([['TRUE', 'beyond']]),
      { ...at, x: 4 },
      { source: source([row('r0', {})]), fields, locale, createChoices: none, recordsCalled },
      now,
    );
    expect(result.edits).toEqual([{ record: 'r0', field: 'tick', value: true }]);
  });

  it('repeats into a range that is a multiple of it', () => {
    const tiled = (rows: string[][], range: Parameters<typeof tile>[1]) =>
      tile(cells(rows).rows, range).map((line) => line.map((cell) => cell.text));
    expect(tiled([['a']], { x: 0, y: 0, width: 2, height: 2 })).toEqual([
      ['a', 'a'],
      ['a', 'a'],
    ]);
    expect(tiled([['a', 'b']], { x: 0, y: 0, width: 2, height: 3 })).toHaveLength(3);
    expect(tiled([['a'], ['b']], { x: 0, y: 0, width: 1, height: 3 })).toEqual([['a'], ['b']]);
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
    [date, ['2026-01-31', '2026-02-28'], 3, false, ['2026-03-31', '2026-04-30', '2026-05-31']],
    [date, ['2026-11-20', '2027-02-20'], 2, true, ['2026-08-20', '2026-05-20']],
    [text, ['Week 1', 'Week 2'], 2, false, ['Week 3', 'Week 4']],
    [text, ['A-007', 'A-009'], 2, false, ['A-011', 'A-013']],
    [text, ['Week 1', 'Month 2'], 2, false, ['Week 1', 'Month 2']],
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

it('clearing unticks checkboxes, empties the rest, and leaves what is computed', () => {
  const made: Field = { id: 'made', name: 'Made', type: 'created_at', time: true };
  expect(clearEdits([row('r', {})], [text, tick, made])).toEqual([
    { record: 'r', field: 'text', value: null },
    { record: 'r', field: 'tick', value: false },
  ]);
});
