/** How well a text answers what was typed. Pure. */

/** 0 is no match; higher is better: the whole, a start, the start of a word, a part, letters in order. */
export function score(query: string, text: string): number {
  const wanted = query.trim().toLocaleLowerCase();
  const offered = text.toLocaleLowerCase();
  if (!wanted) return 1;
  if (offered === wanted) return 100;
  const at = offered.indexOf(wanted);
  if (at === 0) return 80;
  if (at > 0) return /[\s:·/(]/.test(offered[at - 1] ?? '') ? 60 : 40;
  let from = 0;
  for (const sign of wanted.replaceAll(' ', '')) {
    from = offered.indexOf(sign, from) + 1;
    if (from === 0) return 0;
  }
  return 10;
}

export interface Entry<T> {
  value: T;
  text: string;
  /** Found by these words, too, but less well. */
  words?: string | undefined;
}

/** Entries that match, best first; equal ones stay in their order. */
export function rank<T>(query: string, entries: readonly Entry<T>[]): T[] {
  return entries
    .map((entry) => ({
      value: entry.value,
      points: Math.max(score(query, entry.text), entry.words ? score(query, entry.words) / 2 : 0),
    }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ value }) => value);
}

/** Splits a text at what was typed, for marking it: every second part matches. */
export function marked(query: string, text: string): string[] {
  const wanted = query.trim().toLocaleLowerCase();
  const at = wanted ? text.toLocaleLowerCase().indexOf(wanted) : -1;
  if (at < 0) return [text];
  return [text.slice(0, at), text.slice(at, at + wanted.length), text.slice(at + wanted.length)];
}
