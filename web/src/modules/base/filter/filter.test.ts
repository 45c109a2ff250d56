import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Locale } from '../../../grid/format';
import type { Field } from '../../../grid/model';
import { initI18n, loadStrings, setLanguage } from '../../../i18n';
import type { Filter, Operator } from '../model';
import { countIncomplete, type Draft, emptyGroup, isComplete, newCondition, toFilter, withOperator } from './model';
import { comparable, formOf, operatorsOf } from './operators';
import { isDatePoint, modeOf, pointOf } from './relative';
import { sentenceOf } from './sentence';

const make = (id: string, kind: object): Field => ({ id, name: id, ...kind }) as Field;
const choices = [
  { id: 'o1', name: 'Open', color: 'blue' },
  { id: 'o2', name: 'Done', color: 'green' },
];
const fields = [
  make('text', { type: 'text' }),
  make('number', { type: 'number', precision: 0, thousands: false }),
  make('date', { type: 'date', time: false }),
  make('moment', { type: 'date', time: true }),
  make('tick', { type: 'checkbox' }),
  make('select', { type: 'select', choices }),
  make('tags', { type: 'multi_select', choices }),
  make('person', { type: 'member', multiple: true }),
  make('group', { type: 'group', multiple: true }),
  make('files', { type: 'attachment' }),
  make('place', { type: 'location' }),
  make('link', { type: 'link', table: 'tbl', multiple: true }),
  make('auto', { type: 'auto_number', pattern: '{n}' }),
  make('button', { type: 'button', label: '', color: 'blue', action: { do: 'set', cells: [] } }),
  make('sum', { type: 'formula', formula: '', computed: { type: 'number', list: false } }),
  make('lookup', { type: 'lookup', from: { link: 'link' }, field: 'x', computed: { type: 'date', list: true } }),
];
const byId = new Map(fields.map((field) => [field.id, field]));
const field = (id: string) => byId.get(id) as Field;
const draft = (id: string, op: Operator, value: unknown): Draft => ({ kind: 'condition', field: id, op, value });

describe('operators', () => {
  it('are those the server knows for what the cells hold', () => {
    const all = (id: string) => [...operatorsOf(field(id))].sort();
    const blank = ['empty', 'not_empty'];
    const numeric = ['any_of', 'between', 'gt', 'gte', 'is', 'is_not', 'lt', 'lte', 'none_of'];
    const textual = ['contains', 'ends_with', 'not_contains', 'starts_with'];
    const errors = ['is_error', 'not_error'];
    const set = ['all_of', 'any_of', 'contains', 'is', 'is_not', 'none_of', 'not_contains'];
    const expected: Record<string, string[]> = {
      text: [...textual, 'is', 'is_not', 'any_of', 'none_of', ...blank],
      number: [...numeric, ...blank],
      date: [...numeric, ...blank],
      tick: ['is', 'is_not'],
      select: ['is', 'is_not', 'any_of', 'none_of', 'contains', 'not_contains', ...blank],
      tags: [...set, ...blank],
      person: [...set, ...blank],
      group: [...set, ...blank],
      link: [...set, ...blank],
      files: ['contains', 'not_contains', 'is', 'is_not', 'gt', 'gte', 'lt', 'lte', 'between', ...blank],
      place: ['contains', 'not_contains', 'within', ...blank],
      auto: [...numeric, ...textual, ...blank],
      button: [],
      sum: [...numeric, ...blank, ...errors],
      lookup: [...numeric, ...textual, 'all_of', ...blank, ...errors],
    };
    for (const [id, ops] of Object.entries(expected)) expect([id, all(id)]).toEqual([id, [...ops].sort()]);
  });

  it('compare with fields of the same kind, and texts with anything', () => {
    expect(comparable(field('date'), field('moment'), 'gt')).toBe(true);
    expect(comparable(field('number'), field('sum'), 'lte')).toBe(true);
    expect(comparable(field('number'), field('text'), 'gt')).toBe(false);
    expect(comparable(field('number'), field('sum'), 'between')).toBe(false);
    expect(comparable(field('text'), field('person'), 'contains')).toBe(true);
    expect(comparable(field('person'), field('button'), 'is')).toBe(false);
  });
});

