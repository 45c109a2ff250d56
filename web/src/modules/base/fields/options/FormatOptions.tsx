import { Autocomplete, NumberInput, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatStyledDate } from '../../../../grid/dates';
import type { Locale } from '../../../../grid/format';
import type { DateFormat, NumberFormat, Separators, TextFormat } from '../../../../grid/model';
import { formatStyled, starsOf } from '../../../../grid/numbers';
import type { OptionsProps } from '../ChoiceList';

// A press on something in a portal would count as one outside of the window of the field, and close it.
const inside = { withinPortal: false } as const;

const textFormats: TextFormat[] = ['plain', 'long', 'url', 'email', 'phone', 'barcode'];
const numberFormats: NumberFormat[] = ['plain', 'percent', 'currency', 'progress', 'rating', 'duration'];
const separators: Separators[] = [
  'local',
  'comma_point',
  'point_comma',
  'space_comma',
  'space_point',
  'apostrophe_point',
];
const currencies = ['CNY', 'USD', 'EUR', 'JPY', 'GBP', 'HKD', 'KRW', 'INR', 'SGD', 'AUD', 'CAD', 'CHF', 'BRL', 'MXN'];
const dateFormats: DateFormat[] = ['local', 'iso', 'year_first', 'day_first', 'month_first', 'day_dots', 'long'];

export function TextOptions({ draft, set }: OptionsProps) {
  const { t } = useTranslation('field');
  return (
    <Select
      mt="sm"
      label={t('format')}
      data={textFormats.map((format) => ({ value: format, label: t(`textFormat.${format}`) }))}
      value={draft.text}
      allowDeselect={false}
      comboboxProps={inside}
      onChange={(format) => set({ text: (format ?? 'plain') as TextFormat })}
    />
  );
}

/** The format of a number and what belongs to it, with an example. */
export function NumberOptions({ draft, set, locale }: OptionsProps & { locale: Locale }) {
  const { t } = useTranslation('field');
  const { number } = draft;
  const change = (part: Partial<typeof number>) => set({ number: { ...number, ...part } });
  const example =
    { percent: 0.1234, progress: 0.45, rating: 3, duration: 5025 }[number.format as 'percent'] ?? 1234.567;
  const shown =
    number.format === 'rating' ? '★'.repeat(starsOf(number)) : formatStyled(example, number, locale.language);
  const separated = number.format === 'plain' || number.format === 'currency' || number.format === 'percent';
  return (
    <>
      <Select
        mt="sm"
        label={t('format')}
        description={t('example', { text: shown })}
        data={numberFormats.map((format) => ({ value: format, label: t(`numberFormat.${format}`) }))}
        value={number.format}
        allowDeselect={false}
        comboboxProps={inside}
        onChange={(format) => change({ format: (format ?? 'plain') as NumberFormat })}
      />
      {number.format === 'currency' && (
        <Autocomplete
          mt="sm"
          label={t('currency')}
          data={currencies}
          value={number.currency}
          maxLength={8}
          comboboxProps={inside}
          onChange={(currency) => change({ currency })}
        />
      )}
      {number.format === 'rating' ? (
        <NumberInput
          mt="sm"
          label={t('stars')}
          min={1}
          max={10}
          allowDecimal={false}
          value={starsOf(number)}
          onChange={(max) => change({ max: Math.max(1, Math.min(10, Number(max) || 5)) })}
        />
      ) : (
        <NumberInput
          mt="sm"
          label={t('base:field.precision')}
          min={0}
          max={number.format === 'duration' ? 3 : 10}
          allowDecimal={false}
          value={number.precision}
          onChange={(precision) => change({ precision: Math.max(0, Math.min(10, Number(precision) || 0)) })}
        />
      )}
      {separated && (
        <>
          <Switch
            mt="sm"
            label={t('base:field.thousands')}
            checked={number.thousands}
            onChange={(event) => change({ thousands: event.currentTarget.checked })}
          />
          <Select
            mt="sm"
            label={t('separators')}
            data={separators.map((one) => ({
              value: one,
              label:
                one === 'local'
                  ? t('separatorsLocal')
                  : formatStyled(1234567.5, { precision: 1, thousands: true, separators: one }, 'en'),
            }))}
            value={number.separators}
            allowDeselect={false}
            comboboxProps={inside}
            onChange={(one) => change({ separators: (one ?? 'local') as Separators })}
          />
        </>
      )}
    </>
  );
}

const example = '2026-11-20T08:30:00Z';

export function DateOptions({ draft, set, locale }: OptionsProps & { locale: Locale }) {
  const { t } = useTranslation('field');
  const { date } = draft;
  const change = (part: Partial<typeof date>) => set({ date: { ...date, ...part } });
  const zones = ['', ...Intl.supportedValuesOf('timeZone')];
  const shown = (format: DateFormat) =>
    formatStyledDate(date.time ? example : example.slice(0, 10), { ...date, format }, locale.language, locale.zone);
  return (
    <>
      <Select
        mt="sm"
        label={t('format')}
        data={dateFormats.map((format) => ({
          value: format,
          label: format === 'local' ? t('dateLocal', { text: shown(format) }) : shown(format),
        }))}
        value={date.format}
        allowDeselect={false}
        comboboxProps={inside}
        onChange={(format) => change({ format: (format ?? 'local') as DateFormat })}
      />
      <Switch
        mt="sm"
        label={t('base:field.time')}
        checked={date.time}
        onChange={(event) => change({ time: event.currentTarget.checked })}
      />
      {date.time && (
        <Select
          mt="sm"
          label={t('zone')}
          data={zones.map((zone) => ({ value: zone, label: zone === '' ? t('zoneReader') : zone }))}
          value={date.zone ?? ''}
          allowDeselect={false}
          searchable
          limit={80}
          comboboxProps={inside}
          onChange={(zone) => change({ zone: zone || null })}
        />
      )}
    </>
  );
}

/** How what is computed is shown: as it comes, or in a chosen format. */
export function StyleOptions({ draft, set, locale, kind }: OptionsProps & { locale: Locale; kind: string }) {
  const { t } = useTranslation('field');
  const number = kind === 'number' || kind === 'duration';
  if (!number && kind !== 'date') return null;
  return (
    <>
      <SegmentedControl
        mt="sm"
        size="xs"
        fullWidth
        aria-label={t('format')}
        value={draft.styled ? 'chosen' : 'plain'}
        data={[
          { value: 'plain', label: t('asItComes') },
          { value: 'chosen', label: t('chosenFormat') },
        ]}
        onChange={(value) => set({ styled: value === 'chosen' })}
      />
      {draft.styled &&
        (number ? (
          <NumberOptions draft={draft} set={set} locale={locale} />
        ) : (
          <DateOptions draft={draft} set={set} locale={locale} />
        ))}
    </>
  );
}

export function PatternOptions({ draft, set }: OptionsProps) {
  const { t } = useTranslation('field');
  return (
    <TextInput
      mt="sm"
      label={t('pattern')}
      description={t('patternHint')}
      value={draft.pattern}
      maxLength={100}
      error={!draft.pattern.includes('{n') && t('patternWrong')}
      onChange={(event) => set({ pattern: event.currentTarget.value })}
    />
  );
}
