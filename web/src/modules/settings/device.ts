/** What a browser and its system are called, from a user agent. Good enough to recognise one's own. */

const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
];
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
];

const find = (list: [RegExp, string][], agent: string) => list.find(([pattern]) => pattern.test(agent))?.[1];

export function isPhone(agent: string | null): boolean {
  return /iPhone|Android.*Mobile/.test(agent ?? '');
}

/** `Firefox · Linux`; null when neither is known. */
export function deviceOf(agent: string | null): string | null {
  const known = [find(browsers, agent ?? ''), find(systems, agent ?? '')].filter(Boolean);
  return known.length > 0 ? known.join(' · ') : null;
}
