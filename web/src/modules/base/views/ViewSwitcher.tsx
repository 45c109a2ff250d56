import { Menu } from '@mantine/core';
import {
  IconCheck,
  IconChevronDown,
  IconCopy,
  IconLock,
  IconLockOpen,
  IconPencil,
  IconPlus,
  IconTrash,
  IconUser,
  IconUserPlus,
  IconUsers,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirm } from '../../../ui/confirm';
import classes from '../Base.module.css';
import { canChange, freeName, type Role, type Table, type View } from '../model';
import { kinds } from './kinds';
import { initialFields, initialKind } from './model';
import { useViewActions } from './useViewActions';
import { ViewDialog } from './ViewDialog';

interface Props {
  base: string;
  table: Table;
  view: View;
  role: Role;
  /** This member; null for a visitor, who has no views of his own. */
  me: string | null;
  onOpen: (view: string) => void;
}

const icon = { size: 15, stroke: 1.7 } as const;

/** The view that is shown, the others, and what can be done with it. */
export function ViewSwitcher(props: Props) {
  const { table, view, role, me, onOpen } = props;
  const { t } = useTranslation('base');
  const [dialog, setDialog] = useState<'rename' | 'create' | null>(null);
  const actions = useViewActions(props);
  const editable = role === 'edit' || role === 'manage';
  const mayChange = canChange(view, role);
  const shared = table.views.filter((one) => !one.owner);
  const own = table.views.filter((one) => one.owner);
  const last = !view.owner && shared.length === 1;

  async function remove() {
    const yes = await confirm({
      title: t('view.deleteTitle', { name: view.name }),
      body: t('view.deleteBody'),
      action: t('delete'),
      danger: true,
    });
    if (yes) await actions.remove();
  }

  return (
    <>
      <Menu position="bottom-start" shadow="md" width={260}>
        <Menu.Target>
          <button
            type="button"
            className={classes.tool}
            data-strong="true"
            aria-label={t('view.current', { name: view.name })}
            title={[view.description, view.locked && t('view.lockedHint')].filter(Boolean).join('\n')}
          >
            <ViewIcon view={view} size={16} />
            <span>{view.name}</span>
            {view.owner && <IconUser size={13} aria-label={t('view.personal')} />}
            {view.locked && <IconLock size={13} aria-label={t('view.locked')} />}
            <IconChevronDown size={14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown className={classes.viewMenu}>
          <Menu.Label>{t('view.views')}</Menu.Label>
          {shared.map((one) => (
            <ViewItem key={one.id} view={one} current={one.id === view.id} onOpen={onOpen} />
          ))}
          {own.length > 0 && <Menu.Label>{t('view.own')}</Menu.Label>}
          {own.map((one) => (
            <ViewItem key={one.id} view={one} current={one.id === view.id} onOpen={onOpen} />
          ))}
          {editable && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPlus {...icon} />} onClick={() => setDialog('create')}>
                {t('view.new')}
              </Menu.Item>
              <Menu.Item leftSection={<IconCopy {...icon} />} onClick={() => actions.copy(false)}>
                {t('view.duplicate')}
              </Menu.Item>
              {me && (
                <Menu.Item leftSection={<IconUserPlus {...icon} />} onClick={() => actions.copy(true)}>
                  {t('view.copyForMe')}
                </Menu.Item>
              )}
            </>
          )}
          {mayChange && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => setDialog('rename')}>
                {t('view.rename')}
              </Menu.Item>
              {me && !last && (
                <Menu.Item
                  leftSection={view.owner ? <IconUsers {...icon} /> : <IconUser {...icon} />}
                  onClick={() => actions.change({ owner: view.owner ? null : me })}
                >
                  {t(view.owner ? 'view.share' : 'view.makeOwn')}
                </Menu.Item>
              )}
              {role === 'manage' && !view.owner && (
                <Menu.Item
                  leftSection={view.locked ? <IconLockOpen {...icon} /> : <IconLock {...icon} />}
                  onClick={() => actions.change({ locked: !view.locked })}
                >
                  {t(view.locked ? 'view.unlock' : 'view.lock')}
                </Menu.Item>
              )}
              {!last && (
                <Menu.Item color="red" leftSection={<IconTrash {...icon} />} onClick={() => void remove()}>
                  {t('view.delete')}
                </Menu.Item>
              )}
            </>
          )}
          {view.locked && !mayChange && <div className={classes.menuNote}>{t('view.lockedHint')}</div>}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'rename' && (
        <ViewDialog
          title={t('view.rename')}
          initial={{ name: view.name, description: view.description ?? '', personal: false, kind: view.kind.type }}
          action={t('save')}
          isNew={false}
          asksPersonal={false}
          onClose={() => setDialog(null)}
          onSave={({ name, description }) => actions.change({ name, description })}
        />
      )}
      {dialog === 'create' && (
        <ViewDialog
          title={t('view.new')}
          initial={{ name: '', description: '', personal: false, kind: 'grid' }}
          action={t('create')}
          isNew
          asksPersonal={me !== null}
          onClose={() => setDialog(null)}
          onSave={({ name, description, personal, kind }) => {
            const taken = (personal ? own : shared).map((one) => one.name);
            const drawn = initialKind(kind, table);
            actions.create({
              name: freeName(name, taken),
              description,
              kind: drawn,
              fields: initialFields(drawn, table),
              owner: personal ? me : null,
            });
          }}
        />
      )}
    </>
  );
}

function ViewIcon({ view, size }: { view: View; size: number }) {
  const { t } = useTranslation('base');
  const Shape = (kinds[view.kind.type] ?? kinds.grid).icon;
  return <Shape size={size} stroke={1.7} aria-label={t(`view:kind.${view.kind.type}`)} />;
}

interface ItemProps {
  view: View;
  current: boolean;
  onOpen: (view: string) => void;
}

function ViewItem({ view, current, onOpen }: ItemProps) {
  const { t } = useTranslation('base');
  return (
    <Menu.Item
      leftSection={<ViewIcon view={view} size={15} />}
      rightSection={
        <span className={classes.viewMarks}>
          {view.owner && <IconUser size={13} aria-label={t('view.personal')} />}
          {view.locked && <IconLock size={13} aria-label={t('view.locked')} />}
          {current && <IconCheck size={14} />}
        </span>
      }
      onClick={() => onOpen(view.id)}
    >
      <span className={classes.clip}>{view.name}</span>
      {view.description && (
        <span className={classes.menuHint} title={view.description}>
          {view.description}
        </span>
      )}
    </Menu.Item>
  );
}
