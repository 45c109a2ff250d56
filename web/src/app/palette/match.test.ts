import { describe, expect, it } from 'vitest';
import { marked, rank, score } from './match';

describe('score', () => {
  it('prefers the whole, then starts, then words, then parts, then letters in order', () => {
    const texts = ['Go to Drive', 'drive', 'Drives', 'overdrive', 'dry river', 'nothing'];
    const order = texts.toSorted((a, b) => score('drive', b) - score('drive', a));
    expect(order).toEqual(['drive', 'Drives', 'Go to Drive', 'overdrive', 'dry river', 'nothing']);
    expect(score('drive', 'nothing')).toBe(0);
  });
  it('finds Chinese and Japanese', () => {
    expect(score('成员', '前往成员')).toBeGreaterThan(0);
    expect(score('設定', '設定へ移動')).toBe(80);
  });
});

it('ranks by the other words, too, but lower', () => {
  const entries = [
    { value: 1, text: 'Dark theme', words: 'colour' },
    { value: 2, text: 'Colour of the folder' },
    { value: 3, text: 'Sign out' },
  ];
  expect(rank('colour', entries)).toEqual([2, 1]);
  expect(rank('', entries)).toEqual([1, 2, 3]);
});

it('splits a text at what was typed', () => {
  expect(marked('日', '本日历')).toEqual(['本', '日', '历']);
  expect(marked('x', 'abc')).toEqual(['abc']);
});
