import { expect, it } from 'vitest';
import { safeNext } from './session';

it.each([
  ['/drive?x=1', '/drive?x=1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  [undefined, '/'],
])('%s leads to %s', (next, path) => {
  expect(safeNext(next)).toBe(path);
});
