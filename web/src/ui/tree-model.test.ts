import { describe, expect, it } from 'vitest';
import { flatten, type TreeStep, treeKey } from './tree-model';

const nodes = [
  {
    id: 'asia',
    label: 'Asia',
    children: [
      { id: 'tokyo', label: 'Tokyo' },
      { id: 'beijing', label: 'Beijing', children: [{ id: 'hr', label: 'HR' }] },
    ],
  },
  { id: 'europe', label: 'Europe' },
];
const open = new Set(['asia']);

describe('the tree', () => {
  it('shows children of open nodes only', () => {
    expect(flatten(nodes, open).map((r) => [r.node.id, r.level, r.openable])).toEqual([
      ['asia', 1, true],
      ['tokyo', 2, false],
      ['beijing', 2, true],
      ['europe', 1, false],
    ]);
  });

  const cases: [string, string, TreeStep | null][] = [
    ['ArrowDown', 'asia', { kind: 'focus', id: 'tokyo' }],
    ['ArrowDown', 'europe', null],
    ['ArrowUp', 'europe', { kind: 'focus', id: 'beijing' }],
    ['ArrowRight', 'asia', { kind: 'focus', id: 'tokyo' }],
    ['ArrowRight', 'beijing', { kind: 'expand', id: 'beijing', open: true }],
    ['ArrowRight', 'tokyo', null],
    ['ArrowLeft', 'asia', { kind: 'expand', id: 'asia', open: false }],
    ['ArrowLeft', 'tokyo', { kind: 'focus', id: 'asia' }],
    ['Home', 'europe', { kind: 'focus', id: 'asia' }],
    ['End', 'asia', { kind: 'focus', id: 'europe' }],
    ['Enter', 'tokyo', { kind: 'select', id: 'tokyo' }],
    ['x', 'tokyo', null],
  ];
  it.each(cases)('%s on %s', (key, at, step) => {
    expect(treeKey(key, flatten(nodes, open), at, open)).toEqual(step);
  });
});
