/** The cards of a column: those in sight are drawn, as many as there are. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type PointerEvent, type RefObject, useEffect } from 'react';
import type { LiveView } from '../../../../data/live-view';
import type { GridRow } from '../../../../grid/model';
import { type CardProps, CardSkeleton, RecordCard } from '../RecordCard';
import type { Held, Wanted } from './Kanban';
import classes from './Kanban.module.css';
import type { ColumnLines, Move } from './model';

/** What cards show, and how. */
export type Look = Omit<CardProps, 'row'>;

/** What is done with cards. */
export interface Hands {
  open: (held: Held) => void;
  key: (event: KeyboardEvent, held: Held, line: number) => void;
  menu: (held: Held, x: number, y: number) => void;
  lift: (event: PointerEvent<HTMLElement>, held: Held) => void;
}

/** What the board asks a column that is near. */
export interface ColumnHandle {
  live: LiveView;
  rowAt(line: number): GridRow | undefined;
  lineOf(record: string): number | undefined;
}

interface Props {
  name: string;
  live: LiveView;
  lines: ColumnLines;
  column: string;
  scroller: RefObject<HTMLElement | null>;
  handles: RefObject<Map<string, ColumnHandle>>;
  look: Look;
  hands: Hands;
  writable: boolean;
  /** The record whose panel is open. */
  opened: string | undefined;
  /** The one that is dragged. */
  lifted: string | undefined;
  /** The line before which a dragged card would stand. */
  mark: number | undefined;
  wanted: Wanted | null;
  onFocused: () => void;
}

const gap = 8;

const asRow = ({ record, cells }: Move): GridRow => ({
  id: record,
  cells,
  waiting: undefined,
  deleted: false,
  created: false,
});

export function CardList(props: Props) {
  const { live, lines, column, scroller, handles, look, hands, writable, mark, wanted, onFocused } = props;
  const rowAt = (line: number): GridRow | undefined => {
    const there = lines.at(line);
    return 'come' in there ? asRow(there.come) : live.row(there.line);
  };
  const lineOf = (record: string): number | undefined => {
    const inner = live.indexOf(record);
    return lines.ofCome(record) ?? (inner === undefined ? undefined : lines.lineOf(inner));
  };
  useEffect(() => {
    handles.current.set(column, { live, rowAt, lineOf });
  });
  useEffect(() => () => void handles.current.delete(column), [handles, column]);

  const virtual = useVirtualizer({
    count: lines.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 84,
    overscan: 4,
    gap,
    paddingStart: 2,
    paddingEnd: 4,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => live.show(first, last + 1), [live, first, last]);

  // The card that is to have the focus may have to come into sight first.
  const wantedLine =
    wanted === null
      ? undefined
      : wanted.record === undefined
        ? Math.max(0, Math.min(wanted.line ?? 0, lines.count - 1))
        : lineOf(wanted.record);
  useEffect(() => {
    if (wantedLine === undefined || lines.count === 0) return;
    const card = scroller.current?.querySelector<HTMLElement>(`[data-line="${wantedLine}"] [role="button"]`);
    if (!card) return virtual.scrollToIndex(wantedLine);
    card.focus();
    card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    onFocused();
  });

  return (
    <div className={classes.cards} role="list" aria-label={props.name} style={{ height: virtual.getTotalSize() }}>
      {items.map(({ index, start }) => {
        const row = rowAt(index);
        const below = mark === lines.count && index === lines.count - 1;
        return (
          <div
            key={row?.id ?? index}
            ref={virtual.measureElement}
            role="listitem"
            className={classes.place}
            data-index={index}
            data-line={index}
            data-mark={mark === index ? 'above' : below ? 'below' : undefined}
            aria-posinset={index + 1}
            aria-setsize={lines.count}
            style={{ transform: `translateY(${start}px)` }}
            onPointerDown={row && writable ? (event) => hands.lift(event, { row, column }) : undefined}
          >
            {row ? (
              <Card
                row={row}
                column={column}
                line={index}
                look={look}
                hands={hands}
                isFirst={index === first}
                isOpen={props.opened === row.id}
                isLifted={props.lifted === row.id}
              />
            ) : (
              <CardSkeleton />
            )}
          </div>
        );
      })}
    </div>
  );
}

interface OneProps {
  row: GridRow;
  column: string;
  line: number;
  look: Look;
  hands: Hands;
  isFirst: boolean;
  isOpen: boolean;
  isLifted: boolean;
}

const Card = memo(function Card({ row, column, line, look, hands, isFirst, isOpen, isLifted }: OneProps) {
  const held = { row, column };
  return (
    <div
      role="button"
      tabIndex={isFirst ? 0 : -1}
      className={classes.card}
      data-open={isOpen}
      data-lifted={isLifted}
      data-deleted={row.deleted}
      onClick={() => hands.open(held)}
      onKeyDown={(event) => hands.key(event, held, line)}
      onContextMenu={(event) => {
        event.preventDefault();
        hands.menu(held, event.clientX, event.clientY);
      }}
    >
      <RecordCard row={row} {...look} />
    </div>
  );
});
