import { describe, expect, it } from 'vitest';
import type { Field } from '../../grid/model';
import {
  addPart,
  cleanSort,
  countConditions,
  emptyGroup,
  fieldsInFilter,
  fromFilter,
  newCondition,
  removePart,
  toFilter,
  withFieldOf,
  withOperator,
} from './filter/model';
import { fits, type Import, planFor, problemOf, startBody } from './import/model';
import { type Filter, fieldsOf, freeName, moved, type Table, withField } from './model';

const text: Field = { id: 'a', name: 'Name', type: 'text' };
const number: Field = { id: 'b', name: 'Size', type: 'number', precision: 0, thousands: false };
const tags: Field = { id: 'c', name: 'Tags', type: 'multi_select', choices: [{ id: 'o1', name: 'X', color: 'blue' }] };
const tick: Field = { id: 'd', name: 'Done', type: 'checkbox' };
const fields = [text, number, tags, tick];
const table: Table = { id: 'tbl', name: 'T', fields, views: [] };

describe('the filter builder', () => {
  const filter: Filter = {
    and: [
      { field: 'a', op: 'contains', value: 'x' },
      {
        or: [
          { field: 'b', op: 'gt', value: 3 },
          { field: 'c', op: 'empty' },
        ],
      },
    ],
  };

  it('gives back what it was given', () => {
    expect(toFilter(fromFilter(filter), fields)).toEqual(filter);
  });

  it('leaves out what does not say anything yet', () => {
    const group = addPart(fromFilter(filter), [], newCondition(text));
    expect(toFilter(group, fields)).toEqual(filter);
    expect(toFilter({ ...emptyGroup, parts: [newCondition(text)] }, fields)).toBeNull();
    expect(toFilter({ ...emptyGroup, parts: [newCondition(tick)] }, fields)).toEqual({
      and: [{ field: 'd', op: 'is', value: true }],
    });
  });

  it('leaves out conditions on fields that are gone', () => {
    expect(toFilter(fromFilter(filter), [text])).toEqual({ and: [{ field: 'a', op: 'contains', value: 'x' }] });
  });

  it('removes a group with its last condition', () => {
    const once = removePart(fromFilter(filter), [1, 0]);
    expect(toFilter(removePart(once, [1, 0]), fields)).toEqual({ and: [{ field: 'a', op: 'contains', value: 'x' }] });
  });

  it('wraps a single condition in a group', () => {
    expect(fromFilter({ field: 'a', op: 'is', value: 'x' }).parts).toHaveLength(1);
    expect(fromFilter(null).parts).toEqual([]);
  });

  it('keeps operator and value where another field or operator allows', () => {
    const draft = { kind: 'condition', field: 'a', op: 'is', value: 'x' } as const;
    expect(withFieldOf(draft, number, text)).toMatchObject({ field: 'b', op: 'is', value: null });
    expect(withFieldOf({ ...draft, op: 'contains' }, tags, text)).toMatchObject({ op: 'any_of', value: [] });
    expect(withOperator({ ...draft, field: 'c', op: 'any_of', value: ['o1'] }, 'is', tags).value).toEqual(['o1']);
    expect(withOperator(draft, 'empty', text).value).toBeNull();
  });

  it('counts conditions and names their fields', () => {
    expect(countConditions(filter)).toBe(3);
    expect([...fieldsInFilter(filter)]).toEqual(['a', 'b', 'c']);
  });

  it('drops sort keys that are gone or repeated', () => {
    const key = (field: string) => ({ field, descending: false });
    expect(cleanSort([key('a'), key('z'), key('a')], fields)).toEqual([key('a')]);
  });
});

