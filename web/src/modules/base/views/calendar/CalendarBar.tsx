/** Over a calendar: what it shows, the way to another time, and how much of it. */
import '@mantine/dates/styles.css';
import 'dayjs/locale/ja';
import 'dayjs/locale/zh-cn';
import { ActionIcon, Button, Popover, SegmentedControl } from '@mantine/core';
import { MonthPicker } from '@mantine/dates';
import { IconChevronLeft, IconChevronRight, IconListDetails } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Day, dayOf, dayText, startOfMonth } from '../time/days';
import classes from './Calendar.module.css';
import { dayName, type Scale, scales } from './model';

interface Props {
  title: string;
  day: Day;
  scale: Scale;
  language: string;
  /** Where there is little width a list of days stands for all scales. */
  narrow: boolean;
  undated: number;
  undatedOpen: boolean;
  onDay: (day: Day) => void;
  onStep: (by: number) => void;
  onToday: () => void;
  onScale: (scale: Scale) => void;
  onUndated: () => void;
}

const dayjsLocales: Record<string, string> = { 'zh-CN': 'zh-cn', ja: 'ja' };

export function CalendarBar(props: Props) {
  const { title, day, scale, language, narrow, undated } = props;
  const { t } = useTranslation('calendar');
  const [picking, setPicking] = useState(false);
  return (
    <div className={classes.bar}>
      <Button variant="default" onClick={props.onToday} title={`${t('today')} (T)`}>
        {t('today')}
      </Button>
      <ActionIcon aria-label={t('previous')} onClick={() => props.onStep(-1)}>
        <IconChevronLeft size={18} />
      </ActionIcon>
      <ActionIcon aria-label={t('next')} onClick={() => props.onStep(1)}>
        <IconChevronRight size={18} />
      </ActionIcon>
      <Popover opened={picking} onChange={setPicking} trapFocus returnFocus>
        <Popover.Target>
          <button
            type="button"
            className={classes.title}
            aria-expanded={picking}
            title={t('pickMonth')}
            onClick={() => setPicking(!picking)}
          >
            <span aria-live="polite">{title}</span>
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <MonthPicker
            size="sm"
            locale={dayjsLocales[language] ?? 'en'}
            value={dayText(startOfMonth(day))}
            defaultDate={dayText(startOfMonth(day))}
            yearLabelFormat={(year) => dayName(dayOf(year.slice(0, 10)), language, { year: 'numeric' })}
            ariaLabels={{ nextYear: t('nextYear'), previousYear: t('previousYear') }}
            onChange={(picked) => {
              if (picked) props.onDay(dayOf(picked));
              setPicking(false);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <span className={classes.grow} />
      {!narrow && (
        <>
          <Button
            variant={props.undatedOpen ? 'light' : 'default'}
            leftSection={<IconListDetails size={15} />}
            aria-pressed={props.undatedOpen}
            onClick={props.onUndated}
          >
            {t('undatedCount', { count: undated })}
          </Button>
          <SegmentedControl
            size="xs"
            aria-label={t('scale')}
            value={scale}
            data={scales.map((value) => ({ value, label: t(`scales.${value}`) }))}
            onChange={(value) => props.onScale(value as Scale)}
          />
        </>
      )}
    </div>
  );
}
