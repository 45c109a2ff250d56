import { describe, expect, it } from 'vitest';
import type { Field } from '../../../grid/model';
import { operatorsOf } from '../filter/operators';
import type { Base, Table } from '../model';
import { comparedAs, sortWords } from '../model';
import { lookedAt, resolved } from '../resolve';
import { draftOf, type FieldDraft, incomplete, inputOf, patchOf } from './draft';
import { choose, variantOf } from './variants';

const regions: Table = {
  id: 'tbl_r',
  name: 'Regions',
  views: [],
  fields: [
    { id: 'fld_r0', name: 'Region', type: 'text' },
    { id: 'fld_r1', name: 'Size', type: 'number', format: 'percent', precision: 1, thousands: false },
    { id: 'fld_r2', name: 'State', type: 'select', choices: [{ id: 'opt_1', name: 'Open', color: 'blue' }] },
  ],
};
const own: Table = {
  id: 'tbl_m',
  name: 'Main',
  views: [],
  fields: [
    { id: 'fld_0', name: 'Name', type: 'text' },
    { id: 'fld_1', name: 'Count', type: 'number', precision: 0, thousands: false },
    { id: 'fld_2', name: 'Home', type: 'link', table: 'tbl_r', multiple: true, mirror: 'fld_r9' },
  ],
};
const tables = [own, regions];
const blank = draftOf(null, own, tables);
const input = (change: Partial<FieldDraft>) => inputOf({ ...blank, ...change }, 'New', own, tables);
const patch = (field: Field, change: Partial<FieldDraft>, name = field.name) =>
  patchOf(field, { ...draftOf(field, own, tables), ...change }, name, own, tables);

describe('a new field', () => {
  it.each<[string, Partial<FieldDraft>, object]>([
    ['says no more than it must', {}, { type: 'text' }],
    ['says its format', { text: 'url' }, { type: 'text', format: 'url' }],
    ['says what is required', { required: true, unique: true }, { type: 'text', required: true, unique: true }],
    ['has a default', { default: 'x' }, { type: 'text', default: 'x' }],
    ['keeps the options of its own type', { type: 'checkbox', text: 'url', required: false }, { type: 'checkbox' }],
    [
      'of money has a currency',
      choose(blank, 'currency'),
      { type: 'number', format: 'currency', precision: 2, thousands: true, currency: 'USD' },
    ],
    ['of numbers', { type: 'number' }, { type: 'number', precision: 0, thousands: false }],
    ['of dates', { type: 'date' }, { type: 'date', time: false }],
    [
      'of links makes its other side',
      { type: 'link', table: 'tbl_r', mirrorName: ' Mains ', multiple: false },
      { type: 'link', table: 'tbl_r', multiple: false, mirror: { name: 'Mains', multiple: true } },
    ],
    [
      'of links one way',
      { type: 'link', table: 'tbl_r', twoWay: false },
      { type: 'link', table: 'tbl_r', multiple: true },
    ],
    [
      'of sums',
      { type: 'rollup', from: { link: 'fld_2' }, field: 'fld_r1' },
      { type: 'rollup', from: { link: 'fld_2' }, field: 'fld_r1', aggregate: 'sum' },
    ],
    ['of formulas', { type: 'formula', formula: '1 + 1' }, { type: 'formula', formula: '1 + 1' }],
    [
      'of numbers that count needs its place',
      { type: 'auto_number', pattern: 'A-' },
      { type: 'auto_number', pattern: 'A-{n}' },
    ],
    [
      'that is computed needs no value',
      { type: 'formula', formula: '1', required: true, unique: true },
      { type: 'formula', formula: '1' },
    ],
  ])('%s', (_, change, expected) => {
    expect(input(change)).toEqual({ name: 'New', ...expected });
  });

  it('looks up under conditions that may compare with its own record', () => {
    const filter = {
      kind: 'group' as const,
      all: true,
      parts: [{ kind: 'condition' as const, field: 'fld_r0', op: 'is' as const, value: { field: 'fld_0' } }],
    };
    expect(input({ type: 'lookup', from: { table: 'tbl_r' }, field: 'fld_r1', filter })).toMatchObject({
      filter: { and: [{ field: 'fld_r0', op: 'is', value: { field: 'fld_0' } }] },
    });
  });
});

