import { NumberInput, SegmentedControl, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FieldSelect } from '../FieldSelect';
import type { SettingsProps } from '../kinds';
import { type TimeScale, takes } from '../model';
import classes from '../Views.module.css';
import { timeScales } from './model';

/** Whose rows there are, when what they do begins and ends, how much it is, and what it opens with. */
export default function TimelineSettings({ table, kind, onKind }: SettingsProps<'timeline'>) {
  const { t } = useTranslation('timeline');
  const dates = table.fields.filter(takes.date);
  return (
    <div className={classes.settings}>
      <FieldSelect
        label={t('people')}
        fields={table.fields.filter(takes.people)}
        value={kind.people}
        isOptional={false}
        onChange={(people) => onKind({ ...kind, people })}
      />
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
        label={t('load')}
        fields={table.fields.filter(takes.number)}
        value={kind.load}
        isOptional
        onChange={(load) => onKind({ ...kind, load })}
      />
      <NumberInput
        size="xs"
        label={t('limit')}
        description={t('limitHint')}
        value={kind.limit ?? ''}
        min={0}
        max={1_000_000}
        allowDecimal={false}
        onChange={(limit) => onKind({ ...kind, limit: typeof limit === 'number' ? limit : null })}
      />
      <FieldSelect
        label={t('calendar:color')}
        fields={table.fields.filter(takes.choice)}
        value={kind.color}
        isOptional
        onChange={(color) => onKind({ ...kind, color })}
      />
      <div>
        <Text size="xs" fw={500} mb={4}>
          {t('calendar:opensWith')}
        </Text>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('calendar:opensWith')}
          value={kind.scale ?? 'week'}
          data={timeScales.map((value) => ({ value, label: t(`scales.${value}`) }))}
          onChange={(scale) => onKind({ ...kind, scale: scale as TimeScale })}
        />
      </div>
    </div>
  );
}
