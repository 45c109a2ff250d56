import { describe, expect, it } from 'vitest';
import type { Field } from '../../../grid/model';
import type { Filter } from '../model';
import { cellsOfFilter, prefilled } from './prefill';

const choices = [{ id: 'opt_a', name: 'Open', color: 'blue' as const }];
const fields: Field[] = [
  { id: 'text', name: 'Name', type: 'text' },
  { id: 'select', name: 'State', type: 'select', choices },
  { id: 'tags', name: 'Tags', type: 'multi_select', choices },
  { id: 'number', name: 'Price', type: 'number', precision: 0, thousands: false },
  { id: 'date', name: 'Day', type: 'date', time: false },
  { id: 'tick', name: 'Done', type: 'checkbox' },
  { id: 'owner', name: 'Owner', type: 'member', multiple: false },
  { id: 'sum', name: 'Sum', type: 'formula', formula: '1', computed: { type: 'number', list: false } },
];
const is = (field: string, value: unknown, op = 'is') => ({ field, op, value }) as Filter;

describe('a record made in a view has what its filter asks for', () => {
  it.each<[Filter, Record<string, unknown>]>([
    [is('text', 'x'), { text: 'x' }],
    [is('text', 'x', 'contains'), {}],
    [is('select', 'opt_a'), { select: 'opt_a' }],
    [is('select', ['opt_a'], 'any_of'), { select: 'opt_a' }],
    [is('select', ['opt_a', 'opt_b'], 'any_of'), {}],
    [is('tags', ['opt_a', 'opt_b'], 'all_of'), { tags: ['opt_a', 'opt_b'] }],
    [is('tags', ['opt_a', 'opt_b'], 'any_of'), {}],
    [is('number', 3), { number: 3 }],
    [is('number', 3, 'gt'), {}],
    [is('number', { field: 'sum' }), {}],
    [is('date', '2026-11-20'), { date: '2026-11-20' }],
    [is('date', { today: true }), {}],
    [is('tick', true), { tick: true }],
    [is('owner', ['mem_1']), { owner: ['mem_1'] }],
    [is('owner', ['me']), {}],
    [is('sum', 1), {}],
    [is('gone', 1), {}],
    [
      { and: [is('text', 'x'), { and: [is('number', 3)] }, { or: [is('tick', true)] }] },
      { text: 'x', number: 3, tick: true },
    ],
    [{ or: [is('text', 'x'), is('number', 3)] }, {}],
  ])('%#', (filter, expected) => {
    expect(cellsOfFilter(filter, fields)).toEqual(expected);
  });

  it('the group counts more than the filter, and what was typed most', () => {
    const like = { filter: is('text', 'x'), group: [{ field: 'text', descending: false }], fields, zone: 'UTC' };
    expect(prefilled({}, ['y'], like)).toEqual({ text: 'y' });
    expect(prefilled({ text: 'z' }, ['y'], like)).toEqual({ text: 'z' });
    expect(prefilled({ number: 1 }, [], like)).toEqual({ text: 'x', number: 1 });
  });
});
