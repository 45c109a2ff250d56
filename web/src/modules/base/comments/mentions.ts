/** Mentions in comments: `<@mem_…>` as it is stored, `@Name` as it is written and read. Pure. */

export interface Mentionable {
  id: string;
  name: string;
}

export type Part = { text: string } | { member: string };

/** A stored text in parts. */
export function partsOf(text: string): Part[] {
  return text
    .split(/(<@mem_[0-9a-z]{26}>)/)
    .filter((part) => part !== '')
    .map((part) => (/^<@mem_/.test(part) ? { member: part.slice(2, -1) } : { text: part }));
}

/** A stored text as it stands in an editor. */
export function written(text: string, nameOf: (member: string) => string | undefined): string {
  return partsOf(text)
    .map((part) => ('text' in part ? part.text : `@${nameOf(part.member) ?? part.member}`))
    .join('');
}

/** What was written, as it is stored: of those who were picked, the longest name first. */
export function stored(text: string, picked: readonly Mentionable[]): string {
  const longest = [...picked].sort((a, b) => b.name.length - a.name.length);
  let rest = text;
  let out = '';
  while (rest !== '') {
    const found = longest.find(({ name }) => rest.startsWith(`@${name}`));
    const part = found ? `@${found.name}` : rest.slice(0, 1);
    out += found ? `<@${found.id}>` : part;
    rest = rest.slice(part.length);
  }
  return out;
}

/** What is being typed after an `@` before the caret; null when nobody is being mentioned. */
export function asked(text: string, caret: number): { from: number; name: string } | null {
  const before = text.slice(0, caret);
  const from = before.lastIndexOf('@');
  // An address has an @ as well.
  if (from < 0 || /[a-z0-9]$/i.test(before.slice(0, from))) return null;
  const name = before.slice(from + 1);
  return name.length > 30 || /[\n@]/.test(name) ? null : { from, name };
}
