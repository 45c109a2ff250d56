import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Field } from '../../../../grid/model';
import classes from './Kanban.module.css';
import type { Column } from './model';

interface Props {
  field: Field;
  columns: readonly Column[];
  /** Where the card is. */
  current: string;
  onMove: (column: string) => void;
}

/** As many columns as a menu has room for; the others are reached by dragging. */
const most = 12;

/** The columns a card can go to, in its menu. */
export function MoveItems({ field, columns, current, onMove }: Props) {
  const { t } = useTranslation('view');
  const others = columns.filter((column) => column.key !== current).slice(0, most);
  if (others.length === 0) return null;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('kanban.moveTo')}</Menu.Label>
      {others.map((column) => (
        <Menu.Item key={column.key} onClick={() => onMove(column.key)}>
          <span className={classes.clip}>{column.label || t('kanban.blank', { field: field.name })}</span>
        </Menu.Item>
      ))}
    </>
  );
}
