import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconChartBar,
  IconChevronDown,
  IconFileImport,
  IconHistory,
  IconPencil,
  IconPlus,
  IconTable,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirm } from '../../ui/confirm';
import { notifyUndo } from '../../ui/notify';
import { useDrag } from '../../ui/useDrag';
import { baseApi } from './api';
import classes from './Base.module.css';
import { dashboardApi } from './dashboard/api';
import { DashboardTabs } from './dashboard/DashboardTabs';
import { type Base, freeName, type Table } from './model';
import { NameDialog } from './NameDialog';
import { changeBase, mapTable } from './useBase';

interface Props {
  base: Base;
  current: string;
  editable: boolean;
  /** Opens a table or a dashboard; the first table when none is named. */
  onOpen: (id: string | undefined) => void;
  onImport: () => void;
  /** Opens the history of a table. */
  onHistory: (table: string) => void;
  onUndo: () => void;
}

/** The tables of a base: pick, add, rename, move, delete. */
export function TableTabs({ base, current, editable, onOpen, onImport, onHistory, onUndo }: Props) {
  const { t } = useTranslation('base');
  const [dialog, setDialog] = useState<{ rename: Table } | 'create' | 'dashboard' | null>(null);
  const id = base.resource.id;
  const names = base.tables.map((table) => table.name);

  const move = (from: number, to: number) => {
    const table = base.tables[from];
    if (!table || to < 0 || to >= base.tables.length) return;
    void changeBase(
      id,
      (old) => {
        const tables = old.tables.filter((x) => x.id !== table.id);
        return { ...old, tables: [...tables.slice(0, to), table, ...tables.slice(to)] };
      },
      () => baseApi.updateTable(id, table.id, { position: to }),
      t('table.notMoved'),
    );
  };
  const drag = useDrag(base.tables.length, move, 'x');

  async function create(name: string) {
    const answer = await changeBase(id, null, () => baseApi.createTable(id, name), t('table.notCreated'));
    if (answer) onOpen(answer.table.id);
  }

  async function createDashboard(name: string) {
    const make = () => dashboardApi.create(id, name);
    const answer = await changeBase(id, null, make, t('dashboards:notCreated'));
    if (answer) onOpen(answer.dashboard.id);
  }

  async function remove(table: Table) {
    const yes = await confirm({
      title: t('table.deleteTitle', { name: table.name }),
      body: t('table.deleteBody'),
      action: t('delete'),
      danger: true,
    });
    if (!yes) return;
    const at = base.tables.indexOf(table);
    const next = base.tables[at + 1] ?? base.tables[at - 1];
    if (table.id === current && next) onOpen(next.id);
    const done = await changeBase(
      id,
      (old) => ({ ...old, tables: old.tables.filter((x) => x.id !== table.id) }),
      () => baseApi.deleteTable(id, table.id).then(() => true),
      t('table.notDeleted'),
    );
    if (done) notifyUndo(t('table.deleted', { name: table.name }), onUndo);
  }

  return (
    <nav className={classes.tabs} aria-label={t('table.tables')}>
      {base.tables.map((table, i) => (
        <div key={table.id} className={classes.tab} data-on={table.id === current} {...(editable ? drag.line(i) : {})}>
          <button
            type="button"
            aria-current={table.id === current ? 'page' : undefined}
            title={table.name}
            onClick={() => onOpen(table.id)}
            onDoubleClick={() => editable && setDialog({ rename: table })}
            {...(editable ? drag.handle(i) : {})}
          >
            {table.name}
          </button>
          {editable && table.id === current && (
            <Menu position="bottom-start" shadow="md">
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" size={20} aria-label={t('table.menu', { name: table.name })}>
                  <IconChevronDown size={14} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setDialog({ rename: table })}>
                  {t('table.rename')}
                </Menu.Item>
                <Menu.Item leftSection={<IconFileImport size={15} />} onClick={onImport}>
                  {t('import.into')}
                </Menu.Item>
                <Menu.Item leftSection={<IconHistory size={15} />} onClick={() => onHistory(table.id)}>
                  {t('history:ofTable')}
                </Menu.Item>
                <Menu.Item leftSection={<IconArrowLeft size={15} />} disabled={i === 0} onClick={() => move(i, i - 1)}>
                  {t('table.left')}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconArrowRight size={15} />}
                  disabled={i === base.tables.length - 1}
                  onClick={() => move(i, i + 1)}
                >
                  {t('table.right')}
                </Menu.Item>
                {base.tables.length > 1 && (
                  <>
                    <Menu.Divider />
                    <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void remove(table)}>
                      {t('table.delete')}
                    </Menu.Item>
                  </>
                )}
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
      ))}
      <DashboardTabs base={base} current={current} editable={editable} onOpen={onOpen} onUndo={onUndo} />
      {editable && (
        <Menu position="bottom-start" shadow="md">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={26} aria-label={t('table.add')}>
              <IconPlus size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconTable size={15} />} onClick={() => setDialog('create')}>
              {t('table.empty')}
            </Menu.Item>
            <Menu.Item leftSection={<IconFileImport size={15} />} onClick={onImport}>
              {t('table.fromFile')}
            </Menu.Item>
            <Menu.Item leftSection={<IconChartBar size={15} />} onClick={() => setDialog('dashboard')}>
              {t('dashboards:new')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {dialog === 'create' && (
        <NameDialog
          title={t('table.add')}
          initial={freeName(t('table.name'), names)}
          action={t('create')}
          onClose={() => setDialog(null)}
          onSave={(name) => void create(name)}
        />
      )}
      {dialog === 'dashboard' && (
        <NameDialog
          title={t('dashboards:newTitle')}
          initial={freeName(
            t('dashboards:new'),
            (base.dashboards ?? []).map((one) => one.name),
          )}
          action={t('create')}
          onClose={() => setDialog(null)}
          onSave={(name) => void createDashboard(name)}
        />
      )}
      {dialog !== null && typeof dialog === 'object' && (
        <NameDialog
          title={t('table.rename')}
          initial={dialog.rename.name}
          action={t('save')}
          onClose={() => setDialog(null)}
          onSave={(name) =>
            void changeBase(
              id,
              (old) => mapTable(old, dialog.rename.id, (x) => ({ ...x, name })),
              () => baseApi.updateTable(id, dialog.rename.id, { name }),
              t('table.notRenamed'),
            )
          }
        />
      )}
    </nav>
  );
}