describe('conditions', () => {
  it.each<[string, Operator, unknown, boolean]>([
    ['text', 'contains', '', false],
    ['text', 'contains', 'x', true],
    ['text', 'any_of', [], false],
    ['number', 'is', 0, true],
    ['number', 'is', null, false],
    ['number', 'between', [1, null], false],
    ['number', 'between', [1, 2], true],
    ['date', 'is', { relative: 'today' }, true],
    ['date', 'is', { relative: 'someday' }, false],
    ['date', 'is', { last: 0, unit: 'days' }, false],
    ['date', 'is', { next: 30, unit: 'days' }, true],
    ['date', 'between', ['2026-01-01', { relative: 'today' }], true],
    ['date', 'any_of', [null], false],
    ['person', 'any_of', ['me'], true],
    ['person', 'any_of', [{ departments: 'mine' }], true],
    ['place', 'within', { box: [1, 2, 3, null] }, false],
    ['place', 'within', { box: [1, 2, 3, 4] }, true],
    ['files', 'gt', 2, true],
    ['files', 'not_empty', null, true],
    ['tick', 'is', null, true],
    ['number', 'gt', { field: 'sum' }, true],
    ['number', 'contains', 'x', false],
    ['gone', 'is', 'x', false],
  ])('%s %s %j filters: %s', (id, op, value, filters) => {
    expect(isComplete(draft(id, op, value), fields)).toBe(filters);
    const group = { ...emptyGroup, parts: [draft(id, op, value)] };
    expect(toFilter(group, fields) !== null).toBe(filters);
    expect(countIncomplete(group, fields)).toBe(filters ? 0 : 1);
  });

  it('begin incomplete or with all they need, and every operator has a form', () => {
    for (const one of fields.filter((f) => operatorsOf(f).length > 0)) {
      const started = newCondition(one);
      for (const op of operatorsOf(one)) {
        const next = withOperator(started, op, one);
        expect(formOf(one, op)).toBeTruthy();
        const sent = toFilter({ ...emptyGroup, parts: [next] }, fields);
        expect(sent === null || isComplete(next, fields)).toBe(true);
      }
    }
  });

  it('send only the items of a list that say something', () => {
    const group = { ...emptyGroup, parts: [draft('date', 'any_of', ['2026-01-01', null, { relative: 'today' }])] };
    expect(toFilter(group, fields)).toEqual({
      and: [{ field: 'date', op: 'any_of', value: ['2026-01-01', { relative: 'today' }] }],
    });
  });

  it('keep their values where another operator takes them', () => {
    expect(withOperator(draft('number', 'is', 5), 'between', field('number')).value).toEqual([5, null]);
    expect(withOperator(draft('number', 'between', [5, 9]), 'gt', field('number')).value).toBe(5);
    expect(withOperator(draft('number', 'is', 5), 'any_of', field('number')).value).toEqual([5]);
    expect(withOperator(draft('select', 'any_of', ['o1', 'o2']), 'is', field('select')).value).toBe('o1');
    expect(withOperator(draft('select', 'is', 'o1'), 'contains', field('select')).value).toBeNull();
    expect(withOperator(draft('number', 'gt', { field: 'sum' }), 'between', field('number')).value).toEqual([
      null,
      null,
    ]);
  });
});

it('turns one kind of date into another', () => {
  expect(pointOf('today', '2026-01-01')).toEqual({ relative: 'today' });
  expect(pointOf('next', { last: 30, unit: 'weeks' })).toEqual({ next: 30, unit: 'weeks' });
  expect(pointOf('exact', { relative: 'today' })).toBeNull();
  expect(modeOf({ next: 3, unit: 'days' })).toBe('next');
  expect(isDatePoint({ next: 3, unit: 'fortnights' })).toBe(false);
});

describe('sentences', () => {
  const locale: Locale = {
    language: 'en',
    zone: 'UTC',
    names: { members: new Map([['mem_1', { id: 'mem_1', name: 'Lin' }]]), groups: new Map(), me: 'mem_1' },
  };
  const titles = new Map([['rec_1', 'Leipzig']]);
  const said = (filter: Filter) => sentenceOf(filter, fields, { t: i18next.getFixedT(null, 'base'), locale, titles });
  beforeAll(async () => {
    await initI18n();
    await loadStrings('tables');
    await setLanguage('en');
  });

  it.each<[string, Operator, unknown, string]>([
    ['text', 'contains', 'goose', 'text contains “goose”'],
    ['number', 'between', [1, 5], 'number is between 1 and 5'],
    ['date', 'gte', { relative: 'today' }, 'date is on or after today'],
    ['date', 'is', { last: 7, unit: 'days' }, 'date is the last 7 days'],
    ['tick', 'is', false, 'tick is not checked'],
    ['tick', 'is_not', false, 'tick is checked'],
    ['select', 'any_of', ['o1', 'o2'], 'select is “Open” or “Done”'],
    ['person', 'any_of', ['me', 'mem_1', { departments: 'mine' }], 'person is me, Lin, or my departments'],
    ['link', 'all_of', ['rec_1'], 'link has “Leipzig”'],
    ['files', 'gt', 2, 'files has more than 2'],
    ['number', 'lt', { field: 'sum' }, 'number < sum'],
    ['sum', 'is_error', null, 'sum has an error'],
  ])('of %s %s', (id, op, value, text) => expect(said({ field: id, op, value })).toBe(text));

  it('put groups in brackets', () => {
    const a: Filter = { field: 'text', op: 'empty' };
    const b: Filter = { field: 'number', op: 'is', value: 1 };
    expect(said({ and: [a, { or: [a, b] }] })).toBe('text is empty and (text is empty or number is 1)');
  });
});
