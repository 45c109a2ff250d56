/** The tree of departments. Pure. */
import type { Department, Member } from '../../data/types';
import type { TreeNode } from '../../ui/tree-model';

/** Roots, and those whose parent is not known, at the top; in the order of names. */
export function departmentTree(departments: readonly Department[]): TreeNode[] {
  const known = new Set(departments.map(({ id }) => id));
  const below = (parent: string | null): TreeNode[] =>
    departments
      .filter((one) => (one.parent && known.has(one.parent) ? one.parent : null) === parent)
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map(({ id, name }) => ({ id, label: name, children: below(id) }));
  return below(null);
}

/** A department and everything below it. */
export function subtree(departments: readonly Department[], root: string): Set<string> {
  const found = new Set([root]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { id, parent } of departments) if (parent && found.has(parent)) found.add(id);
  }
  return found;
}

export interface Filter {
  /** Only members of these departments; null is all. */
  departments: ReadonlySet<string> | null;
  query: string;
  inactive: boolean;
}

/** Active ones first, then by name. */
export function membersMatching(members: readonly Member[], { departments, query, inactive }: Filter): Member[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return members
    .filter((member) => {
      if (!member.active && !inactive) return false;
      if (departments && !member.departments.some((id) => departments.has(id))) return false;
      const text = `${member.name} ${member.title} ${member.email ?? ''}`.toLocaleLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name));
}

/** Everyone who would report to themselves if this were their supervisor: the member and all below. */
export function reportsBelow(members: readonly Member[], id: string): Set<string> {
  const found = new Set([id]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { id: other, supervisor } of members) if (supervisor && found.has(supervisor)) found.add(other);
  }
  return found;
}
