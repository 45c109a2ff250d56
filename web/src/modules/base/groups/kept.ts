/** Which groups and records somebody left folded in the views of this browser. */
import { type Folds, noFolds } from '../../../data/folds';

/** Of as many views. The one that was folded longest ago is forgotten. */
const most = 60;

type Kept = Record<string, Folds>;

const keyOf = (member: string | null) => `skein.folds.${member ?? 'guest'}`;

const isFolds = (folds: unknown): folds is Folds =>
  typeof folds === 'object' && folds !== null && 'except' in folds && Array.isArray(folds.except);

function read(storage: Pick<Storage, 'getItem'>, member: string | null): Kept {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(member)) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Kept) : {};
  } catch {
    return {};
  }
}

export function keptFolds(storage: Pick<Storage, 'getItem'>, member: string | null, view: string): Folds {
  const folds: unknown = read(storage, member)[view];
  return isFolds(folds) ? { ...noFolds, ...folds } : noFolds;
}

export function keepFolds(storage: Storage, member: string | null, view: string, folds: Folds): void {
  const { [view]: _, ...others } = read(storage, member);
  const some = folds.all || folds.except.length > 0 || folds.branches?.all || folds.branches?.except.length;
  const all = Object.entries(some ? { ...others, [view]: folds } : others).slice(-most);
  try {
    storage.setItem(keyOf(member), JSON.stringify(Object.fromEntries(all)));
  } catch {
    // There is no room, or storing is forbidden: it is for this visit only.
  }
}
