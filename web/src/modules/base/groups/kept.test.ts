import { describe, expect, it } from 'vitest';
import { type Folds, noFolds, withBranch, withFold } from '../../../data/folds';
import { keepFolds, keptFolds } from './kept';

function storage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, text: string) => void items.set(key, text),
  } as unknown as Storage;
}

describe('folds that are kept', () => {
  const folds: Folds = withBranch(withFold(noFolds, ['a'], true), 'rec_1', true);

  it('are of a member and a view', () => {
    const store = storage();
    keepFolds(store, 'mem_1', 'viw_1', folds);
    expect(keptFolds(store, 'mem_1', 'viw_1')).toEqual(folds);
    expect(keptFolds(store, 'mem_1', 'viw_2')).toEqual(noFolds);
    expect(keptFolds(store, 'mem_2', 'viw_1')).toEqual(noFolds);
    expect(keptFolds(store, null, 'viw_1')).toEqual(noFolds);
    keepFolds(store, 'mem_1', 'viw_1', noFolds);
    expect(keptFolds(store, 'mem_1', 'viw_1')).toEqual(noFolds);
  });

  it('are forgotten of the view that was folded longest ago', () => {
    const store = storage();
    for (let i = 0; i <= 60; i++) keepFolds(store, null, `viw_${i}`, folds);
    expect(keptFolds(store, null, 'viw_0')).toEqual(noFolds);
    expect(keptFolds(store, null, 'viw_1')).toEqual(folds);
  });

  it('are none when what is stored is something else', () => {
    for (const text of ['', '{', '[]', 'null', '{"viw_1":{"all":true}}']) {
      const store = { getItem: () => text } as unknown as Storage;
      expect(keptFolds(store, null, 'viw_1'), text).toEqual(noFolds);
    }
  });
});
