import { expect, it } from 'vitest';
import { hueOf, initialsOf } from './initials';

it.each([
  ['林晓', '林'],
  ['佐藤 美咲', '佐'],
  ['Maya Okafor', 'MO'],
  ['maya', 'M'],
  ['Ana María de la Cruz', 'AC'],
  ['  ', '?'],
])('%s becomes %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

it('gives an id one of eight colours, always the same', () => {
  expect(hueOf('mem_1')).toBe(hueOf('mem_1'));
  expect(hueOf('mem_01k3v9')).toBeLessThan(8);
});
