/** First letters of Chinese names, so that people can be found by typing them. Pure. */

// The first character of each initial letter in the order of pinyin; no syllable begins with i, u or v.
const firsts = '阿八嚓咑妸发旮哈丌咔垃妈拏噢妑七呥仨他屲夕丫帀';
const letters = 'abcdefghjklmnopqrstwxyz';
let collator: Intl.Collator | undefined;

function initialOf(character: string): string {
  if (!/\p{sc=Han}/u.test(character)) return character.toLowerCase();
  collator ??= new Intl.Collator('zh-u-co-pinyin');
  for (let i = firsts.length - 1; i >= 0; i--) {
    if (collator.compare(character, firsts[i] ?? '') >= 0) return letters[i] ?? '';
  }
  return character;
}

const known = new Map<string, string>();

/** `wxm` of a name of three characters. A text without any is itself. */
export function initialsOfName(name: string): string {
  let initials = known.get(name);
  if (initials === undefined) {
    initials = [...name].map(initialOf).join('');
    known.set(name, initials);
  }
  return initials;
}
