import { ActionIcon, Badge, Button, Menu, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  type Icon,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconDots,
  IconDownload,
  IconFileImport,
  IconHistory,
  IconListCheck,
  IconPackageExport,
  IconTrash,
  IconUserPlus,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOverlays } from '../../app/overlays';
import { api } from '../../data/client';
import { queryClient } from '../../data/queries';
import type { Resource } from '../../data/types';
import { ResourceIcon } from '../../ui/ResourceIcon';
import { baseApi, exportFormats } from './api';
import classes from './Base.module.css';
import type { Part } from './history/HistoryDrawer';
import type { Base } from './model';
import { People } from './People';
import { changeBase, type Person } from './useBase';

interface Props {
  base: Base;
  people: readonly Person[];
  editable: boolean;
  /** The view that can be exported. */
  exports: { table: string; view: string } | null;
  /** Null when there is nothing to take back. */
  onUndo: (() => void) | null;
  onRedo: (() => void) | null;
  onImport: () => void;
  /** Opens the past of the base. */
  onPast: (part: Part) => void;
  onFollow: (person: Person) => void;
}

export function BaseHeader({ base, people, editable, exports, onUndo, onRedo, onImport, onPast, onFollow }: Props) {
  const { t } = useTranslation('base');
  const narrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false }) ?? false;
  const { id, name, role } = base.resource;
  const share = () => useOverlays.setState({ share: { id, name } });
  return (
    <header className={classes.head}>
      <ResourceIcon kind="base" size={20} />
      <BaseName base={base} editable={editable} />
      {!editable && (
        <Badge variant="light" color="gray" size="sm" radius="sm" tt="none" fw={500} style={{ flex: 'none' }}>
          {t(`role.${role}`)}
        </Badge>
      )}
      <span className={classes.grow} />
      <People people={narrow ? people.slice(0, 2) : people} onFollow={onFollow} />
      {editable && (
        <>
          <Step label={t('undo.undo')} none={t('undo.nothing')} icon={IconArrowBackUp} onClick={onUndo} />
          <Step label={t('undo.redo')} none={t('undo.nothingAgain')} icon={IconArrowForwardUp} onClick={onRedo} />
        </>
      )}
      <Menu position="bottom-end" shadow="md" width={230}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={30} aria-label={t('more')}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {editable && (
            <Menu.Item leftSection={<IconFileImport size={15} />} onClick={onImport}>
              {t('import.title')}
            </Menu.Item>
          )}
          {exports && (
            <>
              <Menu.Label>{t('export.view')}</Menu.Label>
              {exportFormats.map((format) => (
                <Menu.Item
                  key={format}
                  component="a"
                  href={baseApi.exportUrl(id, exports.table, exports.view, format)}
                  download
                  leftSection={<IconDownload size={15} />}
                >
                  {t(`export.${format}`)}
                </Menu.Item>
              ))}
            </>
          )}
          <Menu.Divider />
          <Menu.Item
            component="a"
            href={baseApi.baseFileUrl(id)}
            download
            leftSection={<IconPackageExport size={15} />}
          >
            {t('export.base')}
          </Menu.Item>
          {editable && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconHistory size={15} />} onClick={() => onPast('history')}>
                {t('history:open')}
              </Menu.Item>
              <Menu.Item leftSection={<IconListCheck size={15} />} onClick={() => onPast('undo')}>
                {t('history:openUndo')}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={15} />} onClick={() => onPast('trash')}>
                {t('history:openTrash')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {role === 'manage' &&
        (narrow ? (
          <ActionIcon variant="default" size={30} aria-label={t('share')} onClick={share}>
            <IconUserPlus size={16} />
          </ActionIcon>
        ) : (
          <Button variant="default" leftSection={<IconUserPlus size={15} />} onClick={share}>
            {t('share')}
          </Button>
        ))}
    </header>
  );
}

interface StepProps {
  label: string;
  /** What it says while there is nothing to do. */
  none: string;
  icon: Icon;
  onClick: (() => void) | null;
}

/** Keeps the focus when there is nothing left to take back. */
function Step({ label, none, icon: Shape, onClick }: StepProps) {
  return (
    <Tooltip label={onClick ? label : none}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        aria-label={label}
        aria-disabled={onClick === null}
        data-disabled={onClick === null || undefined}
        onClick={() => onClick?.()}
      >
        <Shape size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}

function BaseName({ base, editable }: { base: Base; editable: boolean }) {
  const { t } = useTranslation('base');
  const [text, setText] = useState<string | null>(null);
  const { id, name } = base.resource;
  function save() {
    const next = text?.trim();
    setText(null);
    if (!next || next === name) return;
    void changeBase(
      id,
      (old) => ({ ...old, resource: { ...old.resource, name: next } }),
      async () => {
        await api.patch<Resource>(`/resources/${id}`, { name: next });
        await queryClient.invalidateQueries({ queryKey: ['resources'] });
      },
      t('notRenamed'),
    );
  }
  if (!editable) return <h1 className={classes.name}>{name}</h1>;
  if (text === null) {
    return (
      <h1 style={{ margin: 0, minWidth: 0, display: 'flex' }}>
        <button type="button" className={classes.name} title={t('rename')} onClick={() => setText(name)}>
          {name}
        </button>
      </h1>
    );
  }
  return (
    <input
      className={classes.nameInput}
      // biome-ignore lint/a11y/noAutofocus: the member has just clicked on the name to change it
      autoFocus
      aria-label={t('rename')}
      value={text}
      maxLength={200}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') save();
        if (event.key === 'Escape') setText(null);
      }}
    />
  );
}
