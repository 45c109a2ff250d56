import { describe, expect, it } from 'vitest';
import { nextSpot, numberOf, type Page, pageAfter, spotsOf } from './model';

const columns = ['name', 'city', 'note'];
const page: Page = {
  total: 9,
  before: 2,
  hits: [
    { at: 4, record: 'a', fields: ['note', 'name', 'hidden'] },
    { at: 7, record: 'b', fields: ['city'] },
  ],
};

describe('finding', () => {
  it('goes by rows, then by the columns shown', () => {
    expect(spotsOf(page, columns).map((spot) => [spot.at, spot.field])).toEqual([
      [4, 'name'],
      [4, 'note'],
      [7, 'city'],
    ]);
  });

  it.each([
    [null, false, [4, 'name']],
    [null, true, [7, 'city']],
    [{ at: 4, field: 'name' }, false, [4, 'note']],
    [{ at: 4, field: 'city' }, false, [4, 'note']],
    [{ at: 5, field: 'note' }, false, [7, 'city']],
    [{ at: 5, field: 'note' }, true, [4, 'note']],
    [{ at: 7, field: 'city' }, false, undefined],
    [{ at: 4, field: 'name' }, true, undefined],
  ] as const)('from %j, backward %s', (from, backward, wanted) => {
    const spot = nextSpot(page, columns, from, backward);
    expect(spot && [spot.at, spot.field]).toEqual(wanted);
  });

  it('asks for what follows, and begins anew at the end', () => {
    expect(pageAfter(page, false)).toEqual({ from: 8 });
    expect(pageAfter(page, true)).toEqual({ until: 4 });
    expect(pageAfter({ ...page, total: 4 }, false)).toEqual({ from: 0 });
    expect(pageAfter({ ...page, before: 0 }, true)).toEqual({ until: Number.MAX_SAFE_INTEGER });
  });

  it('counts records', () => {
    expect([numberOf(page, 'b'), numberOf(page, 'x')]).toEqual([4, 0]);
  });
});
