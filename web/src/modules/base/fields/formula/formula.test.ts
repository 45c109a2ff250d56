import { describe, expect, it } from 'vitest';
import type { FormulaFunction } from '../../api';
import type { Table } from '../../model';
import { apply, completionsAt, parameterAt, signatureAt } from './complete';
import { cut } from './FormulaInput';
import { bracketed, nameOf, narrowed, tokens } from './syntax';

const regions: Table = {
  id: 'tbl_r',
  name: 'Regions',
  views: [],
  fields: [
    { id: 'r0', name: 'Region', type: 'text' },
    { id: 'r1', name: 'Size', type: 'number', precision: 0, thousands: false },
  ],
};
const own: Table = {
  id: 'tbl_m',
  name: 'Main',
  views: [],
  fields: [
    { id: 'm0', name: 'Name', type: 'text' },
    { id: 'm1', name: 'Count', type: 'number', precision: 0, thousands: false },
    { id: 'm2', name: 'Home', type: 'link', table: 'tbl_r', multiple: true },
    { id: 'm3', name: 'odd ] name', type: 'text' },
  ],
};
const make = (name: string, params: [string, string][]): FormulaFunction => ({
  name,
  group: 'number',
  params: params.map(([param, times]) => ({ name: param, takes: 'any', times })),
  gives: 'number',
  help: '',
  example: ['', ''],
});
const functions = [
  make('SUM', [['number', 'repeated']]),
  make('SUMIF', [
    ['list', 'one'],
    ['condition', 'one'],
  ]),
  make('FILTER', [
    ['list', 'one'],
    ['condition', 'one'],
  ]),
  make('IFS', [
    ['condition', 'repeated'],
    ['value', 'repeated'],
  ]),
  make('TODAY', []),
];
const known = { own, tables: [own, regions], functions };

/** The caret is where the bar is. */
function at(text: string) {
  const caret = text.indexOf('|');
  return { source: text.replace('|', ''), caret };
}
function offered(text: string): string[] {
  const { source, caret } = at(text);
  return completionsAt(source, caret, known)?.items.map((item) => item.label) ?? [];
}

describe('tokens', () => {
  it.each([
    ['[Count] * 2', ['name', 'sign', 'number']],
    ['SUM([A], "x]") // done', ['function', 'sign', 'name', 'sign', 'text', 'sign', 'comment']],
    ['\uff33\uff35\uff2d', ['word']],
    ['IF\uff08[A]\uff0c1\uff09', ['function', 'sign', 'name', 'sign', 'number', 'sign']],
    ['[a \\] b].[c]', ['name', 'sign', 'name']],
    ['"never ends', ['text']],
  ])('%j', (source, kinds) => {
    const found = tokens(source).filter((token) => token.kind !== 'space');
    expect(found.map((token) => token.kind)).toEqual(kinds);
  });

  it('cover the whole text, in order', () => {
    for (const source of ['', 'a b', '[x', '1+SUM((', '\u201ctext\u201d & 中'.replace('中', '\u4e2d')]) {
      const all = tokens(source);
      expect(all.map((token) => source.slice(token.start, token.end)).join('')).toBe(source);
    }
  });

  it('keep their length when wide punctuation becomes narrow', () => {
    expect(narrowed('IF\uff08a\uff0cb\uff09')).toBe('IF(a,b)');
  });

  it('name what they were made of', () => {
    expect(bracketed('odd ] name')).toBe('[odd \\] name]');
    expect(nameOf(bracketed('a\\]b'))).toBe('a\\]b');
  });
});

describe('completion', () => {
  it.each<[string, string[]]>([
    ['[Co|', ['Count']],
    ['1 + [o|]', ['Count', 'Home', 'odd ] name', 'Regions']],
    ['[Home].[|', ['Region', 'Size']],
    ['[Regions].[S|', ['Size']],
    ['[Regions].FILTER(CurrentValue.[|', ['Region', 'Size']],
    ['FILTER([Home], CurrentValue.[S|', ['Size']],
    ['[Home].FILTER(CurrentValue.[Size] > 1).[Re|', ['Region']],
    ['SU|', ['SUM', 'SUMIF']],
    ['su|', ['SUM', 'SUMIF']],
    ['coun|', ['Count']],
    ['"SU|', []],
    ['// SU|', []],
    ['12|', []],
    ['|', []],
  ])('of %s offers %j', (text, labels) => {
    expect(offered(text)).toEqual(labels);
  });

  it('goes on with fields and functions after a dot', () => {
    expect(offered('[Home].|')).toEqual(expect.arrayContaining(['Size', 'FILTER']));
  });

  it.each([
    ['[Cou|', 'Count', '[Count]|'],
    ['1 + [Cou|] * 2', 'Count', '1 + [Count]| * 2'],
    ['SUM([Cou|)', 'Count', 'SUM([Count]|)'],
    ['su|', 'SUM', 'SUM(|)'],
    ['su|(1)', 'SUM', 'SUM(|1)'],
    ['tod|', 'TODAY', 'TODAY()|'],
    ['coun|', 'Count', '[Count]|'],
  ])('of %s with %s is %s', (text, label, result) => {
    const { source, caret } = at(text);
    const found = completionsAt(source, caret, known);
    const item = found?.items.find((one) => one.label === label);
    if (!found || !item) throw new Error(`${label} is not offered`);
    const applied = apply(source, found, item);
    expect(`${applied.text.slice(0, applied.caret)}|${applied.text.slice(applied.caret)}`).toBe(result);
  });
});

describe('the call around the caret', () => {
  it.each<[string, [string, number] | undefined]>([
    ['SUM(|', ['SUM', 0]],
    ['SUM(1, 2|', ['SUM', 1]],
    ['SUM(1\uff0c|', ['SUM', 1]],
    ['SUM(IFS(1, 2), |', ['SUM', 1]],
    ['[Home].FILTER(|', ['FILTER', 1]],
    ['SUM(1)|', undefined],
    ['(1 + |', undefined],
    ['SUM("a, b", |', ['SUM', 1]],
  ])('%s', (text, expected) => {
    const { source, caret } = at(text);
    const found = signatureAt(source, caret);
    expect(found && [found.name, found.argument]).toEqual(expected);
  });

  it('has parameters that go round together', () => {
    const ifs = functions.find((one) => one.name === 'IFS') as FormulaFunction;
    expect([0, 1, 2, 3].map((argument) => parameterAt(ifs, argument))).toEqual([0, 1, 0, 1]);
  });
});

describe('a mistake', () => {
  const wrong = (source: string, start: number, end: number) =>
    cut(source, tokens(source), { start, end }, undefined)
      .filter((piece) => piece.wrong)
      .map((piece) => source.slice(piece.start, piece.end))
      .join('');
  it('is underlined where it is, across tokens', () => {
    expect(wrong('1 + [Cuont]', 4, 11)).toBe('[Cuont]');
    expect(wrong('SUM(1, "a")', 2, 6)).toBe('M(1,');
  });
  it('at the end marks the last sign', () => {
    expect(wrong('1 +', 3, 3)).toBe('+');
  });
});
