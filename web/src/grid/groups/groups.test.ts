import { describe, expect, it } from 'vitest';
import type { Field } from '../model';
import { foldingOf } from './keys';
import { functionsOf, type GroupKey, type GroupLine, newLevel, type SummaryFunction, waysOf } from './model';
import { headText, summaryText, type Words } from './text';
import { cellsOf } from './values';
import { landed, nearest } from './walk';

const choices = [
  { id: 'opt_a', name: 'Open', color: 'blue' as const },
  { id: 'opt_b', name: 'Closed', color: 'gray' as const },
];
const select: Field = { id: 'select', name: 'State', type: 'select', choices };
const tags: Field = { id: 'tags', name: 'Tags', type: 'multi_select', choices };
const number: Field = { id: 'number', name: 'Price', type: 'number', precision: 0, thousands: true };
const money: Field = { ...number, id: 'money', format: 'currency', currency: 'EUR', precision: 2 } as Field;
const date: Field = { id: 'date', name: 'Day', type: 'date', time: false, format: 'iso' };
const time: Field = { id: 'time', name: 'Time', type: 'date', time: true };
const tick: Field = { id: 'tick', name: 'Done', type: 'checkbox' };
const text: Field = { id: 'text', name: 'Name', type: 'text' };
const owner: Field = { id: 'owner', name: 'Owner', type: 'member', multiple: true };
const sum: Field = { id: 'sum', name: 'Sum', type: 'formula', formula: '1', computed: { type: 'number', list: false } };
const link: Field = { id: 'link', name: 'Station', type: 'link', table: 'tbl_1', multiple: true };

const names = { members: new Map([['mem_1', { id: 'mem_1', name: 'Maya' }]]), groups: new Map(), me: null };
const locale = { language: 'en', zone: 'Asia/Shanghai', names };
const words: Words = {
  empty: '(Empty)',
  error: '(Error)',
  checked: 'Checked',
  unchecked: 'Not checked',
  week: (day) => `Week of ${day}`,
  quarter: (year, quarter) => `Q${quarter} ${year}`,
  days: (count) => `${count} days`,
};

describe('what a group is called', () => {
  it.each<[Field, Partial<GroupKey>, unknown, string, string]>([
    [select, {}, 'opt_a', 'Open', 'Open'],
    [tags, {}, ['opt_a', 'opt_b'], 'Open, Closed', 'Open, Closed'],
    [tags, { by: 'each' }, 'opt_b', 'Closed', 'Closed'],
    [select, {}, null, '', '(Empty)'],
    [sum, {}, { error: true }, '', '(Error)'],
    [number, { size: 1000 }, { from: 1000, to: 2000 }, '', '1,000 – 2,000'],
    [money, { size: 2 }, { from: 2, to: 4 }, '', '€2 – €4'],
    [money, { size: 0.5 }, { from: 0, to: 0.5 }, '', '€0.00 – €0.50'],
    [number, {}, 12, '12', '12'],
    [date, { by: 'day' }, '2026-11-20', '', '2026-11-20'],
    [date, { by: 'week' }, '2026-11-16', '', 'Week of 2026-11-16'],
    [date, { by: 'month' }, '2026-11-01', '', 'November 2026'],
    [date, { by: 'quarter' }, '2026-10-01', '', 'Q4 2026'],
    [date, { by: 'year' }, '2026-01-01', '', '2026'],
    [tick, {}, true, '', 'Checked'],
    [tick, {}, false, '', 'Not checked'],
    [owner, {}, ['mem_1'], 'Maya', 'Maya'],
    [link, {}, ['rec_1'], 'Airport', 'Airport'],
    [text, {}, 'a', 'a', 'a'],
  ])('%#', (field, key, value, label, expected) => {
    const head = { path: ['x', value], label, count: 1, folded: false };
    expect(headText({ field: field.id, descending: false, ...key }, field, head, locale, words)).toBe(expected);
  });
});

describe('what is told', () => {
  it.each<[Field, SummaryFunction, unknown, string]>([
    [number, 'sum', 12345, '12,345'],
    [number, 'average', 2.5, '2.50'],
    [number, 'average', 2, '2'],
    [money, 'sum', 0.1 + 0.2, '€0.30'],
    [sum, 'sum', 0.1 + 0.2, '0.3'],
    [text, 'count', 1200, '1,200'],
    [text, 'percent_filled', 0.1234, '12.3%'],
    [date, 'earliest', '2026-11-20', '2026-11-20'],
    [date, 'range', 12, '12 days'],
    [number, 'range', 12, '12'],
    [number, 'median', null, '—'],
  ])('%#', (field, what, value, expected) => {
    expect(summaryText(field, what, value, locale, words)).toBe(expected);
  });

  it('is what the type of the field allows', () => {
    expect(functionsOf(number)).toContain('median');
    expect(functionsOf(sum)).toContain('sum');
    expect(functionsOf(text)).not.toContain('sum');
    expect(functionsOf(date)).toContain('earliest');
    expect(functionsOf(tick)).toContain('percent_checked');
  });
});

describe('levels', () => {
  it('begin with the usual way', () => {
    expect(newLevel(date)).toEqual({ field: 'date', descending: false, by: 'day' });
    expect(newLevel(select)).toEqual({ field: 'select', descending: false });
    expect(waysOf(tags)).toEqual(['value', 'each']);
  });
});

