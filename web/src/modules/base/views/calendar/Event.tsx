/** A record in a calendar: a bar over days, a line with its time, or a block among the hours. */
import type { CSSProperties, KeyboardEvent, MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCell } from '../../../../grid/format';
import type { CellValue } from '../../../../grid/model';
import { isLong } from '../time/spans';
import type { Timed } from '../time/useTimeRows';
import classes from './Calendar.module.css';
import { useCalendar } from './context';
import { timeText, whenText } from './model';

interface Props {
  timed: Timed;
  shape: 'bar' | 'line' | 'block';
  style?: CSSProperties;
  /** Whether it begins before and ends after what is shown of it. */
  before?: boolean;
  after?: boolean;
  /** How many other values there is room for. */
  more?: number;
  tabIndex?: number;
  /** Whether it takes the focus when what it is in opens. */
  first?: boolean;
}

export function Event({ timed, shape, style, before = false, after = false, more = 0, tabIndex = -1, first }: Props) {
  const { row, span } = timed;
  const { t } = useTranslation('calendar');
  const { title, fields, locale, tone, record, dragged, mayMove, edges, onOpen, onMenu, onKey } = useCalendar();
  const name = formatCell(title, row.cells[title.id] as CellValue, locale) || t('view:card.untitled');
  const colors = tone(row);
  const long = isLong(span);
  const time = span.allDay || before || (long && shape === 'bar') ? '' : timeText(span.from);
  const details = more > 0 ? fields.map((field) => formatCell(field, row.cells[field.id] as CellValue, locale)) : [];
  const open = () => onOpen(row.id);
  return (
    <button
      type="button"
      className={classes.event}
      data-record={row.id}
      data-shape={shape === 'bar' && !long && span.start === span.end ? 'line' : shape}
      data-before={before}
      data-after={after}
      data-open={record === row.id}
      data-dragged={dragged === row.id}
      data-movable={mayMove}
      data-waiting={row.waiting !== undefined}
      tabIndex={tabIndex}
      data-autofocus={first || undefined}
      title={`${name}\n${whenText(span, locale.language)}`}
      style={
        { ...style, '--tone': colors.background, '--ink': colors.text, '--strong': colors.strong } as CSSProperties
      }
      onClick={open}
      onContextMenu={(event: MouseEvent) => onMenu(event, row)}
      onKeyDown={(event: KeyboardEvent) => onKey(event, timed)}
    >
      {edges.start && !before && shape !== 'line' && <span className={classes.edge} data-edge="start" />}
      {time !== '' && <span className={classes.time}>{time}</span>}
      <span className={classes.text}>{name}</span>
      {details
        .filter((text) => text !== '')
        .slice(0, more)
        .map((text, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: values stand in the order of their fields
          <span key={i} className={classes.detail}>
            {text}
          </span>
        ))}
      {edges.end && !after && shape !== 'line' && <span className={classes.edge} data-edge="end" />}
    </button>
  );
}
