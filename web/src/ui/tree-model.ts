/** The pure part of the tree: which rows there are and what a key does. */
import type { ReactNode } from 'react';

export interface TreeNode {
  id: string;
  label: string;
  icon?: ReactNode;
  children?: readonly TreeNode[];
  /** Has children that are not loaded yet. */
  openable?: boolean;
  disabled?: boolean;
}

export interface FlatNode {
  node: TreeNode;
  /** From 1. */
  level: number;
  openable: boolean;
  parent: string | null;
}

export type TreeStep =
  | { kind: 'focus'; id: string }
  | { kind: 'select'; id: string }
  | { kind: 'expand'; id: string; open: boolean };

export function flatten(
  nodes: readonly TreeNode[],
  expanded: ReadonlySet<string>,
  level = 1,
  parent: string | null = null,
): FlatNode[] {
  return nodes.flatMap((node) => {
    const openable = node.openable ?? (node.children?.length ?? 0) > 0;
    const below = openable && expanded.has(node.id) ? flatten(node.children ?? [], expanded, level + 1, node.id) : [];
    return [{ node, level, openable, parent }, ...below];
  });
}

export function treeKey(
  key: string,
  rows: readonly FlatNode[],
  current: string | null,
  expanded: ReadonlySet<string>,
): TreeStep | null {
  const at = rows.findIndex((row) => row.node.id === current);
  const row = rows[at];
  if (!row) return null;
  const focus = (to: FlatNode | undefined): TreeStep | null => (to ? { kind: 'focus', id: to.node.id } : null);
  const open = expanded.has(row.node.id);
  switch (key) {
    case 'ArrowDown':
      return focus(rows[at + 1]);
    case 'ArrowUp':
      return focus(rows[at - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows.at(-1));
    case 'ArrowRight':
      if (!row.openable) return null;
      return open ? focus(rows[at + 1]) : { kind: 'expand', id: row.node.id, open: true };
    case 'ArrowLeft':
      if (row.openable && open) return { kind: 'expand', id: row.node.id, open: false };
      return focus(rows.find((other) => other.node.id === row.parent));
    case 'Enter':
    case ' ':
      return row.node.disabled ? null : { kind: 'select', id: row.node.id };
    default:
      return null;
  }
}
