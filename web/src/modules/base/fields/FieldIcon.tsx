import {
  type Icon,
  IconCalendar,
  IconCheckbox,
  IconCircleChevronDown,
  IconHash,
  IconLetterCase,
  IconListCheck,
} from '@tabler/icons-react';
import type { FieldType } from '../../../grid/model';
import classes from '../Base.module.css';

const icons: Record<FieldType, Icon> = {
  text: IconLetterCase,
  number: IconHash,
  select: IconCircleChevronDown,
  multi_select: IconListCheck,
  date: IconCalendar,
  checkbox: IconCheckbox,
};

export function FieldIcon({ type, size = 15 }: { type: FieldType; size?: number }) {
  const Shape = icons[type];
  return <Shape size={size} stroke={1.7} className={classes.fieldIcon} aria-hidden="true" />;
}
