import { expect, it } from 'vitest';
import { factsOf } from './audit-facts';

const words = {
  member: (id: string) => (id.startsWith('mem_01m7wt1p4') ? 'Tom Becker' : undefined),
  word: (key: string, value: string) => (key === 'role' && value === 'view' ? 'Can view' : undefined),
};

it.each([
  [null, []],
  [{ name: 'Network', resource: 'res_01m7wt1p5gj1kweaacb220bqw0', role: 'view', subject: '' }, ['Network', 'Can view']],
  [{ member: 'mem_01m7wt1p4rcg85g8mvbde32bfv', name: 'Tom Becker', role: 'guest' }, ['Tom Becker', 'guest']],
  [{ member: 'mem_01m7wt1zzzzzzzzzzzzzzzzzzz', count: 3, before: { role: 'guest' } }, ['3']],
])('%o', (data, facts) => {
  expect(factsOf(data, words)).toEqual(facts);
});
