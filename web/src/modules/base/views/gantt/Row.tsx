import { IconChevronDown } from '@tabler/icons-react';
import { memo, type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '../../../../grid/Chip';
import { choiceOf, formatCell, type Locale } from '../../../../grid/format';
import { type CellValue, type Field, type GridRow, isFailure, itemsOf } from '../../../../grid/model';
import { shapeOf } from '../../../../grid/shape';
import type { Bar, Grip } from './bars';
import classes from './Gantt.module.css';

export interface Column {
  field: Field;
  width: number;
}

interface RowProps {
  row: GridRow;
  top: number;
  index: number;
  columns: readonly Column[];
  /** Pixels of the table at the left. */
  table: number;
  /** How far in the name stands. */
  indent: number;
  bar: Bar | undefined;
  /** Pixels from the left of the axis. */
  left: number;
  width: number;
  ghost: { left: number; width: number } | undefined;
  grips: ReadonlySet<Grip>;
  color: string | undefined;
  background: string | undefined;
  isActive: boolean;
  isOpen: boolean;
  isDragged: boolean;
  isCritical: boolean;
  /** Whether lines can be drawn from it. */
  links: boolean;
  locale: Locale;
  on: RowHandlers;
}

export interface RowHandlers {
  open: (record: string) => void;
  menu: (row: GridRow, x: number, y: number) => void;
  grab: (event: PointerEvent<HTMLElement>, row: GridRow, bar: Bar, grip: Grip) => void;
  draw: (event: PointerEvent<HTMLElement>, row: GridRow, end: 'start' | 'end') => void;
}

/** The id of a row, for whoever is told which one is active. */
export const rowName = (record: string): string => `gantt-${record}`;

/** A task: what it is called, and its bar. */
export const Row = memo(function Row(props: RowProps) {
  const { row, columns, locale, on, bar } = props;
  const { t } = useTranslation('view');
  const title = columns[0] && formatCell(columns[0].field, row.cells[columns[0].field.id] as CellValue, locale);
  return (
    <div
      id={rowName(row.id)}
      role="row"
      aria-rowindex={props.index + 1}
      aria-selected={props.isActive}
      className={classes.row}
      data-active={props.isActive}
      data-deleted={row.deleted}
      style={{ transform: `translateY(${props.top}px)` }}
      onContextMenu={(event) => {
        event.preventDefault();
        on.menu(row, event.clientX, event.clientY);
      }}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears keys for its active row */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a click is a shortcut for the key */}
      <div className={classes.cells} style={{ width: props.table }} onClick={() => on.open(row.id)}>
        {columns.map(({ field, width }, at) => (
          <div
            key={field.id}
            role="gridcell"
            className={classes.cell}
            data-empty={at === 0 && !title}
            style={{ width, paddingLeft: at === 0 ? 10 + props.indent : undefined, background: props.background }}
          >
            {at === 0 ? (
              title || t('card.untitled')
            ) : (
              <Value field={field} value={row.cells[field.id] as CellValue} locale={locale} />
            )}
          </div>
        ))}
      </div>
      {bar && <BarOf {...props} bar={bar} title={title || t('card.untitled')} />}
      {props.ghost && (
        <div className={classes.ghost} style={{ left: props.table + props.ghost.left, width: props.ghost.width }} />
      )}
    </div>
  );
});

function BarOf({
  row,
  bar,
  left,
  width,
  grips,
  table,
  title,
  on,
  links,
  ...props
}: RowProps & { bar: Bar; title: string }) {
  const { t } = useTranslation('view');
  // What can be dragged is put there when a pointer comes near: there are many bars.
  const [near, setNear] = useState(false);
  const reached = near || props.isDragged;
  const beside = bar.milestone || width < 48;
  const done = bar.milestone || bar.progress === undefined ? 0 : bar.progress;
  return (
    <div
      className={`${classes.bar} ${bar.milestone ? classes.milestone : ''}`}
      data-bar={row.id}
      data-grips={[...grips].join(' ')}
      data-dragged={props.isDragged}
      data-open={props.isOpen}
      data-critical={props.isCritical}
      title={bar.progress === undefined ? title : `${title} · ${Math.round(bar.progress * 100)} %`}
      style={{
        left: table + left,
        width,
        ...(props.color && !props.isCritical ? { ['--bar' as string]: props.color } : {}),
      }}
      onPointerEnter={() => setNear(true)}
      onPointerLeave={() => setNear(false)}
      onPointerDown={(event) => on.grab(event, row, bar, 'move')}
    >
      {!bar.milestone && <span className={classes.done} style={{ width: `${done * 100}%` }} />}
      <span className={classes.name} data-beside={beside}>
        {title}
      </span>
      {reached &&
        (['start', 'end'] as const).map(
          (grip) =>
            grips.has(grip) && (
              <span
                key={grip}
                className={classes.grip}
                data-grip={grip}
                onPointerDown={(event) => on.grab(event, row, bar, grip)}
              />
            ),
        )}
      {reached && grips.has('progress') && (
        <span
          className={classes.grip}
          data-grip="progress"
          title={t('gantt.progress')}
          style={{ left: `${done * 100}%` }}
          onPointerDown={(event) => on.grab(event, row, bar, 'progress')}
        />
      )}
      {reached &&
        links &&
        (['start', 'end'] as const).map((end) => (
          <span
            key={end}
            className={classes.dot}
            data-end={end}
            title={t('gantt.drawWait')}
            onPointerDown={(event) => on.draw(event, row, end)}
          />
        ))}
    </div>
  );
}

function Value({ field, value, locale }: { field: Field; value: CellValue; locale: Locale }) {
  const shape = shapeOf(field);
  if (isFailure(value)) return value.error;
  if (shape.as !== 'choice') return formatCell(field, value, locale);
  return itemsOf(value).map((item) => {
    const choice = choiceOf(shape.choices, item);
    return choice && <Chip key={choice.id} choice={choice} />;
  });
}

interface GroupRowProps {
  text: string;
  count: number;
  folded: boolean;
  level: number;
  top: number;
  table: number;
  bar: { left: number; width: number } | undefined;
  onFold: () => void;
}

/** The head of a group, with a bar over all of its tasks. */
export function GroupRow({ text, count, folded, level, top, table, bar, onFold }: GroupRowProps) {
  return (
    <div className={classes.row} data-head="true" style={{ transform: `translateY(${top}px)` }}>
      <div className={classes.cells} style={{ width: table }}>
        <button
          type="button"
          className={classes.fold}
          data-folded={folded}
          aria-expanded={!folded}
          style={{ paddingLeft: 10 + level * 16 }}
          onClick={onFold}
        >
          <IconChevronDown size={14} aria-hidden="true" />
          <span className={classes.foldName}>{text}</span>
          <span className={classes.count}>{count}</span>
        </button>
      </div>
      {bar && <div className={classes.summary} style={{ left: table + bar.left, width: bar.width }} />}
    </div>
  );
}
