/** Where things stand in a cell, what a click means, and what cells of every type say. */
import { describe, expect, it } from 'vitest';
import { initI18n, loadStrings } from '../i18n';
import { hintOf, hitOf } from './cells/hit';
import { boxAt, flow, starAt } from './cells/layout';
import { formatStyledDate } from './dates';
import { formatCell, type Locale, plainCell } from './format';
import { fitsFormat, linkOf, safeUrl } from './links';
import type { CellValue, DateFormat, Field, TextFormat } from './model';
import { parseCell, parsePlace, splitList } from './parse';

const locale: Locale = {
  language: 'en',
  zone: 'Asia/Shanghai',
  names: {
    members: new Map([
      ['mem_a', { id: 'mem_a', name: 'Lin Xiao', email: 'lin@example.org' }],
      ['mem_b', { id: 'mem_b', name: 'Tom', email: 'tom@example.org' }],
      ['mem_c', { id: 'mem_c', name: 'Tom', email: 'tom2@example.org' }],
    ]),
    groups: new Map([['grp_1', { id: 'grp_1', name: 'Sales' }]]),
    me: 'mem_a',
  },
};
const now = new Date('2026-11-20T00:00:00Z');
const own = { id: 'f', name: 'F' };
const owner: Field = { ...own, type: 'member', multiple: true };
const link: Field = { ...own, type: 'link', table: 'tbl', multiple: true };
const where: Field = { ...own, type: 'location' };
const rating: Field = { ...own, type: 'number', format: 'rating', precision: 0, thousands: false };
const place = { name: 'Airport', latitude: 40.08, longitude: 116.58 };
const source: Field = { ...own, type: 'number', format: 'percent', precision: 0, thousands: false };
const state: Field = { ...own, type: 'select', choices: [{ id: 'opt_a', name: 'Open', color: 'blue' }] };
const computed = (type: string, list: boolean, more: object = {}): Field =>
  ({ ...own, type: 'lookup', from: { link: 'l' }, field: 'x', computed: { type, list }, ...more }) as Field;

describe('what a cell says', () => {
  it.each<[string, Field, CellValue, string]>([
    ['people by name', owner, ['mem_a', 'mem_b'], 'Lin Xiao, Tom'],
    ['somebody unknown', owner, ['mem_x'], '—'],
    ['a group', { ...own, type: 'group', multiple: false }, ['grp_1'], 'Sales'],
    ['records by their text, and how many more', link, [{ id: 'rec_1', text: 'North' }, { more: 12 }], 'North, +12'],
    ['a place by its name', where, place, 'Airport'],
    ['a place without one', where, { latitude: 1.5, longitude: -2 }, '1.5, -2'],
    ['files by name', { ...own, type: 'attachment' }, [{ id: 'fil_1', name: 'a.pdf', size: 1, media: 'x' }], 'a.pdf'],
    [
      'an automatic number as its pattern gives it',
      { ...own, type: 'auto_number', pattern: 'A-{n:3}' },
      'A-007',
      'A-007',
    ],
    ['a failure by its code', computed('number', false), { error: '#DIV/0' }, '#DIV/0'],
    ['a looked-up number as its field does', computed('number', true, { source }), [0.5, 0.25], '50%, 25%'],
    ['a computed choice by name', computed('choice', true, { source: state }), ['opt_a'], 'Open'],
    ['a span of days', computed('duration', false), 1.5, '1.5'],
    ['nothing', computed('text', true), [], ''],
    [
      'the text on a button',
      { ...own, type: 'button', label: 'Go', color: 'blue', action: { do: 'set', cells: [] } },
      null,
      'Go',
    ],
  ])('%s', (_, field, value, text) => {
    expect(formatCell(field, value, locale)).toBe(text);
  });

  it('shows a span of days as hours where that is the format', () => {
    const style = { number: { format: 'duration', precision: 0, thousands: false } };
    const field = { ...computed('duration', false), type: 'formula', formula: '', style } as Field;
    expect(formatCell(field, 1.5, locale)).toBe('36:00:00');
  });

  it.each<[DateFormat, string, string, string]>([
    ['local', 'en', 'Asia/Shanghai', '2026-11-20 16:30'],
    ['local', 'zh-CN', 'Asia/Shanghai', '2026/11/20 16:30'],
    ['day_first', 'en', 'Europe/Berlin', '20/11/2026 09:30'],
    ['month_first', 'en', 'Europe/Berlin', '11/20/2026 09:30'],
    ['day_dots', 'ja', 'Europe/Berlin', '20.11.2026 09:30'],
    ['long', 'ja', 'Asia/Tokyo', '2026年11月20日 17:30'],
  ])('a date as %s in %s and %s', (format, language, zone, text) => {
    expect(formatStyledDate('2026-11-20T08:30:00Z', { time: true, format, zone }, language, 'UTC')).toBe(text);
  });
});

