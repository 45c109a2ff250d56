import {
  type ComponentProps,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveView } from '../../../../data/live-view';
import type { Field } from '../../../../grid/model';
import type { KindProps } from '../kinds';
import type { KanbanColumn } from '../model';
import { CardSkeleton } from '../RecordCard';
import { openLive } from '../useLive';
import { CardList, type ColumnHandle, type Hands, type Look } from './CardList';
import { ColumnHead } from './ColumnHead';
import type { Held, Wanted } from './Kanban';
import classes from './Kanban.module.css';
import { belongs, ColumnLines, type Column as ColumnModel, cellFor, type Move } from './model';
import { NewCard } from './NewCard';
import type { Dragged } from './useDragCards';

interface Props extends KindProps<'kanban'> {
  field: Field;
  /** How cards look, and what is done with them: the same objects as long as nothing changes. */
  look: Look;
  hands: Hands;
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
}

/** Pixels beyond the screen within which columns have their cards at hand. */
const ahead = '600px';

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

export function Column(props: Props) {
  const { column, field, title, wanted, dragged, writable, editable } = props;
  const { t } = useTranslation('view');
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const near = useNear(root);
  const live = useCards(props, near);
  useSyncExternalStore(live?.subscribe ?? still, live?.version ?? zero);
  const lines = linesOf(live, column.key, props.moves);
  const [adding, setAdding] = useState(false);

  const target = dragged?.over?.column === column.key ? dragged.over : null;
  const over = target !== null && dragged?.card.column !== column.key;
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
                list.current?.scrollTo({ top: list.current.scrollHeight });
              }
            : undefined
        }
      />
      {!column.collapsed && (
        <div ref={list} className={classes.list} data-list>
          {live?.known ? (
            <CardList
              name={name}
              live={live}
              lines={lines}
              column={column.key}
              scroller={list}
              handles={props.handles}
              look={props.look}
              hands={props.hands}
              writable={writable}
              opened={props.record}
              lifted={dragged?.card.row.id}
              mark={props.ranked ? target?.at : undefined}
              wanted={wanted}
              onFocused={props.onFocused}
            />
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
