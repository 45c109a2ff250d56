import { memo } from 'react';
import type { TimeScale } from '../model';
import { daysOff, ticks } from './axis';
import classes from './Gantt.module.css';
import { headHeight } from './layout';

interface Props {
  scale: TimeScale;
  origin: number;
  pixels: number;
  /** Pixels of the table before the axis. */
  left: number;
  /** The days in sight. */
  from: number;
  to: number;
  today: number;
  working: readonly number[];
  holidays: ReadonlySet<number>;
}

/** Behind the bars: days that are not worked on, where columns begin, and today. */
export const Backdrop = memo(function Backdrop(props: Props) {
  const { scale, origin, pixels, left, from, to, today, working, holidays } = props;
  const x = (day: number) => left + (day - origin) * pixels;
  const off = scale === 'day' || scale === 'week' ? daysOff(from, to, working, holidays) : [];
  return (
    <div aria-hidden="true">
      {off.map((range) => (
        <div
          key={range.from}
          className={classes.off}
          style={{ top: headHeight, left: x(range.from), width: (range.to - range.from) * pixels }}
        />
      ))}
      {ticks(scale, from, to).lower.map((tick) => (
        <div key={tick.from} className={classes.line} style={{ top: headHeight, left: x(tick.from) }} />
      ))}
      <div className={classes.today} style={{ top: headHeight, left: x(today + 0.5) }} />
    </div>
  );
});
