/** Records that do not say when they are, beside the calendar: dragged onto a day, they do. */
import { CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ViewRow } from '../../../../data/live-view';
import { formatCell } from '../../../../grid/format';
import type { CellValue } from '../../../../grid/model';
import classes from './Calendar.module.css';
import { useCalendar } from './context';

interface Props {
  rows: readonly ViewRow[];
  total: number;
  onClose: () => void;
}

/** Pixels of a line, and how many beyond what is in sight are drawn. */
const line = 34;
const spare = 8;

export function Undated({ rows, total, onClose }: Props) {
  const { t } = useTranslation('calendar');
  const { mayMove } = useCalendar();
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(800);
  const first = Math.max(0, Math.floor(top / line) - spare);
  const shown = rows.slice(first, Math.ceil((top + height) / line) + spare);
  return (
    <aside className={classes.undated} aria-label={t('undated')}>
      <header className={classes.undatedHead}>
        <span>{t('undatedCount', { count: total })}</span>
        <CloseButton size="sm" aria-label={t('base:close')} onClick={onClose} />
      </header>
      {mayMove && rows.length > 0 && <p className={classes.hint}>{t('undatedHint')}</p>}
      {rows.length === 0 && <p className={classes.hint}>{t('noUndated')}</p>}
      <div
        className={classes.undatedList}
        onScroll={(event) => {
          setTop(event.currentTarget.scrollTop);
          setHeight(event.currentTarget.clientHeight);
        }}
      >
        <div style={{ height: rows.length * line }}>
          <div style={{ transform: `translateY(${first * line}px)` }}>
            {shown.map((row) => (
              <UndatedItem key={row.id} row={row} />
            ))}
          </div>
        </div>
      </div>
    </aside>
  );
}

export function UndatedItem({ row }: { row: ViewRow }) {
  const { t } = useTranslation('calendar');
  const { title, locale, tone, record, mayMove, dragged, onOpen, onMenu } = useCalendar();
  const name = formatCell(title, row.cells[title.id] as CellValue, locale) || t('view:card.untitled');
  return (
    <button
      type="button"
      className={classes.undatedItem}
      data-undated={row.id}
      data-open={record === row.id}
      data-movable={mayMove}
      data-dragged={dragged === row.id}
      title={name}
      onClick={() => onOpen(row.id)}
      onContextMenu={(event) => onMenu(event, row)}
    >
      <span className={classes.dot} style={{ background: tone(row).strong }} />
      <span className={classes.text}>{name}</span>
    </button>
  );
}
