import { IconChevronRight } from '@tabler/icons-react';
import { type DragEvent, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import classes from './Tree.module.css';
import { type FlatNode, flatten, type TreeNode, treeKey } from './tree-model';

interface Props {
  label: string;
  nodes: readonly TreeNode[];
  selected: string | null;
  expanded: ReadonlySet<string>;
  onSelect: (id: string) => void;
  onExpand: (id: string, open: boolean) => void;
  /** At the end of a row, as a menu or a number. */
  end?: (node: TreeNode) => ReactNode;
  /** Whether a dialog that opens with the tree puts the focus on it. */
  autoFocus?: boolean;
  /** Makes rows draggable and takes one dropped on another. */
  onMove?: (id: string, onto: string) => void;
}

/** A tree with the keys of the ARIA pattern: arrows, Home, End, Enter. */
export function Tree({ label, nodes, selected, expanded, onSelect, onExpand, end, autoFocus, onMove }: Props) {
  const rows = flatten(nodes, expanded);
  const [cursor, setCursor] = useState<string | null>(selected);
  const [over, setOver] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const current = rows.some((row) => row.node.id === cursor) ? cursor : (rows[0]?.node.id ?? null);

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget.querySelector('[role=treeitem]:focus')) return;
    const step = treeKey(event.key, rows, current, expanded);
    if (!step) return;
    event.preventDefault();
    if (step.kind === 'expand') onExpand(step.id, step.open);
    else if (step.kind === 'select') onSelect(step.id);
    else {
      setCursor(step.id);
      list.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(step.id)}"]`)?.focus();
    }
  }

  function dropProps({ node }: FlatNode) {
    if (!onMove) return {};
    return {
      draggable: true,
      onDragStart: (event: DragEvent) => event.dataTransfer.setData('application/x-skein-node', node.id),
      onDragOver: (event: DragEvent) => {
        event.preventDefault();
        setOver(node.id);
      },
      onDragLeave: () => setOver(null),
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        setOver(null);
        const id = event.dataTransfer.getData('application/x-skein-node');
        if (id && id !== node.id) onMove(id, node.id);
      },
    };
  }

  return (
    <div role="tree" aria-label={label} ref={list} onKeyDown={onKeyDown} className={classes.tree}>
      {rows.map((row) => (
        <div
          key={row.node.id}
          role="treeitem"
          aria-level={row.level}
          aria-selected={row.node.id === selected}
          aria-expanded={row.openable ? expanded.has(row.node.id) : undefined}
          aria-disabled={row.node.disabled || undefined}
          tabIndex={row.node.id === current ? 0 : -1}
          data-autofocus={(autoFocus && row.node.id === current) || undefined}
          data-node={row.node.id}
          data-over={over === row.node.id || undefined}
          className={classes.row}
          style={{ paddingLeft: 4 + (row.level - 1) * 18 }}
          onClick={() => {
            setCursor(row.node.id);
            if (!row.node.disabled) onSelect(row.node.id);
          }}
          onKeyDown={undefined}
          {...dropProps(row)}
        >
          <span
            className={classes.twist}
            data-open={expanded.has(row.node.id) || undefined}
            data-none={!row.openable || undefined}
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              onExpand(row.node.id, !expanded.has(row.node.id));
            }}
          >
            <IconChevronRight size={14} />
          </span>
          {row.node.icon}
          <span className="truncate">{row.node.label}</span>
          {end && <span className={classes.end}>{end(row.node)}</span>}
        </div>
      ))}
    </div>
  );
}
