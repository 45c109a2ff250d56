/** What stands in an avatar without a picture. */

const cjk = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

/** One sign for a Chinese, Japanese or Korean name; first letters of the first and last word otherwise. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s·]+/)
    .filter(Boolean);
  const first = words[0];
  if (!first) return '?';
  const head = [...first][0] ?? '?';
  if (cjk.test(head)) return head;
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (head + last).toUpperCase();
}

/** One of eight colours, always the same for an id. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const sign of id) hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) >>> 0;
  return hash % 8;
}
