import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Point {
  x: number;
  y: number;
}

/** A menu where the pointer was; `at` null is closed. Pass `Menu.Item`s. */
export function ContextMenu({ at, onClose, children }: { at: Point | null; onClose: () => void; children: ReactNode }) {
  return (
    <Menu opened={at !== null} onClose={onClose} position="bottom-start" offset={2} width={220} returnFocus>
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