describe('the fields of a view', () => {
  const order = (shown: ReturnType<typeof fieldsOf>) => shown.map((entry) => entry.field.id).join('');
  it('stand as the view says; those it does not name follow, and the primary one is first', () => {
    expect(order(fieldsOf(table, { fields: [{ field: 'c' }, { field: 'a', hidden: true }, { field: 'b' }] }))).toBe(
      'acbd',
    );
    expect(fieldsOf(table, { fields: [{ field: 'a', hidden: true }] })[0]?.hidden).toBe(false);
  });
  it('move among the visible ones', () => {
    const shown = fieldsOf(table, { fields: [{ field: 'b', hidden: true }] });
    expect(order(fieldsOf(table, { fields: moved(shown, 2, 1) }))).toBe('abdc');
    expect(order(fieldsOf(table, { fields: moved(fieldsOf(table, {}), 1, 3) }))).toBe('acdb');
    expect(order(fieldsOf(table, { fields: moved(fieldsOf(table, {}), 3, 0) }))).toBe('adbc');
  });
  it('keep what is set of the others', () => {
    const shown = fieldsOf(table, { fields: [{ field: 'b', hidden: true, width: 99 }] });
    expect(withField(shown, 'c', { width: 50 }).find((entry) => entry.field === 'b')).toEqual({
      field: 'b',
      hidden: true,
      width: 99,
    });
  });
  it('names that are free', () => {
    expect(freeName('Table', ['table', 'Table 2'])).toBe('Table 3');
  });
});

describe('the plan of an import', () => {
  const data: Import = {
    id: 'imp_1',
    state: 'previewed',
    file: { name: 'stations.csv', size: 1 },
    sheets: [
      {
        name: 'stations.csv',
        columns: [
          { name: 'name', type: 'text', samples: [] },
          { name: 'Size', type: 'number', precision: 2, thousands: false, samples: [] },
          { name: 'Kind', type: 'select', choices: [{ name: 'Large' }], samples: [] },
        ],
        header: true,
        rows_estimate: 10,
        preview: [],
      },
    ],
    progress: { read: 0, imported: 0, updated: 0, refused: 0, rejected: 0, total: null },
    report: {
      errors: [{ row: 3, column: 'Size', code: 'not_number', value: '=1+1, "bad"', message: 'not a number' }],
      skipped: 0,
    },
    table: null,
    error: null,
  };

  it('makes a new table named as the file', () => {
    expect(startBody(data, planFor(data, 0, null), 'Asia/Tokyo')).toEqual({
      sheet: 0,
      time_zone: 'Asia/Tokyo',
      header: true,
      table: { name: 'stations' },
      columns: [
        { source: 0, field: { name: 'name', type: 'text' } },
        { source: 1, field: { name: 'Size', type: 'number', precision: 2, thousands: false } },
        { source: 2, field: { name: 'Kind', type: 'select', choices: [{ name: 'Large' }] } },
      ],
    });
  });

  it('finds the fields of a table by name', () => {
    const plan = planFor(data, 0, table);
    expect(plan.targets.map((target) => target.kind)).toEqual(['field', 'field', 'new']);
    expect(startBody(data, plan, 'UTC')).toMatchObject({ table: { id: 'tbl' } });
  });

  it('suggests a table only when the file looks like it', () => {
    expect(fits(data.sheets[0], table)).toBe(true);
    expect(fits(data.sheets[0], { ...table, fields: [text] })).toBe(false);
  });

  it('says why it cannot be started', () => {
    const plan = planFor(data, 0, null);
    expect(problemOf(plan)).toBeNull();
    expect(problemOf({ ...plan, targets: [{ kind: 'skip' }] })).toBe('nothing');
    expect(
      problemOf({
        ...plan,
        targets: [
          { kind: 'field', field: 'a' },
          { kind: 'field', field: 'a' },
        ],
      }),
    ).toBe('twice');
    expect(problemOf({ ...plan, targets: [{ kind: 'new', name: ' ', type: 'text', options: {} }] })).toBe('names');
  });

  it('updates records by the columns that are keys', () => {
    const plan = { ...planFor(data, 0, table), mode: 'upsert' as const };
    expect(problemOf(plan)).toBe('key');
    const keyed = { ...plan, keys: [0], creates: [1], clearBlank: true };
    expect(problemOf(keyed)).toBeNull();
    expect(startBody(data, keyed, 'UTC')).toMatchObject({
      mode: 'upsert',
      doubles: 'refuse',
      clear_blank: true,
      columns: [{ source: 0, key: true }, { source: 1, create: true }, { source: 2 }],
    });
  });
});
