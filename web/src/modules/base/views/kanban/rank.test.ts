import { expect, it } from 'vitest';
import { type Ranked, ranksFor, renumbered } from './rank';

const column = (...ranks: (number | undefined)[]): Ranked[] => ranks.map((rank, i) => ({ id: `r${i}`, rank }));

/** The ids in the order of their numbers, those without last. */
function sorted(cards: readonly Ranked[]): string[] {
  const high = Number.POSITIVE_INFINITY;
  return cards
    .map((card, i) => ({ ...card, i }))
    .sort((a, b) => (a.rank ?? high) - (b.rank ?? high) || a.i - b.i)
    .map(({ id }) => id);
}

it.each<[string, number, Ranked[], number]>([
  ['alone', 0, column(), 1],
  ['first', 0, column(1, 2, 3), 1],
  ['between numbers', 2, column(1, 2, 3), 1],
  ['last', 3, column(1, 2, 3), 1],
  ['first of those without', 0, column(undefined, undefined), 1],
  ['after those with a number', 2, column(4, 5, undefined), 1],
  ['among those without', 3, column(4, undefined, undefined, undefined), 3],
  ['below zero', 1, column(-2, -1), 1],
])('puts a card %s', (_, at, cards, writes) => {
  const written = ranksFor('x', at, cards);
  expect(written).toHaveLength(writes);
  const ranks = new Map(written?.map(({ id, rank }) => [id, rank]));
  const after = [...cards, { id: 'x', rank: undefined }].map(({ id, rank }) => ({ id, rank: ranks.get(id) ?? rank }));
  const expected = cards.map(({ id }) => id);
  expected.splice(at, 0, 'x');
  expect(sorted(after)).toEqual(expected);
});

it('says when there is no number between two', () => {
  expect(ranksFor('x', 1, column(2, 2))).toBeUndefined();
  expect(ranksFor('x', 1, column(1, 1 + Number.EPSILON))).toBeUndefined();
  expect(renumbered('x', 1, column(2, 2))).toEqual([
    { id: 'r0', rank: 1 },
    { id: 'x', rank: 2 },
    { id: 'r1', rank: 3 },
  ]);
});
