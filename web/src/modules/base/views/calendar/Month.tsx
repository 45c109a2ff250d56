/** Weeks under each other. Records lie over their days; those that find no room are counted. */
import { IconPlus } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Day, partsOf } from '../time/days';
import { inLanes } from '../time/lanes';
import type { Timed } from '../time/useTimeRows';
import classes from './Calendar.module.css';
import { useCalendar } from './context';
import { Event } from './Event';
import { dayName, longDay } from './model';

interface Props {
  from: Day;
  to: Day;
  /** The month whose days are not faint. */
  month: Day;
  /** In order. */
  timed: readonly Timed[];
  onKeyDown: (event: KeyboardEvent) => void;
}

/** Pixels: over the records of a day, of each of them, and of a week at least. */
const head = 30;
const laneHeight = 23;
const leastWeek = 100;

export function Month({ from, to, month, timed, onKeyDown }: Props) {
  const { t } = useTranslation('calendar');
  const { locale } = useCalendar();
  const area = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    if (!area.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setHeight(entry.contentRect.height));
    observer.observe(area.current);
    return () => observer.disconnect();
  }, []);
  const weeks = Array.from({ length: (to - from) / 7 }, (_, i) => from + i * 7);
  const most = Math.floor((Math.max(leastWeek, height / weeks.length) - head - 2) / laneHeight);
  const days = Array.from({ length: 7 }, (_, i) => from + i);
  return (
    <div className={classes.month} role="grid" aria-label={t('view:kind.calendar')} onKeyDown={onKeyDown}>
      <div className={classes.weekdays} role="row">
        {days.map((day) => (
          <div key={day} role="columnheader" aria-label={dayName(day, locale.language, { weekday: 'long' })}>
            {dayName(day, locale.language, { weekday: 'short' })}
          </div>
        ))}
      </div>
      <div ref={area} className={classes.weeks} role="rowgroup" data-scroller>
        {weeks.map((week) => (
          <Week key={week} week={week} month={month} timed={timed} most={most} />
        ))}
      </div>
    </div>
  );
}

interface WeekProps {
  week: Day;
  month: Day;
  timed: readonly Timed[];
  most: number;
}

function Week({ week, month, timed, most }: WeekProps) {
  const { cursor, mayMove } = useCalendar();
  const { placed, hidden } = useMemo(() => {
    const there = timed.filter(({ span }) => span.start < week + 7 && span.end >= week);
    const items = there.map((one) => ({ start: one.span.start, end: one.span.end, one }));
    return inLanes(items, week, week + 7, most);
  }, [timed, week, most]);
  const days = Array.from({ length: 7 }, (_, i) => week + i);
  return (
    <div className={classes.week} role="row">
      {days.map((day, i) => (
        <DayCell
          key={day}
          day={day}
          month={month}
          count={placed.filter((part) => part.from <= day && part.to >= day).length + (hidden[i] ?? 0)}
        />
      ))}
      {placed.map(({ item, lane, from, to }) => (
        <Event
          key={item.one.row.id}
          timed={item.one}
          shape="bar"
          before={item.start < from}
          after={item.end > to}
          tabIndex={cursor >= from && cursor <= to && mayMove ? 0 : -1}
          style={{
            top: head + lane * laneHeight,
            left: `calc(${((from - week) / 7) * 100}% + ${item.start < from ? 0 : 3}px)`,
            width: `calc(${((to - from + 1) / 7) * 100}% - ${(item.start < from ? 0 : 3) + (item.end > to ? 0 : 4)}px)`,
          }}
        />
      ))}
      {days.map((day, i) => {
        const count = hidden[i] ?? 0;
        if (count === 0) return null;
        const top = head + Math.max(0, most - 1) * laneHeight;
        return <More key={day} day={day} count={count} style={{ top, left: `calc(${(i / 7) * 100}% + 3px)` }} />;
      })}
    </div>
  );
}

interface MoreProps {
  day: Day;
  count: number;
  style: React.CSSProperties;
}

export function More({ day, count, style }: MoreProps) {
  const { t } = useTranslation('calendar');
  const { onMore, locale } = useCalendar();
  return (
    <button
      type="button"
      className={classes.more}
      style={style}
      tabIndex={-1}
      aria-label={t('moreOn', { count, day: longDay(day, locale.language) })}
      onClick={(event) => onMore(day, event.currentTarget.getBoundingClientRect())}
    >
      {t('more', { count })}
    </button>
  );
}

function DayCell({ day, month, count }: { day: Day; month: Day; count: number }) {
  const { t } = useTranslation('calendar');
  const { today, cursor, locale, mayCreate, onDay, onCreate } = useCalendar();
  const date = partsOf(day);
  const style = date.day === 1 ? ({ day: 'numeric', month: 'short' } as const) : ({ day: 'numeric' } as const);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it hears keys
    <div
      role="gridcell"
      className={classes.day}
      data-day={day}
      data-other={date.month !== partsOf(month).month}
      data-cursor={cursor === day}
      aria-selected={cursor === day}
      aria-current={today === day ? 'date' : undefined}
      aria-label={`${longDay(day, locale.language)}, ${t('count', { count })}`}
      tabIndex={cursor === day ? 0 : -1}
      onClick={() => onDay(day)}
      onDoubleClick={() => mayCreate && onCreate(day, null)}
    >
      <span className={classes.date} data-today={today === day}>
        {dayName(day, locale.language, style)}
      </span>
      {mayCreate && (
        <button
          type="button"
          className={classes.plus}
          tabIndex={-1}
          aria-label={t('newOn', { day: longDay(day, locale.language) })}
          title={t('new')}
          onClick={(event) => {
            event.stopPropagation();
            onCreate(day, null);
          }}
        >
          <IconPlus size={14} stroke={2} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
