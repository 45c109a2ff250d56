import { expect, it } from 'vitest';
import type { Comment } from './api';
import { openComments } from './counts';

const comment = (id: string, thread: string, resolved?: string): Comment => ({
  id,
  thread,
  author: 'mem_1',
  text: '',
  created: '2026-11-20T00:00:00Z',
  ...(resolved ? { resolved } : {}),
});

it('counts the comments of threads that are not resolved', () => {
  const open = [comment('a', 'a'), comment('b', 'a')];
  const closed = [comment('c', 'c', '2026-11-21T00:00:00Z'), comment('d', 'c')];
  expect(openComments([])).toBe(0);
  expect(openComments(open)).toBe(2);
  expect(openComments([...closed, ...open])).toBe(2);
});
