import { describe, expect, it } from 'vitest';
import { all, click, keep, move, nothing, type Selection } from './selection';

const ids = ['a', 'b', 'c', 'd'];
const on = (state: Selection) => [[...state.selected].sort().join(''), state.cursor];
const at = (id: string) => click(nothing, ids, id, {});

describe('the selection', () => {
  it('is the row that was clicked', () => {
    expect(on(at('b'))).toEqual(['b', 'b']);
  });
  it('adds and takes away with Ctrl', () => {
    const two = click(at('b'), ids, 'd', { toggle: true });
    expect(on(two)).toEqual(['bd', 'd']);
    expect(on(click(two, ids, 'b', { toggle: true }))).toEqual(['d', 'b']);
  });
  it('spans from the first click with Shift, either way', () => {
    expect(on(click(at('b'), ids, 'd', { extend: true }))).toEqual(['bcd', 'd']);
    expect(on(click(click(at('b'), ids, 'd', { extend: true }), ids, 'a', { extend: true }))).toEqual(['ab', 'a']);
  });
  it('follows the arrows and stops at the ends', () => {
    expect(on(move(nothing, ids, 1))).toEqual(['a', 'a']);
    expect(on(move(nothing, ids, -1))).toEqual(['d', 'd']);
    expect(on(move(at('d'), ids, 1))).toEqual(['d', 'd']);
    expect(on(move(at('b'), ids, Number.POSITIVE_INFINITY))).toEqual(['d', 'd']);
    expect(on(move(move(at('b'), ids, 1, { extend: true }), ids, 1, { extend: true }))).toEqual(['bcd', 'd']);
    expect(move(nothing, [], 1)).toEqual(nothing);
  });
  it('takes all', () => expect(on(all(nothing, ids))).toEqual(['abcd', 'a']));
  it('forgets what is gone and stays in place', () => {
    const two = click(at('b'), ids, 'c', { toggle: true });
    expect(on(keep(two, ids, ['a', 'b', 'd']))).toEqual(['b', 'd']);
    expect(on(keep(at('d'), ids, ['a']))).toEqual(['', 'a']);
  });
});
