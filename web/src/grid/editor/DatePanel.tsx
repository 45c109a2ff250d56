import '@mantine/dates/styles.css';
import 'dayjs/locale/ja';
import 'dayjs/locale/zh-cn';
import { Button } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import classes from '../Grid.module.css';

const dayjsLocales: Record<string, string> = { zh: 'zh-cn', ja: 'ja', en: 'en' };

interface Props {
  /** `2026-11-20`, or nothing. */
  day: string | null;
  /** `09:30`; undefined when the field has no time. */
  time: string | undefined;
  today: string;
  onDay: (day: string) => void;
  onTime: (time: string) => void;
  onClear: () => void;
}

/** A calendar under the cell being edited. Typing goes to the text field above it. */
export function DatePanel({ day, time, today, onDay, onTime, onClear }: Props) {
  const { t, i18n } = useTranslation('base');
  return (
    <>
      <div className={classes.calendar}>
        <DatePicker
          key={day ?? ''}
          size="sm"
          locale={dayjsLocales[i18n.language] ?? 'en'}
          firstDayOfWeek={1}
          value={day}
          defaultDate={day ?? today}
          highlightToday
          weekendDays={[]}
          {...(i18n.language === 'en' ? {} : { monthLabelFormat: 'YYYY年M月', yearLabelFormat: 'YYYY年' })}
          onChange={(picked) => picked && onDay(picked)}
          ariaLabels={{ nextMonth: t('cell.nextMonth'), previousMonth: t('cell.previousMonth') }}
        />
      </div>
      <div className={classes.calendarFoot}>
        <Button variant="subtle" size="compact-sm" onClick={() => onDay(today)}>
          {t('cell.today')}
        </Button>
        {time !== undefined && (
          <input
            type="time"
            className={classes.time}
            aria-label={t('cell.time')}
            value={time}
            onChange={(event) => event.currentTarget.value && onTime(event.currentTarget.value)}
          />
        )}
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onClear}>
          {t('cell.clear')}
        </Button>
      </div>
    </>
  );
}
