import { expect, test } from 'vitest';
import type { Field } from '../../../grid/model';
import type { Table } from '../model';
import { initialFields, initialKind } from './model';

const field = (id: string, type: string) => ({ id, name: id, type }) as Field;

test('cards of a new view show a few fields, not those they show anyway', () => {
  const types = ['text', 'select', 'attachment', 'number', 'text', 'date', 'text', 'member', 'text', 'text'];
  const table = { fields: types.map((type, at) => field(`f${at}`, type)) } as unknown as Table;
  const shown = (kind: 'grid' | 'kanban' | 'gallery') => {
    const fields = initialFields(initialKind(kind, table), table);
    return [fields.filter((one) => !one.hidden), fields.filter((one) => one.hidden)].map((some) =>
      some.map((one) => one.field).join(' '),
    );
  };
  expect(shown('grid')).toEqual(['', '']);
  expect(shown('kanban')).toEqual(['f2 f3 f4 f5 f6 f7', 'f8 f9']);
  expect(shown('gallery')).toEqual(['f1 f3 f4 f5 f6 f7', 'f8 f9']);
});
