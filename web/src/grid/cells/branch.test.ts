import { describe, expect, it } from 'vitest';
import { marginsOf, onChevron, onComments } from './branch';

const twig = (depth: number, parent = true) => ({ depth, parent, folded: false });

describe('a primary cell', () => {
  it('stands further in the more records it is under, and leaves its value room', () => {
    const left = (depth: number, width = 300) => marginsOf(width, twig(depth), 0).left;
    expect(left(1)).toBeGreaterThan(left(0));
    expect(left(40)).toBe(left(30));
    expect(100 - left(9, 100)).toBeGreaterThanOrEqual(60);
    expect(marginsOf(300, undefined, 0)).toEqual({ left: 0, right: 0 });
  });

  it('folds where its triangle is', () => {
    expect(onChevron(twig(0), 14)).toBe(true);
    expect(onChevron(twig(2), 14)).toBe(false);
    expect(onChevron(twig(2), 50)).toBe(true);
    expect(onChevron(twig(0, false), 14)).toBe(false);
  });

  it('says how many comments there are, left of what opens the record', () => {
    expect(marginsOf(300, undefined, 3).right).toBeGreaterThan(0);
    expect(marginsOf(80, undefined, 3).right).toBe(0);
    expect(onComments(3, undefined, 300, 250, 30)).toBe(true);
    expect(onComments(3, undefined, 300, 290, 30)).toBe(false);
    expect(onComments(0, undefined, 300, 250, 30)).toBe(false);
  });
});
