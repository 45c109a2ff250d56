import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type ComponentProps,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveView } from '../../../../data/live-view';
import type { Field, GridRow } from '../../../../grid/model';
import type { KindProps } from '../kinds';
import type { KanbanColumn } from '../model';
import { CardSkeleton, RecordCard } from '../RecordCard';
import { openLive } from '../useLive';
import { ColumnHead } from './ColumnHead';
import type { Held, Wanted } from './Kanban';
import classes from './Kanban.module.css';
import { belongs, ColumnLines, type Column as ColumnModel, cellFor, type Move } from './model';
import { NewCard } from './NewCard';
import type { Dragged } from './useDragCards';

/** What the board asks a column that is near. */
export interface ColumnHandle {
  live: LiveView;
  count: number;
  rowAt(line: number): GridRow | undefined;
  lineOf(record: string): number | undefined;
}

interface Props extends KindProps<'kanban'> {
  field: Field;
  /** The fields on a card: those the view shows, without the one the columns are of. */
  onCards: readonly Field[];
  column: ColumnModel;
  moves: readonly Move[];
  dragged: Dragged<Held> | null;
  wanted: Wanted | null;
  writable: boolean;
  /** For the column as one of a row that is put in order, and its head. */
  drag: ComponentProps<'div'> & { 'data-drop': boolean };
  handle: ComponentProps<'div'>;
  place: { first: boolean; last: boolean };
  onShift: (by: number) => void;
  onSet: (change: Partial<KanbanColumn>) => void;
  onFocused: () => void;
  /** Whether cards stand where they are put. */
  ranked: boolean;
  handles: RefObject<Map<string, ColumnHandle>>;
  onOpen: (held: Held) => void;
  onKey: (event: KeyboardEvent, held: Held, line: number) => void;
  onMenu: (held: Held, x: number, y: number) => void;
  onLift: (event: PointerEvent<HTMLElement>, held: Held) => void;
}

/** Pixels beyond the screen within which columns have their cards at hand. */
const ahead = '600px';
const gap = 8;

/** Whether an element is on the screen or near it. */
function useNear(element: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting === true), {
      rootMargin: ahead,
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return near;
}

