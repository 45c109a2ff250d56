import { ActionIcon, Menu, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconBuilding, IconDots, IconPencil, IconPlus, IconTrash, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { useIsAdmin } from '../../data/me';
import { departmentsQuery, membersQuery, queryClient } from '../../data/queries';
import type { Department } from '../../data/types';
import { confirm } from '../../ui/confirm';
import { notifyProblem } from '../../ui/notify';
import { SideList } from '../../ui/SideList';
import { Tip } from '../../ui/Tip';
import { Tree } from '../../ui/Tree';
import type { TreeNode } from '../../ui/tree-model';
import classes from './Directory.module.css';
import { departmentTree, subtree } from './tree';

const DepartmentDialog = lazy(() => import('./DepartmentDialog'));

/** Stands for all members in the tree. */
const everyone = 'everyone';

export type Editing = { department: Department } | { parent: string | null };

const refresh = () => queryClient.invalidateQueries({ queryKey: ['directory'] });

/** The tree of departments; administrators change it, also by dragging. */
export function Departments({ selected }: { selected: string | null }) {
  const { t } = useTranslation('directory');
  const admin = useIsAdmin();
  const navigate = useNavigate();
  const { data: departments = [] } = useQuery(departmentsQuery);
  const { data: members } = useQuery(membersQuery);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [editing, setEditing] = useState<Editing | null>(null);
  const narrow = useMediaQuery('(max-width: 700px)') ?? false;

  const icons = (nodes: TreeNode[]): TreeNode[] =>
    nodes.map((node) => ({
      ...node,
      icon: <IconBuilding size={16} stroke={1.6} color="var(--sk-text-3)" aria-hidden="true" />,
      children: icons([...(node.children ?? [])]),
    }));
  const tree = icons(departmentTree(departments));
  const nodes: TreeNode[] = [
    { id: everyone, label: t('all'), icon: <IconUsers size={16} stroke={1.6} aria-hidden="true" /> },
    ...tree,
  ];
  const open = new Set(departments.map(({ id }) => id).filter((id) => !closed.has(id)));
  const go = (id: string | null) =>
    void navigate({
      to: '/members/{-$department}',
      params: { department: id === everyone ? undefined : (id ?? undefined) },
    });

  function expand(id: string, on: boolean) {
    const next = new Set(closed);
    if (on) next.delete(id);
    else next.add(id);
    setClosed(next);
  }

  async function move(id: string, onto: string) {
    const parent = onto === everyone ? null : onto;
    if (id === everyone || (parent && subtree(departments, id).has(parent))) return;
    await api.patch(`/departments/${id}`, { parent }).catch((error) => notifyProblem(error, t('department.failed')));
    await refresh();
  }

  const end = (node: TreeNode) => {
    if (node.id === everyone) return <span className={classes.number}>{members?.filter((m) => m.active).length}</span>;
    const department = departments.find(({ id }) => id === node.id);
    if (!department) return null;
    return (
      <>
        <span className={classes.number}>{department.members}</span>
        {admin && <DepartmentMenu department={department} onEdit={setEditing} />}
      </>
    );
  };

  return (
    <SideList
      wide
      label={t('departments')}
      title={
        <>
          {t('title')}
          {admin && (
            <Tip label={t('department.new')}>
              <ActionIcon size={28} aria-label={t('department.new')} onClick={() => setEditing({ parent: null })}>
                <IconPlus size={16} />
              </ActionIcon>
            </Tip>
          )}
        </>
      }
    >
      {narrow ? (
        <Select
          aria-label={t('departments')}
          value={selected ?? everyone}
          allowDeselect={false}
          onChange={go}
          data={nodes.length > 1 ? options(nodes) : [{ value: everyone, label: t('all') }]}
        />
      ) : (
        <Tree
          label={t('departments')}
          nodes={nodes}
          selected={selected ?? everyone}
          expanded={open}
          onSelect={go}
          onExpand={expand}
          end={end}
          {...(admin ? { onMove: (id: string, onto: string) => void move(id, onto) } : {})}
        />
      )}
      <Suspense fallback={null}>
        {editing && <DepartmentDialog editing={editing} onClose={() => setEditing(null)} />}
      </Suspense>
    </SideList>
  );
}

function options(nodes: readonly TreeNode[], level = 0): { value: string; label: string }[] {
  return nodes.flatMap((node) => [
    { value: node.id, label: `${'\u2003'.repeat(level)}${node.label}` },
    ...options(node.children ?? [], level + 1),
  ]);
}

function DepartmentMenu({ department, onEdit }: { department: Department; onEdit: (editing: Editing) => void }) {
  const { t } = useTranslation('directory');
  async function remove() {
    const question = {
      title: t('department.deleteTitle', { name: department.name }),
      body: t('department.deleteBody'),
      action: t('department.delete'),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await api.delete(`/departments/${department.id}`).catch((error) => notifyProblem(error, t('department.failed')));
    await refresh();
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the menu's clicks and keys from the tree
    <span
      className={classes.menu}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <Menu position="bottom-start" width={200}>
        <Menu.Target>
          <ActionIcon size={24} aria-label={t('actions', { name: department.name })}>
            <IconDots size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => onEdit({ parent: department.id })}>
            {t('department.newBelow')}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onEdit({ department })}>
            {t('department.edit')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void remove()}>
            {t('department.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
