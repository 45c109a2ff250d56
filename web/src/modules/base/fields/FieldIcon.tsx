import {
  type Icon,
  IconArrowBackUp,
  IconArrowsExchange,
  IconCalendar,
  IconCheckbox,
  IconCircleChevronDown,
  IconClick,
  IconClock,
  IconClockEdit,
  IconHash,
  IconLetterCase,
  IconListCheck,
  IconListNumbers,
  IconListSearch,
  IconMapPin,
  IconMathFunction,
  IconPaperclip,
  IconSum,
  IconUser,
  IconUserEdit,
  IconUserPlus,
  IconUsers,
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
  member: IconUser,
  group: IconUsers,
  attachment: IconPaperclip,
  location: IconMapPin,
  auto_number: IconListNumbers,
  created_at: IconClock,
  updated_at: IconClockEdit,
  created_by: IconUserPlus,
  updated_by: IconUserEdit,
  button: IconClick,
  link: IconArrowsExchange,
  backlink: IconArrowBackUp,
  lookup: IconListSearch,
  rollup: IconSum,
  formula: IconMathFunction,
};

export function FieldIcon({ type, size = 15 }: { type: FieldType; size?: number }) {
  const Shape = icons[type] ?? IconLetterCase;
  return <Shape size={size} stroke={1.7} className={classes.fieldIcon} aria-hidden="true" />;
}
