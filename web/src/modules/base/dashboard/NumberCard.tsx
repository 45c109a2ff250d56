/** One number, with what it was before and what it should be. */
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import type { Table } from '../model';
import classes from './Dashboard.module.css';
import type { NumberKind, Shown } from './model';
import type { Words } from './useReading';

interface Props {
  kind: NumberKind;
  number: Extract<Shown, { shows: 'number' }>['number'];
  table: Table | undefined;
  words: Words;
  locale: Locale;
  onPress?: () => void;
}

/** The change from one number to another as a share of the first; none when that says nothing. */
export function changeOf(before: unknown, now: unknown): number | null {
  if (typeof before !== 'number' || typeof now !== 'number' || before === 0) return null;
  return (now - before) / Math.abs(before);
}

export function NumberCard({ kind, number, table, words, locale, onPress }: Props) {
  const { t } = useTranslation('dashboards');
  const told = (value: unknown) => words.told(kind.measure, table, value);
  const change = changeOf(number.before, number.value);
  const percent = (share: number) =>
    new Intl.NumberFormat(locale.language, {
      style: 'percent',
      maximumFractionDigits: 1,
      signDisplay: 'exceptZero',
    }).format(share);
  const Arrow = !change ? IconArrowRight : change > 0 ? IconArrowUpRight : IconArrowDownRight;
  const { target } = kind;
  const reached = typeof target === 'number' && target !== 0 && typeof number.value === 'number';
  const share = reached ? (number.value as number) / (target as number) : 0;
  return (
    <div className={classes.number}>
      {onPress ? (
        <button type="button" className={classes.figure} onClick={onPress} title={t('showRecords')}>
          {told(number.value)}
        </button>
      ) : (
        <span className={classes.figure}>{told(number.value)}</span>
      )}
      {kind.period && (
        <span className={classes.before} data-change={change === null ? 'none' : Math.sign(change)}>
          <Arrow size={15} aria-hidden="true" />
          {change === null
            ? t('before', { value: told(number.before) })
            : t('change', { change: percent(change), value: told(number.before) })}
        </span>
      )}
      {reached && (
        <span className={classes.target}>
          <progress max={1} value={Math.max(0, Math.min(1, share))} aria-label={t('ofTarget')} />
          {t('target', {
            share: new Intl.NumberFormat(locale.language, { style: 'percent', maximumFractionDigits: 0 }).format(share),
            value: told(target),
          })}
        </span>
      )}
    </div>
  );
}
