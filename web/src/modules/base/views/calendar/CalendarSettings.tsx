import { SegmentedControl, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FieldSelect } from '../FieldSelect';
import type { SettingsProps } from '../kinds';
import { type CalendarKind, takes } from '../model';
import classes from '../Views.module.css';
import { scales } from './model';

/** By which fields records stand in the calendar, their colours, and what it opens with. */
export default function CalendarSettings({ table, kind, onKind }: SettingsProps<'calendar'>) {
  const { t } = useTranslation('calendar');
  const dates = table.fields.filter(takes.date);
  return (
    <div className={classes.settings}>
      <FieldSelect
        label={t('start')}
        fields={dates}
        value={kind.start}
        isOptional={false}
        onChange={(start) => onKind({ ...kind, start })}
      />
      <FieldSelect
        label={t('end')}
        fields={dates.filter((field) => field.id !== kind.start)}
        value={kind.end}
        isOptional
        onChange={(end) => onKind({ ...kind, end })}
      />
      <FieldSelect
        label={t('color')}
        fields={table.fields.filter(takes.choice)}
        value={kind.color}
        isOptional
        onChange={(color) => onKind({ ...kind, color })}
      />
      <div>
        <Text size="xs" fw={500} mb={4}>
          {t('opensWith')}
        </Text>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('opensWith')}
          value={kind.scale ?? 'month'}
          data={scales.map((value) => ({ value, label: t(`scales.${value}`) }))}
          onChange={(scale) => onKind({ ...kind, scale: scale as CalendarKind['scale'] & string })}
        />
      </div>
    </div>
  );
}
