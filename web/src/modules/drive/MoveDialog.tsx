import { Button, Group, Modal } from '@mantine/core';
import { IconFolderFilled, IconHome, IconUsers } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Listing, resourcesQuery } from '../../data/queries';
import type { Resource } from '../../data/types';
import { Tree } from '../../ui/Tree';
import type { TreeNode } from '../../ui/tree-model';
import { countText, mayEdit, useMove } from './actions';
import classes from './Drive.module.css';

const mine = 'root';
const shared = 'shared';
const listingOf = (id: string): Listing => (id === shared ? { view: 'shared' } : { in: id });

/** Folders to choose from, each loaded when it is opened. */
function useFolderTree(
  moving: readonly Resource[],
  expanded: ReadonlySet<string>,
): { nodes: TreeNode[]; names: Map<string, string> } {
  const { t } = useTranslation('drive');
  const open = [...expanded];
  const lists = useQueries({ queries: open.map((id) => resourcesQuery(listingOf(id))) });
  const byParent = new Map(open.map((id, i) => [id, lists[i]?.data]));
  const ids = new Set(moving.map((resource) => resource.id));
  const names = new Map([[mine, t('mine')]]);
  const below = (id: string): TreeNode[] =>
    (byParent.get(id) ?? [])
      .filter((resource) => resource.kind === 'folder')
      .map((folder) => {
        names.set(folder.id, folder.name);
        const itself = ids.has(folder.id);
        return {
          id: folder.id,
          label: folder.name,
          icon: <IconFolderFilled size={17} color="var(--sk-folder)" aria-hidden="true" />,
          disabled: itself || !mayEdit(folder),
          // What is moved cannot go into itself, so it is not opened.
          openable: !itself && (byParent.get(folder.id)?.some((r) => r.kind === 'folder') ?? true),
          children: itself ? [] : below(folder.id),
        };
      });
  const nodes: TreeNode[] = [
    {
      id: mine,
      label: t('mine'),
      icon: <IconHome size={17} aria-hidden="true" />,
      openable: true,
      children: below(mine),
    },
    {
      id: shared,
      label: t('shared'),
      icon: <IconUsers size={17} aria-hidden="true" />,
      openable: true,
      disabled: true,
      children: below(shared),
    },
  ];
  return { nodes, names };
}

export default function MoveDialog({ resources, onClose }: { resources: readonly Resource[]; onClose: () => void }) {
  const { t } = useTranslation('drive');
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set([mine]));
  const [target, setTarget] = useState<string | null>(null);
  const { nodes, names } = useFolderTree(resources, expanded);
  const move = useMove();
  const here = target !== null && resources.every((resource) => (resource.parent ?? mine) === target);

  function toggle(id: string, open: boolean) {
    const next = new Set(expanded);
    if (open) next.add(id);
    else next.delete(id);
    setExpanded(next);
  }

  function go() {
    if (target === null) return;
    onClose();
    void move(resources, target === mine ? null : target, names.get(target) ?? '');
  }

  return (
    <Modal opened onClose={onClose} title={countText(t, 'moveDialog.title', resources)}>
      <div className={classes.tree}>
        <Tree
          label={t('moveDialog.to')}
          nodes={nodes}
          selected={target}
          expanded={expanded}
          onSelect={setTarget}
          onExpand={toggle}
          autoFocus
        />
      </div>
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button disabled={target === null || here} onClick={go}>
          {t('moveDialog.here')}
        </Button>
      </Group>
    </Modal>
  );
}
