import { describe, expect, it } from 'vitest';
import type { Department, Member } from '../../data/types';
import { departmentTree, membersMatching, reportsBelow, subtree } from './tree';

const department = (id: string, parent: string | null): Department => ({
  id,
  name: id,
  parent,
  lead: null,
  members: 0,
});
const departments = [
  department('tokyo', 'asia'),
  department('asia', null),
  department('sales', 'tokyo'),
  department('lost', 'gone'),
];
const member = (id: string, more: Partial<Member> = {}): Member => ({
  id,
  name: id,
  email: `${id}@example.org`,
  role: 'member',
  active: true,
  language: 'en',
  time_zone: 'UTC',
  status: null,
  avatar: null,
  departments: [],
  title: '',
  supervisor: null,
  created: '2026-01-01T00:00:00Z',
  ...more,
});

it('makes a tree and loses nobody', () => {
  expect(departmentTree(departments)).toEqual([
    {
      id: 'asia',
      label: 'asia',
      children: [{ id: 'tokyo', label: 'tokyo', children: [{ id: 'sales', label: 'sales', children: [] }] }],
    },
    { id: 'lost', label: 'lost', children: [] },
  ]);
});

it('knows what is below', () => {
  expect([...subtree(departments, 'asia')].sort()).toEqual(['asia', 'sales', 'tokyo']);
});

describe('membersMatching', () => {
  const members = [
    member('Yu', { title: 'Sales lead', departments: ['sales'] }),
    member('Ana', { active: false }),
    member('Bo', { title: 'Engineer' }),
  ];
  const all = { departments: null, query: '', inactive: true };
  const ids = (filter: Parameters<typeof membersMatching>[1]) => membersMatching(members, filter).map(({ id }) => id);

  it('puts active ones first', () => expect(ids(all)).toEqual(['Bo', 'Yu', 'Ana']));
  it('leaves out the deactivated', () => expect(ids({ ...all, inactive: false })).toEqual(['Bo', 'Yu']));
  it('finds all words anywhere', () => expect(ids({ ...all, query: 'lead yu@' })).toEqual(['Yu']));
  it('keeps to departments', () => expect(ids({ ...all, departments: new Set(['sales']) })).toEqual(['Yu']));
});

it('knows who reports to somebody, through others', () => {
  const members = [member('a'), member('b', { supervisor: 'a' }), member('c', { supervisor: 'b' }), member('d')];
  expect([...reportsBelow(members, 'a')].sort()).toEqual(['a', 'b', 'c']);
});
