import { describe, expect, it } from 'vitest';
import { type Held, Places } from './places';

describe('places of records made here', () => {
  it.each<[string, string[], Held[], number, string[]]>([
    ['nothing is made', [], [], 3, ['0', '1', '2']],
    ['at the end', ['a', 'b'], [], 2, ['0', '1', 'a', 'b']],
    ['at a line', ['a'], [{ record: 'a', at: 1 }], 2, ['0', 'a', '1']],
    ['some at lines, some at the end', ['a', 'b', 'c'], [{ record: 'c', at: 0 }], 1, ['c', '0', 'a', 'b']],
    [
      'at one line, and beyond the end',
      ['a', 'b'],
      [
        { record: 'a', at: 0 },
        { record: 'b', at: 9 },
      ],
      1,
      ['a', '0', 'b'],
    ],
    [
      'at the same line',
      ['a', 'b'],
      [
        { record: 'a', at: 1 },
        { record: 'b', at: 1 },
      ],
      2,
      ['0', 'a', 'b', '1'],
    ],
  ])('%s', (_, made, held, total, lines) => {
    const places = new Places(made, held, total);
    const shown = Array.from({ length: total + places.count }, (_, line) => {
      const inner = places.inner(line);
      return inner === undefined ? places.at(line) : String(inner);
    });
    expect(shown).toEqual(lines);
    lines.forEach((name, line) => {
      expect(made.includes(name) ? places.of(name) : places.outer(Number(name))).toBe(line);
    });
  });
});
