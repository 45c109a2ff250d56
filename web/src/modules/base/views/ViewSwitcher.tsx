import { Menu } from '@mantine/core';
import { IconCheck, IconChevronDown, IconCopy, IconPencil, IconPlus, IconTable, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirm } from '../../../ui/confirm';
import { baseApi } from '../api';
import classes from '../Base.module.css';
import { freeName, type Table, type View } from '../model';
import { NameDialog } from '../NameDialog';
import { changeBase, mapTable, mapView } from '../useBase';

interface Props {
  base: string;
  table: Table;
  view: View;
  editable: boolean;
  onOpen: (view: string) => void;
}

/** The view that is shown, the others, and what can be done with it. */
export function ViewSwitcher({ base, table, view, editable, onOpen }: Props) {
  const { t } = useTranslation('base');
  const [dialog, setDialog] = useState<'rename' | 'create' | null>(null);
  const names = table.views.map((v) => v.name);

  async function create(made: Omit<View, 'id'>) {
    const answer = await changeBase(base, null, () => baseApi.createView(base, table.id, made), t('view.notCreated'));
    if (answer) onOpen(answer.view.id);
  }

  async function remove() {
    const yes = await confirm({
      title: t('view.deleteTitle', { name: view.name }),
      body: t('view.deleteBody'),
      action: t('delete'),
      danger: true,
    });
    if (!yes) return;
    const other = table.views.find((v) => v.id !== view.id);
    if (other) onOpen(other.id);
    await changeBase(
      base,
      (old) => mapTable(old, table.id, (x) => ({ ...x, views: x.views.filter((v) => v.id !== view.id) })),
      () => baseApi.deleteView(base, table.id, view.id),
      t('view.notDeleted'),
    );
  }

  function duplicate() {
    const { id: _, ...rest } = view;
    void create({ ...rest, name: freeName(t('copyOf', { name: view.name }), names) });
  }

  return (
    <>
      <Menu position="bottom-start" shadow="md" width={240}>
        <Menu.Target>
          <button
            type="button"
            className={classes.tool}
            data-strong="true"
            aria-label={t('view.current', { name: view.name })}
          >
            <IconTable size={16} stroke={1.7} />
            <span>{view.name}</span>
            <IconChevronDown size={14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('view.views')}</Menu.Label>
          {table.views.map((v) => (
            <Menu.Item
              key={v.id}
              leftSection={<IconTable size={15} stroke={1.7} />}
              rightSection={v.id === view.id ? <IconCheck size={14} /> : undefined}
              onClick={() => onOpen(v.id)}
            >
              {v.name}
            </Menu.Item>
          ))}
          {editable && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => setDialog('create')}>
                {t('view.new')}
              </Menu.Item>
              <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setDialog('rename')}>
                {t('view.rename')}
              </Menu.Item>
              <Menu.Item leftSection={<IconCopy size={15} />} onClick={duplicate}>
                {t('view.duplicate')}
              </Menu.Item>
              {table.views.length > 1 && (
                <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void remove()}>
                  {t('view.delete')}
                </Menu.Item>
              )}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'rename' && (
        <NameDialog
          title={t('view.rename')}
          initial={view.name}
          action={t('save')}
          onClose={() => setDialog(null)}
          onSave={(name) =>
            void changeBase(
              base,
              (old) => mapView(old, table.id, view.id, { name }),
              () => baseApi.updateView(base, table.id, view.id, { name }),
              t('view.notRenamed'),
            )
          }
        />
      )}
      {dialog === 'create' && (
        <NameDialog
          title={t('view.new')}
          initial=""
          action={t('create')}
          onClose={() => setDialog(null)}
          onSave={(name) => void create({ name, kind: 'grid' })}
        />
      )}
    </>
  );
}
