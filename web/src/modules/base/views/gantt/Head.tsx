import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TimeScale } from '../model';
import { civil, type Tick, ticks } from './axis';
import classes from './Gantt.module.css';

interface Props {
  scale: TimeScale;
  /** The first day of the axis. */
  origin: number;
  /** Pixels of a day. */
  pixels: number;
  width: number;
  /** The days in sight. */
  from: number;
  to: number;
  today: number;
  language: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(language: string, day: number, options: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
    formats.set(key, format);
  }
  return format.format(day * 86_400_000);
}

/** The columns of time: days, weeks, months, quarters or years, and what they are parts of. */
export const Head = memo(function Head(props: Props) {
  const { scale, origin, pixels, width, from, to, today, language } = props;
  const { t } = useTranslation('view');
  const { upper, lower } = ticks(scale, from, to);
  const text = ({ unit, from: day }: Tick, isUpper: boolean): string => {
    const { year, month, day: number } = civil(day);
    switch (unit) {
      case 'day':
      case 'week':
        return String(number);
      case 'month':
        return formatted(language, day, isUpper ? { year: 'numeric', month: 'long' } : { month: 'short' });
      case 'quarter':
        return t('gantt.quarter', { number: Math.ceil(month / 3) });
      case 'year':
        return formatted(language, day, { year: 'numeric' }) || String(year);
    }
  };
  const tick = (tier: 'upper' | 'lower') => (one: Tick) => (
    <div
      key={`${tier}${one.from}`}
      className={classes.tick}
      data-tier={tier}
      data-today={(tier === 'lower' && one.from <= today && today < one.to) || undefined}
      style={{ left: (one.from - origin) * pixels, width: (one.to - one.from) * pixels }}
    >
      <span style={tier === 'upper' ? { left: 'var(--table)' } : undefined}>{text(one, tier === 'upper')}</span>
    </div>
  );
  return (
    <div className={classes.scale} style={{ width }} aria-hidden="true">
      {upper.map(tick('upper'))}
      {lower.map(tick('lower'))}
    </div>
  );
});
