/** What an entry of the audit log was about, in a few words. Pure. */

const id = /^([a-z]{3})_[0-9a-z]{20,}$/;

interface Words {
  /** The name of a member; undefined when not known. */
  member: (id: string) => string | undefined;
  /** A word of ours for the value of a key, as a role; undefined when there is none. */
  word: (key: string, value: string) => string | undefined;
}

/** Names instead of ids, words instead of codes; ids that name nothing are left out. */
export function factsOf(data: Record<string, unknown> | null, { member, word }: Words): string[] {
  const facts = Object.entries(data ?? {}).flatMap(([key, value]): string[] => {
    if (value === null || value === '' || typeof value === 'object' || typeof value === 'boolean') return [];
    const text = String(value);
    const kind = text.match(id)?.[1];
    if (kind) return kind === 'mem' ? [member(text) ?? ''] : [];
    return [word(key, text) ?? text];
  });
  return [...new Set(facts.filter(Boolean))];
}
