/** Keys that fold groups and records. Pure: what to fold is told, not done. */
import type { Key } from '../keyboard';
import type { Twig } from '../model';
import type { GroupLine, Path } from './model';

export type Folding = { fold: Path; folded: boolean } | { all: boolean } | { branch: boolean } | undefined;

/**
 * `line`: where the focus is, when it is no record; `around`: the path of the groups around it. `twig`: where the record
 * stands in a tree; `first`: the focus is in the column that shows it.
 */
export function foldingOf(
  key: Key,
  line: GroupLine | undefined,
  around: Path,
  twig?: Twig | undefined,
  first = false,
): Folding {
  if (key.mod) return undefined;
  const sideways = key.key === 'ArrowLeft' || key.key === 'ArrowRight';
  if (twig?.parent && sideways && key.shift === key.alt && (first || key.alt)) {
    const folded = key.key === 'ArrowLeft';
    if (folded !== twig.folded) return { branch: folded };
  }
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