describe('what is read from text', () => {
  it.each<[string, Field, string, unknown]>([
    ['people by name and address', owner, 'Lin Xiao; tom2@example.org', { value: ['mem_a', 'mem_c'] }],
    ['an address with a name', owner, 'Tom <tom@example.org>', { value: ['mem_b'] }],
    ['a name that two have', owner, 'Tom', { invalid: true }],
    ['nobody', owner, 'Nobody', { invalid: true }],
    ['a place', where, 'Airport (40.08, 116.58)', { value: place }],
    ['stars', rating, '4', { value: 4 }],
    ['a computed field', computed('number', false), '4', { invalid: true }],
    ['blanks around an address', { ...own, type: 'text', format: 'url' }, ' example.org ', { value: 'example.org' }],
  ])('%s', (_, field, text, parsed) => {
    expect(parseCell(field, text, locale, now)).toEqual(parsed);
  });

  it.each([
    ['40.08, 116.58', { latitude: 40.08, longitude: 116.58 }],
    ['-33.9 151.2', { latitude: -33.9, longitude: 151.2 }],
    ['33.9°S, 151.2°E', { latitude: -33.9, longitude: 151.2 }],
    ['116.58, 40.08', { latitude: 40.08, longitude: 116.58 }],
    ['40.08，116.58', { latitude: 40.08, longitude: 116.58 }],
    ['200, 300', undefined],
    ['somewhere', undefined],
  ])('the place %j', (text, expected) => {
    expect(parsePlace(text)).toEqual(expected);
  });

  it('splits a list at what separates it, but not in quotes', () => {
    expect(splitList('a, "b, c"; "say ""hi"""')).toEqual(['a', 'b, c', 'say "hi"']);
  });

  it('gives back what was copied as text', () => {
    const names: Field = {
      ...own,
      type: 'multi_select',
      choices: [
        { id: 'o1', name: 'a, b', color: 'red' },
        { id: 'o2', name: 'c', color: 'red' },
      ],
    };
    const text = plainCell(names, ['o1', 'o2'], locale);
    expect(parseCell(names, text, locale, now)).toEqual({ value: ['o1', 'o2'] });
  });
});

describe('addresses', () => {
  it.each<[string, TextFormat, string | undefined]>([
    ['https://example.org/a', 'url', 'https://example.org/a'],
    ['example.org/a', 'url', 'https://example.org/a'],
    ['javascript:alert(1)', 'url', undefined],
    ['data:text/html,x', 'url', undefined],
    ['file:///etc/passwd', 'url', undefined],
    ['lin@example.org', 'email', 'mailto:lin@example.org'],
    ['lin@', 'email', undefined],
    ['+86 10 1234-5678', 'phone', 'tel:+861012345678'],
    ['call me', 'phone', undefined],
    ['https://example.org', 'plain', 'https://example.org/'],
    ['example.org', 'plain', undefined],
  ])('%s as %s leads to %s', (text, format, url) => {
    expect(linkOf(text, format)).toBe(url);
  });

  it('opens nothing that could run', () => {
    expect(['JAVASCRIPT:x', ' javascript:x', 'vbscript:x', 'blob:x', ''].map(safeUrl)).toEqual(
      Array(5).fill(undefined),
    );
    expect(fitsFormat('', 'email')).toBe(true);
  });
});

describe('places in a cell', () => {
  const rect = { x: 0, y: 0, width: 200, height: 34 };
  const options = { pad: 7, height: 22, gap: 5, lineHeight: 27, least: 16 };

  it('shows as many as fit, and how many are left', () => {
    const places = flow(rect, [80, 80, 80, 80], options);
    expect(places.boxes.map((box) => box.x)).toEqual([7]);
    expect(places.rest).toBe(3);
    expect(flow(rect, [80, 80], options).rest).toBe(0);
  });

  it('goes on in the next line of a taller row', () => {
    const places = flow({ ...rect, height: 98 }, [80, 80, 80, 80], options);
    expect(places.rest).toBe(0);
    expect(new Set(places.boxes.map((box) => box.y)).size).toBe(2);
  });

  it.each([
    [34, 6],
    [56, 6],
    [98, 6],
  ])('begins in a row of %i beside the first line of a text', (height, y) => {
    expect(flow({ ...rect, height }, [80], options).boxes[0]?.y).toBe(y);
  });

  it('cuts the only one rather than leave it out', () => {
    expect(flow(rect, [900], options).boxes[0]?.width).toBe(186);
  });

  it('finds what is under a point', () => {
    const { boxes } = flow(rect, [80, 80], options);
    expect([boxAt(boxes, 10, 17), boxAt(boxes, 100, 17), boxAt(boxes, 195, 17)]).toEqual([0, 1, undefined]);
  });

  it.each([
    [10, 1],
    [46, 3],
    [100, 5],
    [150, undefined],
  ])('a click at %d is star %s', (x, star) => {
    expect(starAt(rect, 5, 8, x, 17)).toBe(star);
  });
});

describe('a click', () => {
  const at = { locale, editable: true, width: 200, height: 34, x: 46, y: 17 };
  it('rates, and takes the rating away where it was', () => {
    expect(hitOf({ ...at, field: rating, value: 1 }, '13px x')).toEqual({ do: 'rate', stars: 3 });
    expect(hitOf({ ...at, field: rating, value: 3 }, '13px x')).toEqual({ do: 'rate', stars: 0 });
    expect(hitOf({ ...at, field: rating, value: 3, editable: false }, '13px x')).toBeUndefined();
  });
  it('ticks only near the tick', () => {
    const tick: Field = { ...own, type: 'checkbox' };
    expect(hitOf({ ...at, field: tick, value: true, x: 100 }, '13px x')).toEqual({ do: 'toggle' });
    expect(hitOf({ ...at, field: tick, value: true }, '13px x')).toBeUndefined();
  });
  it('opens files', () => {
    const files: Field = { ...own, type: 'attachment' };
    const value = ['a', 'b'].map((id) => ({ id, name: id, size: 1, media: 'x' }));
    expect(hitOf({ ...at, field: files, value, x: 40 }, '13px x')).toEqual({ do: 'file', index: 1 });
  });
});

it('explains a failure to a pointer that rests on it', async () => {
  await initI18n('en');
  await loadStrings('tables');
  expect(hintOf(link, { error: '#REF' }, locale)).toBe('#REF means that what was referred to is gone.');
  expect(hintOf(owner, ['mem_a', 'mem_b'], locale)).toBe('Lin Xiao, Tom');
  expect(hintOf(owner, ['mem_a'], locale)).toBe('');
});
