import { afterEach, expect, it, vi } from 'vitest';
import { randomKey } from './random';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it('sends again what failed for a passing reason, and takes the rest as refused', async () => {
  const { retryIn } = await import('./records');
  const { ProblemError } = await import('./client');
  const of = (status: number, code: string, after?: number) =>
    new ProblemError({ status, code, detail: '', retry_after: after ?? null });
  expect(retryIn(of(0, 'network'), 0)).toBe(1000);
  expect(retryIn(of(409, 'store.conflict'), 1)).toBe(2000);
  expect(retryIn(of(503, 'store.busy', 2), 40)).toBe(2000);
  expect(retryIn(of(503, 'store.unclear'), 40)).toBe(30_000);
  expect(retryIn(of(409, 'base.exists'), 0)).toBeUndefined();
  expect(retryIn(of(422, 'input.name'), 0)).toBeUndefined();
  expect(retryIn(of(500, 'internal'), 5)).toBeUndefined();
  expect(retryIn(new TypeError('a fault of the client'), 0)).toBeUndefined();
});

it('makes keys and ids where the page is not a secure context', async () => {
  const { getRandomValues } = crypto;
  vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(crypto) });
  vi.stubGlobal('navigator', { locks: undefined });
  const { newId, outbox } = await import('./records');
  expect(newId('rec')).toMatch(/^rec_[0-9a-z]{26}$/);
  expect(randomKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(randomKey()).not.toBe(randomKey());
  await expect(outbox.open('mem_1')).resolves.toBeUndefined();
});
