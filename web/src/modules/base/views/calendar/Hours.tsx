/** Days side by side with their hours; what lasts whole days stands above them. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Day, weekdayOf } from '../time/days';
import { inColumns, inLanes } from '../time/lanes';
import { dayMinutes, isLong } from '../time/spans';
import type { Timed } from '../time/useTimeRows';
import classes from './Calendar.module.css';
import { useCalendar } from './context';
import { Event } from './Event';
import { More } from './Month';
import { dayName, longDay, partOn, timeText } from './model';

interface Props {
  from: Day;
  to: Day;
  /** In order. */
  timed: readonly Timed[];
  /** Whether times of day mean anything. */
  hours: boolean;
  now: { day: Day; minute: number };
  /** What the clock is called that is shown. */
  zone: string;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** Pixels of an hour, of a record above the hours, and of one among them at least: in height and in width. */
const hourHeight = 48;
const laneHeight = 23;
const leastBlock = 20;
const leastWidth = 46;
/** Lanes above the hours, and where there are no hours. */
const mostLanes = 4;
const mostAlone = 60;
/** The hour that is at the top when one comes. */
const wakes = 7.5;

export function Hours({ from, to, timed, hours, now, zone, onKeyDown }: Props) {
  const { t } = useTranslation('calendar');
  const { cursor, locale, mayMove, mayCreate, today, onDay, onCreate } = useCalendar();
  const days = useMemo(() => Array.from({ length: to - from }, (_, i) => from + i), [from, to]);
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(900);
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = wakes * hourHeight;
  }, []);
  useEffect(() => {
    if (!scroller.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  const long = useMemo(() => timed.filter(({ span }) => !hours || isLong(span)), [timed, hours]);
  const lanes = useMemo(() => {
    const items = long.map((one) => ({ start: one.span.start, end: one.span.end, one }));
    return inLanes(items, from, to, hours ? mostLanes : mostAlone);
  }, [long, from, to, hours]);
  const crowded = lanes.hidden.some((count) => count > 0);
  const used = Math.max(0, ...lanes.placed.map((part) => part.lane + 1), crowded ? (hours ? mostLanes : mostAlone) : 0);
  const across = to - from;
  const share = (n: number) => `${(n / across) * 100}%`;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of the days in it
    <div className={classes.hoursView} data-alone={!hours} onKeyDown={onKeyDown}>
      <div className={classes.hoursHead}>
        <div className={classes.gutter}>{hours && zone}</div>
        {days.map((day) => (
          <button
            key={day}
            type="button"
            className={classes.dayHead}
            data-today={day === today}
            data-cursor={day === cursor}
            data-cell={day}
            aria-current={day === today ? 'date' : undefined}
            aria-label={longDay(day, locale.language)}
            tabIndex={day === cursor ? 0 : -1}
            onClick={() => onDay(day)}
          >
            <span>{dayName(day, locale.language, { weekday: 'short' })}</span>
            <span className={classes.date} data-today={day === today}>
              {dayName(day, locale.language, { day: 'numeric' })}
            </span>
          </button>
        ))}
      </div>
      <div className={classes.allDay} style={hours ? { height: Math.max(1, used) * laneHeight + 6 } : {}}>
        <div className={classes.gutter}>{t('allDay')}</div>
        <div className={classes.allDayDays} style={{ minHeight: Math.max(1, used) * laneHeight + 6 }}>
          {days.map((day) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: the key N makes one too
            <div
              key={day}
              className={classes.allDayCell}
              data-day={day}
              data-weekend={weekdayOf(day) > 5}
              onDoubleClick={() => mayCreate && onCreate(day, null)}
            />
          ))}
          {lanes.placed.map(({ item, lane, from: first, to: last }) => (
            <Event
              key={item.one.row.id}
              timed={item.one}
              shape="bar"
              before={item.start < first}
              after={item.end > last}
              tabIndex={mayMove ? 0 : -1}
              style={{
                top: 3 + lane * laneHeight,
                left: `calc(${share(first - from)} + 2px)`,
                width: `calc(${share(last - first + 1)} - 5px)`,
              }}
            />
          ))}
          {lanes.hidden.map((count, i) => {
            const top = 3 + ((hours ? mostLanes : mostAlone) - 1) * laneHeight;
            const day = from + i;
            return (
              count > 0 && <More key={day} day={day} count={count} style={{ top, left: `calc(${share(i)} + 2px)` }} />
            );
          })}
        </div>
      </div>
      {hours && (
        <div ref={scroller} className={classes.scroller} data-scroller>
          <div className={classes.hours} style={{ height: 24 * hourHeight }}>
            <div className={classes.gutter} aria-hidden="true">
              {Array.from({ length: 23 }, (_, i) => (
                <span key={timeText(i * 60)} style={{ top: (i + 1) * hourHeight }}>
                  {timeText((i + 1) * 60)}
                </span>
              ))}
            </div>
            {days.map((day) => (
              <DayColumn
                key={day}
                day={day}
                timed={timed}
                most={Math.max(1, Math.floor((width - 60) / across / leastWidth))}
                now={now.day === day ? now.minute : null}
              />
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

interface ColumnProps {
  day: Day;
  timed: readonly Timed[];
  /** As many side by side. */
  most: number;
  now: number | null;
}

function DayColumn({ day, timed, most, now }: ColumnProps) {
  const { mayCreate, mayMove, onCreate } = useCalendar();
  const { placed, crowds } = useMemo(() => {
    const least = (leastBlock / hourHeight) * 60;
    const parts = timed
      .filter(({ span }) => !isLong(span) && span.start <= day && span.end >= day)
      .map((one) => {
        const { from, to } = partOn(one.span, day);
        return { one, from, to: Math.max(to, Math.min(dayMinutes, from + least)) };
      })
      .sort((a, b) => a.from - b.from || b.to - a.to);
    return inColumns(parts, most);
  }, [timed, day, most]);
  const at = (minute: number) => (minute / 60) * hourHeight;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the key N makes one too
    <div
      className={classes.column}
      data-day={day}
      data-hours
      data-weekend={weekdayOf(day) > 5}
      onDoubleClick={(event) => {
        const { top } = event.currentTarget.getBoundingClientRect();
        const minute = ((event.clientY - top) / hourHeight) * 60;
        if (mayCreate) onCreate(day, Math.floor(minute / 30) * 30);
      }}
    >
      {placed.map(({ item, column, columns }) => (
        <Event
          key={item.one.row.id}
          timed={item.one}
          shape="block"
          before={item.one.span.start < day}
          after={item.one.span.end > day}
          more={Math.max(0, Math.floor((at(item.to - item.from) - 38) / 17))}
          tabIndex={mayMove ? 0 : -1}
          style={{
            top: at(item.from) + 1,
            height: Math.max(leastBlock, at(item.to - item.from)) - 2,
            left: `calc(${(column / columns) * 100}% + 1px)`,
            width: `calc(${100 / columns}% - 4px)`,
          }}
        />
      ))}
      {crowds.map((crowd) => (
        <More key={crowd.from} day={day} count={crowd.hidden} style={{ top: at(crowd.from) + 2, right: 4 }} />
      ))}
      {now !== null && <div className={classes.now} style={{ top: at(now) }} />}
    </div>
  );
}
