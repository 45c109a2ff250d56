/** The numbers by which cards stand in a column when people put them in order themselves. Cards without one stand last. Pure. */

export interface Ranked {
  id: string;
  rank: number | undefined;
}

export interface Written {
  id: string;
  rank: number;
}

const between = (low: number, high: number): number | undefined => {
  const middle = low + (high - low) / 2;
  return middle > low && middle < high ? middle : undefined;
};

/**
 * What is written so that a card stands at a place. `cards`: those of the column in order, without the card, as far as the place and one
 * more. Undefined when there is no number between the neighbours: then all of the column are numbered anew.
 */
export function ranksFor(card: string, at: number, cards: readonly Ranked[]): Written[] | undefined {
  const above = cards.slice(0, at);
  const next = cards[at]?.rank;
  // Those without a number stand last: above the card none may be without.
  const blank = above.findIndex((one) => one.rank === undefined);
  if (blank >= 0) {
    const start = (above[blank - 1]?.rank ?? 0) + 1;
    const filled = above.slice(blank).map(({ id }, i) => ({ id, rank: start + i }));
    return [...filled, { id: card, rank: start + filled.length }];
  }
  const before = above.at(-1)?.rank;
  if (before === undefined) return [{ id: card, rank: next === undefined ? 1 : next - 1 }];
  if (next === undefined) return [{ id: card, rank: before + 1 }];
  const rank = between(before, next);
  return rank === undefined ? undefined : [{ id: card, rank }];
}

/** All of a column, numbered anew with the card at its place. */
export function renumbered(card: string, at: number, cards: readonly Ranked[]): Written[] {
  const ids = cards.map((one) => one.id);
  ids.splice(at, 0, card);
  return ids.map((id, i) => ({ id, rank: i + 1 }));
}
