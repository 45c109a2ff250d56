import { describe, expect, it } from 'vitest';
import type { Locale } from '../format';
import { type PickField, pickedIn, picksFor, pickText, valueOfPicks } from './picks';
import { initialsOfName } from './pinyin';

const member = (id: string, name: string, more: object = {}) => [id, { id, name, ...more }] as const;
const wang = '\u738b\u5c0f\u660e';
const zhou = '\u5468\u6770\u4f26';
const locale: Locale = {
  language: 'en',
  zone: 'UTC',
  names: {
    members: new Map([
      member('mem_a', zhou),
      member('mem_b', wang),
      member('mem_me', 'Zoe', { email: 'z@example.org' }),
      member('mem_gone', 'Gone', { active: false }),
    ]),
    groups: new Map([member('grp_1', 'Sales')]),
    me: 'mem_me',
  },
};
const own = { id: 'f', name: 'F' };
const people: PickField = { ...own, type: 'member', multiple: true };
const state: PickField = {
  ...own,
  type: 'select',
  choices: [
    { id: '1', name: 'Under review', color: 'blue' },
    { id: '2', name: 'Review', color: 'red' },
  ],
};
const link: PickField = { ...own, type: 'link', table: 'tbl', multiple: true };
const texts = (field: PickField, query: string, canCreate = false) =>
  picksFor(field, query, locale, canCreate, [{ id: 'rec_1', text: 'North', details: '12' }]).map(pickText);

describe('what is offered', () => {
  it('puts this reader first and leaves out who has left', () => {
    expect(texts(people, '')).toEqual(['Zoe', wang, zhou]);
  });
  it.each([
    ['zjl', [zhou]],
    ['wx', [wang]],
    ['z', ['Zoe', zhou]],
    ['z@example', ['Zoe']],
    ['gone', []],
  ])('finds people by %j', (query, found) => {
    expect(texts(people, query)).toEqual(found);
  });
  it('puts first what begins with the text, and offers to create what is not there', () => {
    expect(texts(state, 'rev', true)).toEqual(['Review', 'Under review', 'rev']);
    expect(texts(state, 'REVIEW', true)).toHaveLength(2);
    expect(texts(state, 'rev')).toHaveLength(2);
    expect(texts(state, ' ', true)).toHaveLength(2);
  });
  it('offers records as they were found, and a new one where it may be made', () => {
    expect(texts(link, 'so')).toEqual(['North']);
    expect(texts(link, 'so', true)).toEqual(['North', 'so']);
    expect(texts(link, '', true)).toEqual(['North']);
  });
});

describe('what is picked', () => {
  it.each<[PickField, Parameters<typeof pickedIn>[1]]>([
    [state, '1'],
    [people, ['mem_b', 'mem_x']],
    [link, [{ id: 'rec_2', text: 'South' }]],
    [state, null],
  ])('comes back as the value it was', (field, value) => {
    expect(valueOfPicks(field, pickedIn(field, value, locale))).toEqual(value);
  });
  it('forgets choices that are gone', () => {
    expect(pickedIn(state, '9', locale)).toEqual([]);
  });
});

it('takes the first letters of Chinese names', () => {
  expect([zhou, wang, 'Ann', '\u963f\u8d5b'].map(initialsOfName)).toEqual(['zjl', 'wxm', 'ann', 'as']);
});
