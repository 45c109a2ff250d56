import { describe, expect, it } from 'vitest';
import { groupLine, headName, lineName, noFolds, withFold } from './folds';

describe('folds', () => {
  it('names the groups that are not as the others', () => {
    const one = withFold(noFolds, ['a'], true);
    expect(one).toEqual({ all: false, except: [['a']] });
    expect(withFold(one, ['a'], true)).toEqual(one);
    expect(withFold(one, ['a'], false)).toEqual(noFolds);
    const all = { all: true, except: [] };
    expect(withFold(all, ['a', null], false).except).toEqual([['a', null]]);
    expect(withFold(all, ['a'], true)).toEqual(all);
  });

  it('says no more than fits in a message', () => {
    let folds = noFolds;
    for (let n = 0; n < 1500; n++) folds = withFold(folds, [n], true);
    expect(folds.except).toHaveLength(1000);
    expect(folds.except.at(-1)).toEqual([1499]);
    for (let n = 0; n < 60; n++) folds = withFold(folds, ['x'.repeat(2000), n], true);
    expect(JSON.stringify(folds).length).toBeLessThan(45_000);
    expect(folds.except.at(-1)?.[1]).toBe(59);
  });

  it('tells lines of groups from records', () => {
    const path = ['opt_1', { from: 0, to: 10 }];
    expect(groupLine(lineName({ group: path }))).toEqual({ kind: 'head', path });
    expect(groupLine(lineName({ end: path }))).toEqual({ kind: 'end', path });
    expect(groupLine(lineName('rec_1'))).toBeUndefined();
    expect(lineName({ group: path })).toBe(headName(path));
  });
});
