/** The three languages say the same things, and the client says nothing that is not in them. */
import { describe, expect, it } from 'vitest';
import en from './en';
import enTables from './en/tables';
import ja from './ja';
import jaTables from './ja/tables';
import zh from './zh';
import zhTables from './zh/tables';

type Tree = { [key: string]: string | Tree };

/** `ns:a.b` to its text; plural forms count as one key. */
function flat(tree: Tree, path = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path === '' ? key : path.includes(':') ? `${path}.${key}` : `${path}:${key}`;
    if (typeof value === 'string') texts.set(here.replace(/_(one|other)$/, ''), value);
    else for (const [below, text] of flat(value, here)) texts.set(below, text);
  }
  return texts;
}

const english = flat({ ...en, ...enTables } as Tree);
const languages = { zh: flat({ ...zh, ...zhTables } as Tree), ja: flat({ ...ja, ...jaTables } as Tree) };
const placeholders = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();

describe.each(Object.entries(languages))('%s', (_, texts) => {
  it('has the keys of English', () => {
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('fills in what English fills in', () => {
    const wrong = [...english].filter(([key, text]) => {
      const other = placeholders(texts.get(key) ?? '').filter((name) => name !== '{{count}}');
      return (
        placeholders(text)
          .filter((name) => name !== '{{count}}')
          .join() !== other.join()
      );
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});

it('has no empty text', () => {
  const all = [english, ...Object.values(languages)].flatMap((texts) => [...texts]);
  expect(all.filter(([, text]) => text.trim() === '')).toEqual([]);
});

const sources = Object.entries(
  import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*', '!../**/*.gen.ts'], {
    eager: true,
    query: '?raw',
    import: 'default',
  }),
);

/** Every `t('…')` and ``t(`….${x}`)`` of a file, as `ns:key`; a template as its fixed start and `…`. */
function usedKeys(source: string): string[] {
  const namespace = source.match(/useTranslation\('(\w+)'\)|TFunction<'(\w+)'>/);
  const own = namespace?.[1] ?? namespace?.[2] ?? 'common';
  const calls = source.matchAll(/(i18next\.t|\bt)\(\s*(?:'([\w.:]+)'|`([\w.:]*)\$\{)/g);
  return [...calls].map(([, caller, fixed, start]) => {
    const key = fixed ?? `${start}…`;
    return key.includes(':') ? key : `${caller === 't' ? own : 'common'}:${key}`;
  });
}

it('knows every key that the client asks for', () => {
  const keys = [...english.keys()];
  const missing = sources.flatMap(([file, source]) =>
    usedKeys(source)
      .filter((key) => (key.endsWith('…') ? !keys.some((k) => k.startsWith(key.slice(0, -1))) : !english.has(key)))
      .map((key) => `${file}: ${key}`),
  );
  expect(missing).toEqual([]);
});

/** What may stand in the code: names of languages in themselves, and what people type into a cell. */
const allowed = [
  './index.ts',
  '../grid/dates.ts',
  '../grid/numbers.ts',
  '../grid/parse.ts',
  '../grid/editor/DatePanel.tsx',
  '../grid/editor/pinyin.ts',
];

it('has no Chinese or Japanese text in the code', () => {
  const found = sources
    .filter(([file]) => !allowed.includes(file))
    .flatMap(([file, source]) =>
      (source.match(/^.*[\u3040-\u30ff\u3400-\u9fff].*$/gm) ?? []).map((line) => `${file}: ${line}`),
    );
  expect(found).toEqual([]);
});

it('has no English text between tags or in attributes that are read out', () => {
  const text = />\s*([A-Za-z][a-z]+(?: [A-Za-z][a-z]*)+[.…!?]?|[A-Z][a-z]{2,})\s*<\//g;
  const attribute = /\s(?:label|title|placeholder|alt|aria-label|description|hint)="[A-Za-z][^"]*"/g;
  const found = sources
    .filter(([file]) => file.endsWith('.tsx'))
    .flatMap(([file, source]) =>
      [...(source.match(text) ?? []), ...(source.match(attribute) ?? [])].map((line) => `${file}: ${line}`),
    );
  expect(found).toEqual([]);
});
