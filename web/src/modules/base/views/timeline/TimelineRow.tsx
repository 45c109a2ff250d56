/** A person's row: what they do as bars over time, and below how much it is. */
import { type CSSProperties, type KeyboardEvent, type MouseEvent, memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ViewRow } from '../../../../data/live-view';
import { formatCell, type Locale, nobody as nobodyNamed } from '../../../../grid/format';
import type { CellValue, Field } from '../../../../grid/model';
import { MemberAvatar } from '../../../../ui/MemberAvatar';
import { dayName, whenText } from '../calendar/model';
import type { Day } from '../time/days';
import type { Tone } from '../time/tone';
import type { Timed } from '../time/useTimeRows';
import { type Load, loadOf, nobody, type PersonRow } from './model';
import classes from './Timeline.module.css';

/** Pixels of a lane, of what is told below, and around. */
export const laneHeight = 25;
export const loadHeight = 18;
export const rowPadding = 6;

/** What all rows have in common. */
export interface RowParts {
  from: Day;
  to: Day;
  width: number;
  buckets: readonly (readonly [Day, Day])[];
  load: Field | undefined;
  limit: number | null | undefined;
  title: Field;
  locale: Locale;
  record: string | undefined;
  mayMove: boolean;
  edges: { start: boolean; end: boolean };
  tone: (row: ViewRow) => Tone;
  onOpen: (record: string) => void;
  onMenu: (event: MouseEvent, row: ViewRow) => void;
  onKey: (event: KeyboardEvent, timed: Timed, person: string) => void;
}

interface Props {
  row: PersonRow;
  parts: RowParts;
  dragged: string | undefined;
}

export const TimelineRow = memo(function TimelineRow({ row, parts, dragged }: Props) {
  const { t } = useTranslation('timeline');
  const { from, width, buckets, load, limit, locale } = parts;
  const member = (locale.names ?? nobodyNamed).members.get(row.person);
  const name = row.person === nobody ? t('nobody') : (member?.name ?? '—');
  const loads = useMemo(() => loadOf(row.items, buckets, load?.id, limit), [row.items, buckets, load, limit]);
  const x = (day: Day) => (day - from) * width;
  return (
    <div className={classes.row} role="group" aria-label={name}>
      <div className={classes.person}>
        {row.person === nobody ? (
          <span className={classes.none} aria-hidden="true" />
        ) : (
          <MemberAvatar {...(member ?? { id: row.person, name })} size={24} />
        )}
        <span className={classes.personText}>
          <span className="truncate">{name}</span>
          <span className={classes.count}>
            {t('calendar:count', { count: row.items.length })}
            {row.hidden > 0 && ` · ${t('calendar:more', { count: row.hidden })}`}
          </span>
        </span>
      </div>
      <div className={classes.lanes} data-person={row.person}>
        {row.placed.map(({ item, lane, from: first, to: last }) => (
          <Bar
            key={item.one.row.id}
            timed={item.one}
            person={row.person}
            parts={parts}
            dragged={dragged === item.one.row.id}
            before={item.start < first}
            after={item.end > last}
            style={{
              top: rowPadding + lane * laneHeight,
              left: x(first) + 1,
              width: Math.max(6, (last - first + 1) * width - 2),
            }}
          />
        ))}
        <div className={classes.loads}>
          {loads.map((one) => (
            <LoadCell
              key={one.from}
              load={one}
              field={load}
              left={x(one.from)}
              width={x(one.to) - x(one.from)}
              locale={locale}
            />
          ))}
        </div>
      </div>
    </div>
  );
});

interface LoadProps {
  load: Load;
  field: Field | undefined;
  left: number;
  width: number;
  locale: Locale;
}

function LoadCell({ load, field, left, width, locale }: LoadProps) {
  const { t } = useTranslation('timeline');
  if (load.amount === 0) return null;
  const rounded = Math.round(load.amount * 10) / 10;
  const text = rounded.toLocaleString(locale.language);
  const day = dayName(load.from, locale.language, { day: 'numeric', month: 'short' });
  const said = field
    ? `${field.name}: ${formatCell(field, load.amount, locale)}`
    : t('calendar:count', { count: rounded });
  return (
    <span
      className={classes.load}
      data-over={load.over}
      style={{ left, width: Math.max(1, width - 1) }}
      title={`${day} · ${said}${load.over ? ` · ${t('over')}` : ''}`}
    >
      {width >= 20 ? text : ''}
      {load.over && <span className="only-read">{t('over')}</span>}
    </span>
  );
}

interface BarProps {
  timed: Timed;
  person: string;
  parts: RowParts;
  dragged: boolean;
  before: boolean;
  after: boolean;
  style: CSSProperties;
}

function Bar({ timed, person, parts, dragged, before, after, style }: BarProps) {
  const { row, span } = timed;
  const { t } = useTranslation('timeline');
  const { title, locale, record, mayMove, edges, tone, onOpen, onMenu, onKey } = parts;
  const name = formatCell(title, row.cells[title.id] as CellValue, locale) || t('view:card.untitled');
  const colors = tone(row);
  return (
    <button
      type="button"
      className={classes.bar}
      data-record={row.id}
      data-from={person}
      data-before={before}
      data-after={after}
      data-open={record === row.id}
      data-dragged={dragged}
      data-movable={mayMove}
      title={`${name}\n${whenText(span, locale.language)}`}
      style={
        { ...style, '--tone': colors.background, '--ink': colors.text, '--strong': colors.strong } as CSSProperties
      }
      onClick={() => onOpen(row.id)}
      onContextMenu={(event) => onMenu(event, row)}
      onKeyDown={(event) => onKey(event, timed, person)}
    >
      {edges.start && !before && <span className={classes.edge} data-edge="start" />}
      <span className="truncate">{name}</span>
      {edges.end && !after && <span className={classes.edge} data-edge="end" />}
    </button>
  );
}
