import { Menu } from '@mantine/core';
import { IconArrowsDiagonal, IconCopy, IconLink, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { GridRow } from '../../../grid/model';
import { ContextMenu, type Point } from '../../../ui/ContextMenu';
import { Keys } from '../../../ui/Keys';
import type { RecordActions } from './kinds';

interface Props {
  at: (Point & { row: GridRow }) | null;
  editable: boolean;
  actions: RecordActions;
  onOpen: (record: string) => void;
  onClose: () => void;
  /** What else can be done, as `Menu.Item`s. */
  children?: ReactNode;
}

const icon = { size: 15, stroke: 1.7 } as const;

/** The menu of a card, wherever cards are shown. */
export function CardMenu({ at, editable, actions, onOpen, onClose, children }: Props) {
  const { t } = useTranslation('base');
  const row = at?.row;
  return (
    <ContextMenu at={at} onClose={onClose}>
      <Menu.Item
        leftSection={<IconArrowsDiagonal {...icon} />}
        rightSection={<Keys keys="Enter" />}
        onClick={() => row && onOpen(row.id)}
      >
        {t('record.expand')}
      </Menu.Item>
      <Menu.Item leftSection={<IconLink {...icon} />} onClick={() => row && actions.copyLink(row.id)}>
        {t('record.copyLink')}
      </Menu.Item>
      {editable && (
        <>
          {children}
          <Menu.Divider />
          <Menu.Item leftSection={<IconCopy {...icon} />} onClick={() => row && actions.duplicate(row.id, row.cells)}>
            {t('record.duplicate', { count: 1 })}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash {...icon} />}
            rightSection={<Keys keys="Delete" />}
            onClick={() => row && actions.remove([row.id])}
          >
            {t('record.delete')}
          </Menu.Item>
        </>
      )}
    </ContextMenu>
  );
}