describe('a changed field', () => {
  const count = own.fields[1] as Field;
  const home = own.fields[2] as Field;
  it('says only what is different', () => {
    expect(patch(count, {})).toEqual({});
    expect(patch(count, { description: 'how many' }, 'Number')).toEqual({ name: 'Number', description: 'how many' });
    expect(patch(count, { number: { ...draftOf(count, own, tables).number, precision: 2 } })).toEqual({ precision: 2 });
    expect(patch(count, choose(draftOf(count, own, tables), 'percent'))).toEqual({ format: 'percent' });
  });
  it('says that it is another type, with the options of that', () => {
    expect(patch(count, { type: 'date' })).toEqual({ type: 'date', time: false });
    expect(patch(count, { type: 'select' })).toEqual({ type: 'select' });
    expect(patch({ ...count, required: true }, { type: 'formula', formula: '1' })).toEqual({
      required: false,
      type: 'formula',
      formula: '1',
    });
  });
  it('clears its default', () => {
    expect(patch({ ...count, default_value: 5 }, { default: null })).toEqual({ default: null });
  });
  it('keeps the other side of a link unless told', () => {
    expect(patch(home, { multiple: false })).toEqual({ multiple: false });
    expect(patch(home, { twoWay: false })).toEqual({ mirror: false });
  });
});

describe('the form', () => {
  it.each<[Partial<FieldDraft>, string | null]>([
    [{}, null],
    [{ type: 'lookup' }, 'field'],
    [{ type: 'formula', formula: ' ' }, 'formula'],
    [{ type: 'button' }, 'action'],
    [{ type: 'button', action: { do: 'set', cells: [['fld_1', 5]] } }, null],
  ])('of %o lacks %s', (change, missing) => {
    expect(incomplete({ ...blank, ...change })).toBe(missing);
  });
  it('comes back to the variant that was chosen', () => {
    for (const variant of ['text', 'long', 'url', 'number', 'percent', 'currency', 'rating', 'link'] as const) {
      expect(variantOf({ ...blank, ...choose(blank, variant) })).toBe(variant);
    }
  });
});

describe('computed fields', () => {
  const lookup = (field: string, computed: object): Field =>
    ({ id: 'fld_9', name: 'L', type: 'lookup', from: { link: 'fld_2' }, field, computed }) as Field;
  const base = (field: Field): Base =>
    resolved({
      resource: {} as Base['resource'],
      seq: 1,
      tables: [{ ...own, fields: [...own.fields, field] }, regions],
    });
  const last = (field: Field) => base(field).tables[0]?.fields.at(-1);

  it('know the field they show', () => {
    expect(last(lookup('fld_r1', { type: 'number', list: true }))?.source?.name).toBe('Size');
    expect(last(lookup('gone', { type: 'any', list: true }))?.source).toBeUndefined();
    expect(lookedAt(tables, own, { link: 'fld_2' })?.id).toBe('tbl_r');
  });
  it('are compared and sorted as what they give', () => {
    const choice = last(lookup('x', { type: 'choice', list: true, table: 'tbl_r', field: 'fld_r2' })) as Field;
    expect(comparedAs(choice)).toBe('multi_select');
    expect(choice.source?.id).toBe('fld_r2');
    const number = lookup('fld_r1', { type: 'number', list: false });
    expect([operatorsOf(number)[2], sortWords(number)]).toEqual(['gt', 'number']);
    expect(sortWords(lookup('fld_r0', { type: 'date', list: false }))).toBe('date');
  });
});