/** The cards of one column, while it is near. */
function useCards({ state, field, column }: Props, near: boolean): LiveView | null {
  const [live, setLive] = useState<LiveView | null>(null);
  const { request } = state;
  const text = JSON.stringify([request, column.path]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the request and the path
  useEffect(() => {
    if (!near || column.collapsed) return;
    const manner = { belongs: (cells: Readonly<Record<string, unknown>>) => belongs(field, column.value, cells) };
    const opened = openLive({ ...request, within: column.path }, false, manner);
    setLive(opened);
    return () => {
      opened.close();
      setLive(null);
    };
  }, [near, column.collapsed, field.id, text]);
  return live;
}

const still = () => () => undefined;
const zero = () => 0;

/** What the column shows: the cards of the server, without those on their way out and with those on their way in. */
function linesOf(live: LiveView | null, key: string, moves: readonly Move[]): ColumnLines {
  if (!live?.known) return new ColumnLines(0, [], []);
  const pending = moves.filter((move) => move.seq === undefined || live.seq < move.seq);
  const leaves = (move: Move) => move.to !== key || move.ranked;
  const comes = (move: Move) => move.to === key && (move.ranked || live.indexOf(move.record) === undefined);
  const away = pending.filter(leaves).flatMap((move) => live.indexOf(move.record) ?? []);
  const come = pending.filter(comes);
  return new ColumnLines(live.total, away, come);
}

const asRow = ({ record, cells }: Move): GridRow => ({
  id: record,
  cells,
  waiting: undefined,
  deleted: false,
  created: false,
});

export function Column(props: Props) {
  const { column, field, title, wanted, dragged, writable, editable, onFocused } = props;
  const { t } = useTranslation('view');
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const near = useNear(root);
  const live = useCards(props, near);
  useSyncExternalStore(live?.subscribe ?? still, live?.version ?? zero);
  const lines = linesOf(live, column.key, props.moves);
  const [adding, setAdding] = useState(false);

  const rowAt = (line: number): GridRow | undefined => {
    const there = lines.at(line);
    return 'come' in there ? asRow(there.come) : live?.row(there.line);
  };
  const { handles } = props;
  useEffect(() => {
    if (!live) return;
    const lineOf = (record: string) => lines.ofCome(record) ?? lineOfRecord(live, lines, record);
    handles.current.set(column.key, { live, count: lines.count, rowAt, lineOf });
  });
  useEffect(() => () => void handles.current.delete(column.key), [handles, column.key]);
  const virtual = useVirtualizer({
    count: lines.count,
    getScrollElement: () => list.current,
    estimateSize: () => 84,
    getItemKey: (line) => rowAt(line)?.id ?? line,
    overscan: 6,
    gap,
    paddingStart: 2,
    paddingEnd: 4,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => live?.show(first, last + 1), [live, first, last]);

  // The card that is to have the focus may have to come into sight first.
  const wantedLine =
    wanted === null
      ? undefined
      : wanted.record === undefined
        ? Math.max(0, Math.min(wanted.line ?? 0, lines.count - 1))
        : (lines.ofCome(wanted.record) ?? lineOfRecord(live, lines, wanted.record));
  useEffect(() => {
    if (wantedLine === undefined || lines.count === 0) return;
    const card = list.current?.querySelector<HTMLElement>(`[data-line="${wantedLine}"] [role="button"]`);
    if (!card) return virtual.scrollToIndex(wantedLine);
    card.focus();
    card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    onFocused();
  });

  const target = dragged?.over?.column === column.key ? dragged.over : null;
  const over = target !== null && dragged?.card.column !== column.key;
  const mark = props.ranked ? target?.at : undefined;
  const name = column.label || t('kanban.blank', { field: field.name });
  const { draggable: _, onDragStart, onDragEnd, 'data-drop': drop, ...dropping } = props.drag;
  const count = live?.known ? lines.count : column.count;
  const add = useCallback(
    (cells: Record<string, unknown>) => {
      const value = cellFor(field, column);
      props.create({ ...(cells as Record<string, never>), ...(value === null ? {} : { [field.id]: value }) });
    },
    [field, column, props.create],
  );
  return (
    <section
      ref={root}
      className={classes.column}
      aria-label={name}
      data-column={column.key}
      data-collapsed={column.collapsed}
      data-over={over}
      data-drop={drop}
      {...dropping}
    >
      <ColumnHead
        column={column}
        field={field}
        name={name}
        count={count}
        sum={props.kind.sum ?? null}
        fields={props.table.fields}
        locale={props.locale}
        settable={editable}
        place={props.place}
        drag={{ draggable: editable, onDragStart, onDragEnd, ...props.handle }}
        onShift={props.onShift}
        onSet={props.onSet}
        onAdd={
          editable && !column.collapsed
            ? () => {
                setAdding(true);
                virtual.scrollToIndex(lines.count - 1);
              }
            : undefined
        }
      />
      {!column.collapsed && (
        <div ref={list} className={classes.list} data-list>
          {live?.known ? (
            <div className={classes.cards} role="list" aria-label={name} style={{ height: virtual.getTotalSize() }}>
              {items.map((item) => {
                const row = rowAt(item.index);
                const held = row && { row, column: column.key };
                return (
                  <div
                    key={item.key}
                    ref={virtual.measureElement}
                    role="listitem"
                    className={classes.place}
                    data-index={item.index}
                    data-line={item.index}
                    data-mark={
                      mark === item.index
                        ? 'above'
                        : mark === lines.count && item.index === lines.count - 1
                          ? 'below'
                          : undefined
                    }
                    aria-posinset={item.index + 1}
                    aria-setsize={lines.count}
                    style={{ transform: `translateY(${item.start}px)` }}
                    onPointerDown={held && writable ? (event) => props.onLift(event, held) : undefined}
                  >
                    {held ? (
                      <Card
                        {...props}
                        held={held}
                        line={item.index}
                        isFirst={item.index === first}
                        lifted={dragged?.card.row.id === held.row.id}
                      />
                    ) : (
                      <CardSkeleton />
                    )}
                  </div>
                );
              })}
            </div>
          ) : (
            near && column.count > 0 && <CardSkeleton />
          )}
          {live?.known && lines.count === 0 && !adding && <p className={classes.none}>{t('kanban.empty')}</p>}
        </div>
      )}
      {!column.collapsed && editable && (
        <NewCard
          title={title}
          open={adding}
          onOpen={setAdding}
          onAdd={(cells) => {
            add(cells);
            requestAnimationFrame(() => list.current?.scrollTo({ top: list.current.scrollHeight }));
          }}
        />
      )}
    </section>
  );
}

function lineOfRecord(live: LiveView | null, lines: ColumnLines, record: string): number | undefined {
  const inner = live?.indexOf(record);
  return inner === undefined ? undefined : lines.lineOf(inner);
}

interface CardProps extends Props {
  held: Held;
  line: number;
  isFirst: boolean;
  /** It is being dragged. */
  lifted: boolean;
}

function Card({ held, line, isFirst, lifted, ...props }: CardProps) {
  const { title, kind, state, locale, table, record } = props;
  const { row } = held;
  const cover = table.fields.find((one) => one.id === kind.cover);
  return (
    <div
      role="button"
      tabIndex={isFirst ? 0 : -1}
      className={classes.card}
      data-open={record === row.id}
      data-lifted={lifted}
      data-deleted={row.deleted}
      onClick={() => props.onOpen(held)}
      onKeyDown={(event) => props.onKey(event, held, line)}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu(held, event.clientX, event.clientY);
      }}
    >
      <RecordCard
        row={row}
        title={title}
        fields={props.onCards}
        cover={cover}
        fit={kind.fit}
        rules={state.colors}
        locale={locale}
      />
    </div>
  );
}
