/** The dashboards of a base beside its tables: pick, rename, move, delete. */
import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconChartBar,
  IconChevronDown,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirm } from '../../../ui/confirm';
import { notifyUndo } from '../../../ui/notify';
import { useDrag } from '../../../ui/useDrag';
import classes from '../Base.module.css';
import type { Base } from '../model';
import { NameDialog } from '../NameDialog';
import { changeBase } from '../useBase';
import { dashboardApi } from './api';

interface Props {
  base: Base;
  current: string;
  editable: boolean;
  onOpen: (id: string | undefined) => void;
  onUndo: () => void;
}

export function DashboardTabs({ base, current, editable, onOpen, onUndo }: Props) {
  const { t } = useTranslation('dashboards');
  const [renaming, setRenaming] = useState<{ id: string; name: string } | null>(null);
  const id = base.resource.id;
  const all = base.dashboards ?? [];

  const move = (from: number, to: number) => {
    const one = all[from];
    if (!one || to < 0 || to >= all.length) return;
    const rest = all.filter((other) => other.id !== one.id);
    const dashboards = [...rest.slice(0, to), one, ...rest.slice(to)];
    void changeBase(
      id,
      (old) => ({ ...old, dashboards }),
      () => dashboardApi.update(id, one.id, { position: to }),
      t('notChanged'),
    );
  };
  const drag = useDrag(all.length, move, 'x');

  async function remove(one: { id: string; name: string }) {
    const yes = await confirm({
      title: t('deleteTitle', { name: one.name }),
      body: t('deleteBody'),
      action: t('delete'),
      danger: true,
    });
    if (!yes) return;
    onOpen(undefined);
    const done = await changeBase(
      id,
      (old) => ({ ...old, dashboards: (old.dashboards ?? []).filter((other) => other.id !== one.id) }),
      () => dashboardApi.delete(id, one.id).then(() => true),
      t('notDeleted'),
    );
    if (done) notifyUndo(t('deleted', { name: one.name }), onUndo);
  }

  return (
    <>
      {all.map((one, i) => (
        <div key={one.id} className={classes.tab} data-on={one.id === current} {...(editable ? drag.line(i) : {})}>
          <IconChartBar size={14} aria-hidden="true" />
          <button
            type="button"
            aria-current={one.id === current ? 'page' : undefined}
            title={one.name}
            onClick={() => onOpen(one.id)}
            onDoubleClick={() => editable && setRenaming(one)}
            {...(editable ? drag.handle(i) : {})}
          >
            {one.name}
          </button>
          {editable && one.id === current && (
            <Menu position="bottom-start">
              <Menu.Target>
                <ActionIcon size={20} aria-label={t('menu', { name: one.name })}>
                  <IconChevronDown size={14} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setRenaming(one)}>
                  {t('rename')}
                </Menu.Item>
                <Menu.Item leftSection={<IconArrowLeft size={15} />} disabled={i === 0} onClick={() => move(i, i - 1)}>
                  {t('left')}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconArrowRight size={15} />}
                  disabled={i === all.length - 1}
                  onClick={() => move(i, i + 1)}
                >
                  {t('right')}
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void remove(one)}>
                  {t('delete')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
      ))}
      {renaming && (
        <NameDialog
          title={t('rename')}
          initial={renaming.name}
          action={t('save')}
          onClose={() => setRenaming(null)}
          onSave={(name) =>
            void changeBase(
              id,
              (old) => ({
                ...old,
                dashboards: (old.dashboards ?? []).map((one) => (one.id === renaming.id ? { ...one, name } : one)),
              }),
              () => dashboardApi.update(id, renaming.id, { name }),
              t('notChanged'),
            )
          }
        />
      )}
    </>
  );
}
