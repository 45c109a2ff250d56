/** Every function of formulas is explained in every language, and nothing else is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paramName } from '.';
import ja from './ja.json';
import zh from './zh.json';

// Made from the table of functions; a Rust test keeps it so.
const page = readFileSync(join(import.meta.dirname, '../../../../docs/user/functions.md'), 'utf8');

/** The functions of the page with their parameters. */
const functions = new Map(
  [...page.matchAll(/^\| `([A-Z][A-Z0-9_.]*)\(([^)]*)\)` \|/gm)].map(([, name = '', params = '']) => [
    name,
    params.match(/\w+/g) ?? [],
  ]),
);

it('finds the functions of the page', () => {
  expect(functions.size).toBeGreaterThan(350);
  expect(functions.get('IFS')).toEqual(['condition', 'value']);
});

describe.each(Object.entries({ zh, ja }))('%s', (_, texts) => {
  it('explains every function and no other', () => {
    expect(Object.keys(texts.help).sort()).toEqual([...functions.keys()].sort());
  });

  it('names every parameter and no other', () => {
    const used = new Set([...functions.values()].flat());
    expect(Object.keys(texts.params).sort()).toEqual([...used].sort());
    const wrong = Object.entries(texts.own).filter(([name, params]) =>
      Object.keys(params).some((one) => !functions.get(name)?.some((param) => param === one)),
    );
    expect(wrong).toEqual([]);
  });

  it('gives the parameters of a function different names', () => {
    const same = [...functions].filter(([name, params]) => {
      const names = params.map((param) => paramName(texts, name, param));
      return new Set(names).size < names.length;
    });
    expect(same.map(([name]) => name)).toEqual([]);
  });

  it('has sentences', () => {
    expect(Object.values(texts.help).filter((text) => !text.endsWith('。'))).toEqual([]);
    expect(Object.values({ ...texts.params }).filter((text) => text.trim() === '')).toEqual([]);
  });
});
