/** The menu of the lines of groups. */
import { Menu } from '@mantine/core';
import { IconArrowsMaximize, IconArrowsMinimize } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Anchor } from '../../../grid/types';
import { ContextMenu } from '../../../ui/ContextMenu';
import { Keys } from '../../../ui/Keys';

const icon = { size: 15, stroke: 1.7 } as const;

interface Props {
  at: Anchor | null;
  onClose: () => void;
  onFoldAll: (folded: boolean) => void;
}

export function GroupMenu({ at, onClose, onFoldAll }: Props) {
  const { t } = useTranslation('group');
  return (
    <ContextMenu at={at} onClose={onClose}>
      <Menu.Item
        leftSection={<IconArrowsMinimize {...icon} />}
        rightSection={<Keys keys="alt+shift+ArrowUp" />}
        onClick={() => onFoldAll(true)}
      >
        {t('foldAll')}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconArrowsMaximize {...icon} />}
        rightSection={<Keys keys="alt+shift+ArrowDown" />}
        onClick={() => onFoldAll(false)}
      >
        {t('unfoldAll')}
      </Menu.Item>
    </ContextMenu>
  );
}
