import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Field } from '../../../grid/model';
import { initI18n, loadStrings } from '../../../i18n';
import type { CellChange, Line } from './api';
import { sentence, textOf } from './describe';
import { counts } from './RestoreDialog';

beforeAll(async () => {
  await initI18n('en');
  await loadStrings('tables');
});

const locale = { language: 'en', zone: 'UTC' };
const select: Field = {
  id: 'fld_1',
  name: 'Kind',
  type: 'select',
  choices: [{ id: 'opt_1', name: 'Gas now', color: 'blue' }],
};
const price: Field = { id: 'fld_2', name: 'Price', type: 'number', precision: 2, thousands: true };
const change = (type: string): CellChange => ({ field: 'fld_1', name: 'Kind', type });

describe('values as they were', () => {
  it.each<[string, string, unknown, Field | undefined, Record<string, string>, string]>([
    ['a choice is called as then', 'select', 'opt_1', select, { opt_1: 'Gas' }, 'Gas'],
    ['and as today when nothing is known', 'select', 'opt_1', select, {}, 'Gas now'],
    ['one that is gone is a line', 'select', 'opt_9', select, {}, '—'],
    [
      'linked records by their names',
      'link',
      ['rec_1', 'rec_2'],
      undefined,
      { rec_1: 'One', rec_2: 'Two' },
      'One, Two',
    ],
    ['numbers in the form of the field', 'number', 1234.5, price, {}, '1,234.50'],
    ['and plain when it has another type', 'number', 1234.5, select, {}, '1234.5'],
    ['a field that is gone', 'text', 'words', undefined, {}, 'words'],
    ['nothing', 'text', null, undefined, {}, ''],
    ['no tick', 'checkbox', false, undefined, {}, ''],
  ])('%s', (_, type, value, field, known, wanted) => {
    expect(textOf(change(type), value, field, known, locale)).toBe(wanted);
  });
});

const line = (kind: Line['kind'], more: Partial<Line> = {}): Line => ({
  kind,
  table: 'tbl_1',
  table_name: 'Stations',
  records: 0,
  examples: [],
  ...more,
});

it.each([
  [line('update_records', { records: 3 }), 'Changed 3 records in Stations'],
  [line('create_records', { records: 1 }), 'Added a record to Stations'],
  [line('update_field', { name: 'Cost', name_before: 'Price' }), 'Renamed the field Price of Stations to Cost'],
  [line('update_field', { name: 'Cost' }), 'Changed the field Cost of Stations'],
  [line('retype_field', { name: 'Cost', field_type: 'text' }), 'Made the field Cost of Stations a field of type Text'],
  [line('delete_table'), 'Deleted the table Stations'],
])('%j reads %s', (one, wanted) => {
  expect(sentence(one, i18next.getFixedT('en', 'history'))).toBe(wanted);
});

it('counts what a restoration brings, changes and takes', () => {
  const lines = [
    line('create_records', { records: 2 }),
    line('update_records', { records: 3 }),
    line('update_records', { records: 1 }),
  ];
  expect(counts(lines)).toEqual({ back: 2, changed: 4, gone: 0 });
});
