/** Keys that fold groups. Pure: what to fold is told, not done. */
import type { Key } from '../keyboard';
import type { GroupLine, Path } from './model';

export type Folding = { fold: Path; folded: boolean } | { all: boolean } | undefined;

/** `line`: where the focus is, when it is no record; `around`: the path of the groups around it. */
export function foldingOf(key: Key, line: GroupLine | undefined, around: Path): Folding {
  if (key.mod) return undefined;
  if (key.alt && key.shift) {
    if (key.key === 'ArrowUp') return { all: true };
    if (key.key === 'ArrowDown') return { all: false };
    const folded = key.key === 'ArrowLeft';
    if ((folded || key.key === 'ArrowRight') && around.length > 0) return { fold: around, folded };
    return undefined;
  }
  if (line?.kind !== 'head' || key.alt || key.shift) return undefined;
  const { path, folded } = line.head;
  if (key.key === 'Enter' || key.key === ' ') return { fold: path, folded: !folded };
  if (key.key === 'ArrowRight' && folded) return { fold: path, folded: false };
  if (key.key === 'ArrowLeft' && !folded) return { fold: path, folded: true };
  return undefined;
}
