/** The foot of the grid: what is told of each column over all records, and the menu that chooses it. */
import { Menu } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ContextMenu } from '../../ui/ContextMenu';
import type { Locale } from '../format';
import type { GridSource } from '../model';
import { isRight, shapeOf } from '../shape';
import type { Anchor, GridColumn } from '../types';
import { functionsOf, type SummaryFunction } from './model';
import classes from './SummaryBar.module.css';
import { summaryText } from './text';
import { useWords } from './useGroups';

interface Props {
  /** What the grid scrolls in. */
  wrapper: RefObject<HTMLElement | null>;
  columns: readonly GridColumn[];
  /** Columns that do not scroll. */
  frozen: number;
  /** CSS pixels of the column of row numbers. */
  markers: number;
  source: GridSource;
  locale: Locale;
  onSummary: ((field: string, what: SummaryFunction | null) => void) | undefined;
}

/** Moves with the columns without drawing anew. */
function useScroll(wrapper: Props['wrapper'], bar: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const move = (event: Event) => {
      const { target } = event;
      if (target instanceof HTMLElement && target.classList.contains('dvn-scroller'))
        bar.current?.style.setProperty('--scrolled', `${-target.scrollLeft}px`);
    };
    const own = wrapper.current;
    // The event does not bubble, and the scroller is made anew now and then.
    own?.addEventListener('scroll', move, { capture: true, passive: true });
    return () => own?.removeEventListener('scroll', move, { capture: true });
  }, [wrapper, bar]);
}

export function SummaryBar({ wrapper, columns, frozen, markers, source, locale, onSummary }: Props) {
  const { t } = useTranslation('group');
  const words = useWords();
  const bar = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<{ column: GridColumn; at: Anchor; whole: string } | null>(null);
  useScroll(wrapper, bar);
  const { summaries = [] } = source.tells ?? {};

  const foot = (column: GridColumn, first: boolean) => {
    const { field, width } = column;
    const at = summaries.findIndex((key) => key.field === field.id);
    const what = summaries[at]?.function;
    const text = what ? summaryText(field, what, source.summaries?.[at], locale, words) : '';
    const label = what ? t('told', { field: field.name, what: t(`function.${what}`), value: text }) : undefined;
    const style = { width: first ? width + markers : width };
    const content = what ? (
      <>
        <span className={classes.name}>{t(`short.${what}`)}</span>
        <b>{text}</b>
      </>
    ) : (
      <span className={classes.hint}>
        {t('summarise')}
        <IconChevronDown size={12} />
      </span>
    );
    const shared = { className: classes.foot, style, 'data-right': isRight(shapeOf(field)) || undefined };
    const choosable = onSummary && functionsOf(field).length > 0;
    if (!choosable)
      return (
        <div key={field.id} {...shared} title={label}>
          {what && content}
        </div>
      );
    return (
      <button
        key={field.id}
        type="button"
        {...shared}
        title={label}
        aria-label={label ?? t('choose', { field: field.name })}
        aria-haspopup="menu"
        onClick={(event) => {
          const rect = event.currentTarget.getBoundingClientRect();
          setOpen({ column, at: { x: rect.x, y: rect.y }, whole: text });
        }}
      >
        {content}
      </button>
    );
  };

  const chosen = open && summaries.find((key) => key.field === open.column.field.id)?.function;
  return (
    <div ref={bar} className={classes.bar} role="toolbar" aria-label={t('bar')}>
      <div className={classes.still}>
        {frozen === 0 && <span style={{ width: markers }} />}
        {columns.slice(0, frozen).map((column, i) => foot(column, i === 0))}
      </div>
      <div className={classes.clip}>
        <div className={classes.moves}>{columns.slice(frozen).map((column) => foot(column, false))}</div>
      </div>
      <ContextMenu at={open?.at ?? null} onClose={() => setOpen(null)}>
        {open && (
          <>
            {open.whole && <div className={classes.whole}>{open.whole}</div>}
            <Menu.Item
              rightSection={chosen ? undefined : <IconCheck size={14} />}
              onClick={() => onSummary?.(open.column.field.id, null)}
            >
              {t('none')}
            </Menu.Item>
            {functionsOf(open.column.field).map((what) => (
              <Menu.Item
                key={what}
                rightSection={what === chosen ? <IconCheck size={14} /> : undefined}
                onClick={() => onSummary?.(open.column.field.id, what)}
              >
                {t(`function.${what}`)}
              </Menu.Item>
            ))}
          </>
        )}
      </ContextMenu>
    </div>
  );
}
