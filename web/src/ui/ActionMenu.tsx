import { Menu } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { ContextMenu, type Point } from './ContextMenu';
import { Keys } from './Keys';
import { useFocusBack } from './useFocusBack';

export interface MenuEntry {
  id: string;
  title: string;
  icon: Icon;
  keys?: string;
  danger?: boolean;
  run: () => void;
}

interface Props {
  /** Where its corner is. */
  at: Point;
  entries: readonly MenuEntry[];
  onClose: () => void;
}

/** A menu of what can be done, where the pointer was or below a button. Load it lazily: no first screen needs it. */
export default function ActionMenu({ at, entries, onClose }: Props) {
  useFocusBack();
  return (
    <ContextMenu at={at} onClose={onClose}>
      {entries.map(({ id, title, icon: Sign, keys, danger, run }) => (
        <Menu.Item
          key={id}
          leftSection={<Sign size={16} stroke={1.7} />}
          rightSection={keys && <Keys keys={keys} />}
          color={danger ? 'red' : undefined}
          onClick={run}
        >
          {title}
        </Menu.Item>
      ))}
    </ContextMenu>
  );
}
