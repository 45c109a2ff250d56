/** A date of a condition: an exact one, a span of the calendar, or so many days before today or after. */
import { ActionIcon, Button, NumberInput, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import type { DateStyle } from '../../../grid/model';
import classes from '../Base.module.css';
import { DateField } from '../fields/DateField';
import { type DateMode, modeOf, pointOf, relatives, spanOf, type Unit, units } from './relative';

const inside = { withinPortal: false, floatingStrategy: 'fixed' } as const;

interface Props {
  value: unknown;
  style: DateStyle;
  locale: Locale;
  label: string;
  onChange: (value: unknown) => void;
}

export function DateValue({ value, style, locale, label, onChange }: Props) {
  const { t } = useTranslation('base');
  const mode = modeOf(value);
  const option = (one: DateMode) => ({ value: one, label: t(`date.${one}`) });
  return (
    <div className={classes.dateValue}>
      <Select
        size="xs"
        aria-label={t('filter.dateMode')}
        data={[
          option('exact'),
          { group: t('filter.spans'), items: [option('last'), option('next')] },
          { group: t('filter.calendar'), items: relatives.map(option) },
        ]}
        value={mode}
        allowDeselect={false}
        maxDropdownHeight={260}
        comboboxProps={inside}
        onChange={(next) => next && next !== mode && onChange(pointOf(next as DateMode, value))}
      />
      {mode === 'exact' && (
        <DateField
          inside
          size="xs"
          label={label}
          value={typeof value === 'string' ? value : null}
          style={style}
          locale={locale}
          onChange={onChange}
        />
      )}
      {(mode === 'last' || mode === 'next') && <SpanValue mode={mode} value={value} onChange={onChange} />}
    </div>
  );
}

interface SpanProps {
  mode: 'last' | 'next';
  value: unknown;
  onChange: (value: unknown) => void;
}

function SpanValue({ mode, value, onChange }: SpanProps) {
  const { t } = useTranslation('base');
  const { count, unit } = spanOf(value);
  const set = (next: number, of: Unit) => onChange(mode === 'last' ? { last: next, unit: of } : { next, unit: of });
  return (
    <div className={classes.span}>
      <NumberInput
        size="xs"
        aria-label={t('filter.count')}
        min={1}
        max={10_000}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        value={count}
        onChange={(next) => set(typeof next === 'number' ? next : 0, unit)}
      />
      <Select
        size="xs"
        aria-label={t('filter.unit')}
        data={units.map((one) => ({ value: one, label: t(`date.unit.${one}`) }))}
        value={unit}
        allowDeselect={false}
        comboboxProps={inside}
        onChange={(next) => next && set(count, next as Unit)}
      />
    </div>
  );
}

/** Two dates, or any number of them. */
export function DateValues({ value, range, onChange, ...rest }: Props & { range: boolean }) {
  const { t } = useTranslation('base');
  const list: readonly unknown[] = Array.isArray(value) && (range || value.length > 0) ? value : [null];
  const set = (at: number, next: unknown) => onChange(list.map((item, i) => (i === at ? next : item)));
  return (
    <div className={classes.compared}>
      {list.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: dates have no names but their places
        <div key={i} className={classes.oneOf}>
          <DateValue
            {...rest}
            label={range ? t(i === 0 ? 'filter.from' : 'filter.to') : rest.label}
            value={item}
            onChange={(next) => set(i, next)}
          />
          {!range && list.length > 1 && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={t('filter.removeDate')}
              onClick={() => onChange(list.filter((_, k) => k !== i))}
            >
              <IconX size={13} />
            </ActionIcon>
          )}
        </div>
      ))}
      {!range && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          leftSection={<IconPlus size={12} />}
          onClick={() => onChange([...list, null])}
        >
          {t('filter.addDate')}
        </Button>
      )}
    </div>
  );
}
