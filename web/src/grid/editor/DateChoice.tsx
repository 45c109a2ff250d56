import { useTranslation } from 'react-i18next';
import { dateParts, formatDate, parseDate, zoneOf } from '../dates';
import type { Locale } from '../format';
import classes from '../Grid.module.css';
import type { CellValue, FieldOf } from '../model';
import { DatePanel } from './DatePanel';

interface Props {
  text: string;
  field: FieldOf<'date'>;
  locale: Locale;
  /** `close`: nothing is left to choose. */
  onChange: (value: CellValue, text: string, close: boolean) => void;
}

/** The calendar of a date that is being typed, and the zone its time is in when that is not the reader's. */
export function DateChoice({ text, field, locale, onChange }: Props) {
  const { t } = useTranslation('field');
  const zone = zoneOf(field, locale.zone);
  const now = new Date();
  const read = (typed: string) => parseDate(typed, field.time, zone, now, field.format) ?? null;
  const value = text.trim() === '' ? null : read(text);
  const parts = value === null ? undefined : dateParts(value, field.time, zone);
  const today = formatDate(now.toISOString(), true, zone).slice(0, 10);
  const day = value === null ? null : formatDate(value, field.time, zone).slice(0, 10);
  const time = parts ? formatDate(value ?? '', true, zone).slice(11) || '09:00' : '09:00';
  function set(picked: string, at: string) {
    const typed = field.time ? `${picked} ${at}` : picked;
    onChange(read(typed), typed, !field.time);
  }
  return (
    <>
      <DatePanel
        day={day}
        time={field.time ? time : undefined}
        today={today}
        onDay={(picked) => set(picked, time)}
        onTime={(at) => set(day ?? today, at)}
        onClear={() => onChange(null, '', true)}
      />
      {field.time && field.zone && field.zone !== locale.zone && (
        <div className={classes.hint}>{t('date.inZone', { zone: field.zone })}</div>
      )}
    </>
  );
}
