/** What the list of choices offers for what was typed. Pure. */
import type { Choice } from '../model';

export type Offer = { kind: 'choice'; choice: Choice } | { kind: 'create'; name: string };

export function offers(choices: readonly Choice[], query: string, canCreate: boolean): Offer[] {
  const wanted = query.trim().toLowerCase();
  const matching = wanted === '' ? choices : choices.filter((choice) => choice.name.toLowerCase().includes(wanted));
  // What begins with the text stands before what merely contains it.
  const rank = (choice: Choice) => (choice.name.toLowerCase().startsWith(wanted) ? 0 : 1);
  const sorted = wanted === '' ? matching : [...matching].sort((a, b) => rank(a) - rank(b));
  const found: Offer[] = sorted.map((choice) => ({ kind: 'choice', choice }));
  const exists = choices.some((choice) => choice.name.toLowerCase() === wanted);
  if (canCreate && wanted !== '' && !exists) found.push({ kind: 'create', name: query.trim() });
  return found;
}
