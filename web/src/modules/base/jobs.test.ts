import { describe, expect, it } from 'vitest';
import { afterMessage, type Job, partDone } from './jobs';

const job = (change: Partial<Job>): Job => ({
  id: 'job_1',
  kind: 'retype',
  state: 'running',
  table: 'tbl_1',
  by: 'mem_1',
  done: 50,
  total: 200,
  ...change,
});

describe('jobs', () => {
  it('are shown while they are under way (S28)', () => {
    const told = (['waiting', 'running', 'done', 'failed', 'cancelled'] as const).map((state) =>
      job({ id: state, state }),
    );
    expect(afterMessage(told).map((one) => one.id)).toEqual(['waiting', 'running']);
  });

  it.each([
    [50, 200, 0.25],
    [300, 200, 1],
    [0, 0, 0],
  ])('%i of %i is %f', (done, total, part) => {
    expect(partDone(job({ done, total }))).toBe(part);
  });
});
