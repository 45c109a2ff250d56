/** The keys of the grid, for the shortcut sheet. The grid hears them itself: grid/keyboard.ts and Glide's own copy and paste. */
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../app/commands';

const keys = {
  move: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'],
  edge: ['mod+ArrowUp', 'mod+ArrowDown'],
  extend: ['shift+ArrowUp', 'shift+ArrowDown'],
  next: ['Tab', 'shift+Tab'],
  row: ['shift+Space'],
  column: ['mod+Space'],
  all: ['mod+a'],
  edit: ['Enter', 'F2'],
  expand: ['Space'],
  insert: ['shift+Enter'],
  copy: ['mod+c', 'mod+x', 'mod+v'],
  fillDown: ['mod+d'],
  fillRight: ['mod+r'],
  clear: ['Delete'],
  delete: ['mod+Delete', 'mod+Backspace'],
  menu: ['shift+F10'],
  leave: ['Escape'],
} as const;

/** What only who may edit can do. */
const writes = new Set<string>(['insert', 'fillDown', 'fillRight', 'clear', 'delete']);

export function useGridKeys(editable: boolean): void {
  const { t } = useTranslation('base');
  useCommands(
    (Object.keys(keys) as (keyof typeof keys)[])
      .filter((one) => editable || !writes.has(one))
      .map((one) => ({
        id: `grid.${one}`,
        title: t(`keys.${one}`),
        group: t('keys.group'),
        keys: keys[one],
        told: true,
        run: () => undefined,
      })),
  );
}
