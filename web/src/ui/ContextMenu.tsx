import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Point {
  x: number;
  y: number;
}

interface Props {
  /** Where its corner is; null is closed. */
  at: Point | null;
  onClose: () => void;
  /** `Menu.Item`s. */
  children: ReactNode;
}

/** A menu where the pointer was. */
export function ContextMenu({ at, onClose, children }: Props) {
  return (
    <Menu opened={at !== null} onClose={onClose} position="bottom-start" offset={4} width={260} returnFocus>
      <Menu.Target>
        <span
          aria-hidden="true"
          style={{ position: 'fixed', left: at?.x ?? 0, top: at?.y ?? 0, width: 0, height: 0, pointerEvents: 'none' }}
        />
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