describe('a record made in a group', () => {
  const fields = [select, tags, number, date, time, tick, text, owner, sum, link];
  it.each<[Field, Partial<GroupKey>, unknown, unknown]>([
    [select, {}, 'opt_a', 'opt_a'],
    [tags, {}, ['opt_a', 'opt_b'], ['opt_a', 'opt_b']],
    [tags, { by: 'each' }, 'opt_b', ['opt_b']],
    [number, { size: 10 }, { from: 10, to: 20 }, 10],
    [number, {}, 7, 7],
    [date, { by: 'month' }, '2026-11-01', '2026-11-01'],
    [time, { by: 'month' }, '2026-11-01', '2026-10-31T16:00:00Z'],
    [time, {}, '2026-11-01T08:00:00Z', '2026-11-01T08:00:00Z'],
    [tick, {}, true, true],
    [text, {}, 'a', 'a'],
    [owner, {}, ['mem_1'], ['mem_1']],
    [link, {}, ['rec_1'], ['rec_1']],
    [select, {}, null, undefined],
    [sum, {}, 3, undefined],
    [number, {}, { error: true }, undefined],
  ])('has its values: %#', (field, key, value, expected) => {
    const group = [{ field: field.id, descending: false, ...key }];
    expect(cellsOf(group, [value], fields, locale.zone)[field.id]).toEqual(expected);
  });

  it('has those of all levels around it, and no others', () => {
    const group = [select, number, tick].map((field) => ({ field: field.id, descending: false }));
    expect(cellsOf(group, ['opt_a', 3], fields, 'UTC')).toEqual({ select: 'opt_a', number: 3 });
  });
});

const head = (folded: boolean): GroupLine => ({ kind: 'head', head: { path: ['a'], label: '', count: 1, folded } });
const end: GroupLine = { kind: 'end', path: ['a'] };
/** h: head, f: folded, e: end, r: record. */
function lines(text: string) {
  const kinds: Record<string, GroupLine> = { h: head(false), f: head(true), e: end };
  return { total: text.length, line: (i: number) => kinds[text[i] ?? 'r'] };
}
const at = (line: number) => ({ cell: [1, line] as const, range: { x: 1, y: line, width: 1, height: 1 } });

describe('keys among lines', () => {
  it.each<[string, number, number, number]>([
    ['hrrehrre', 2, 3, 5],
    ['hrrehrre', 5, 4, 2],
    ['hrrehrre', 6, 7, 6],
    ['hrrehrre', 1, 0, 1],
    ['hrrefhre', 2, 3, 4],
    ['ffhre', 1, 2, 3],
    ['hhhrreehre', 4, 5, 8],
    ['hrrehrre', 6, 0, 1],
    ['hrrehrre', 1, 7, 6],
    ['rrr', 0, 1, 1],
  ])('in %s from %i to %i land on %i', (text, from, to, expected) => {
    expect(landed(lines(text), at(from), at(to)).cell[1]).toBe(expected);
  });

  it('stay within the range that is selected', () => {
    const range = { x: 1, y: 1, width: 1, height: 5 };
    const source = lines('hrehre');
    expect(landed(source, { cell: [1, 1], range }, { cell: [1, 2], range }).cell).toEqual([1, 4]);
    expect(landed(source, { cell: [1, 4], range }, { cell: [1, 5], range }).cell).toEqual([1, 4]);
  });

  it('begin at the first record', () => {
    expect(nearest(lines('hhre'), 0)).toBe(2);
    expect(nearest(lines('hf'), 0)).toBe(1);
  });

  const key = (name: string, more = {}) => ({ key: name, mod: false, shift: false, alt: false, ...more });
  it('fold groups', () => {
    const around = ['a', 'b'];
    const far = { alt: true, shift: true };
    expect(foldingOf(key('ArrowLeft', far), undefined, around)).toEqual({ fold: around, folded: true });
    expect(foldingOf(key('ArrowRight', far), undefined, around)).toEqual({ fold: around, folded: false });
    expect(foldingOf(key('ArrowUp', far), undefined, [])).toEqual({ all: true });
    expect(foldingOf(key('Enter'), head(true), ['a'])).toEqual({ fold: ['a'], folded: false });
    expect(foldingOf(key(' '), head(false), ['a'])).toEqual({ fold: ['a'], folded: true });
    expect(foldingOf(key('ArrowRight'), head(true), ['a'])).toEqual({ fold: ['a'], folded: false });
    expect(foldingOf(key('ArrowRight'), head(false), ['a'])).toBeUndefined();
    expect(foldingOf(key('Enter'), undefined, ['a'])).toBeUndefined();
    expect(foldingOf(key('ArrowLeft', far), undefined, [])).toBeUndefined();
  });
});

describe('keys in a tree', () => {
  const arrow = (key: string, more = {}) => ({ key, mod: false, shift: false, alt: false, ...more });
  const open = { depth: 1, parent: true, folded: false };
  const folded = { ...open, folded: true };
  const leaf = { ...open, parent: false };
  const both = { shift: true, alt: true };
  it.each([
    ['ArrowLeft', {}, open, true, { branch: true }],
    ['ArrowLeft', {}, open, false, undefined],
    ['ArrowLeft', {}, folded, true, undefined],
    ['ArrowRight', {}, folded, true, { branch: false }],
    ['ArrowRight', {}, leaf, true, undefined],
    ['ArrowRight', { shift: true }, folded, true, undefined],
    ['ArrowLeft', both, open, false, { branch: true }],
    ['ArrowRight', both, folded, false, { branch: false }],
    ['ArrowUp', both, open, false, { all: true }],
  ] as const)('%s with %o', (key, more, twig, first, told) => {
    expect(foldingOf(arrow(key, more), undefined, [], twig, first)).toEqual(told);
  });
});
