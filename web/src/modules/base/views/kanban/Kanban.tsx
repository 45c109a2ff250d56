/** Records as cards in columns, one for each value of a field. Dragging a card into another column writes that field. */
import { Menu } from '@mantine/core';
import { IconEyeOff, IconLayoutKanban } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveView } from '../../../../data/live-view';
import { type Field, type GridRow, isWritable } from '../../../../grid/model';
import { useDrag } from '../../../../ui/useDrag';
import { GridSkeleton } from '../../GridSkeleton';
import { AskField } from '../AskField';
import { CardMenu } from '../CardMenu';
import type { KindProps } from '../kinds';
import { takes } from '../model';
import type { ColumnHandle, Hands, Look } from './CardList';
import { Column } from './Column';
import classes from './Kanban.module.css';
import { MoveItems } from './MoveItems';
import { cellFor, columnsOf, type Head, inOrder, valuesOf, withColumn } from './model';
import { NewColumn } from './NewColumn';
import { type Ranked, ranksFor, renumbered, type Written } from './rank';
import { useDragCards } from './useDragCards';
import { useMoves } from './useMoves';

export default function Kanban(props: KindProps<'kanban'>) {
  const { table, kind, onKind } = props;
  const { t } = useTranslation('view');
  const field = table.fields.find((one) => one.id === kind.stack);
  if (field && takes.stack(field)) return <Board key={field.id} {...props} field={field} />;
  return (
    <AskField
      icon={IconLayoutKanban}
      title={t('kanban.ask')}
      hint={t('kanban.askHint')}
      label={t('kanban.stack')}
      fields={table.fields.filter(takes.stack)}
      onPick={(stack) => onKind({ ...kind, stack })}
    />
  );
}

/** A card as it is dragged or focused. */
export interface Held {
  row: GridRow;
  column: string;
}

/** The card that is to have the focus: at a line of a column, or wherever it stands in it. */
export interface Wanted {
  column: string;
  line?: number;
  record?: string;
}

const noHeads: readonly Head[] = [];

/** The heads of the groups, once they are those of the field. */
function useHeads(live: LiveView, field: string): readonly Head[] | undefined {
  const version = useSyncExternalStore(live.subscribe, live.version);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what is in the view
  const heads = useMemo(() => {
    if (!live.known || live.changing) return undefined;
    if (live.tells.group[0]?.field !== field) return live.total === 0 ? noHeads : undefined;
    const found: Head[] = [];
    for (let at = 0; at < live.total; at++) {
      const line = live.line(at);
      if (line?.kind === 'head') found.push(line.head);
    }
    return found;
  }, [live, field, version]);
  useEffect(() => live.show(0, live.total), [live, live.total]);
  const last = useRef(heads);
  if (heads) last.current = heads;
  return last.current;
}

/** What is written so that a card stands at a place among the others of a column. `own`: its line there. */
async function ranksAt(
  handle: ColumnHandle,
  card: string,
  place: number,
  own: number | undefined,
  order: string,
): Promise<Written[]> {
  const ranked = ({ id, cells }: Pick<GridRow, 'id' | 'cells'>): Ranked => {
    const rank = cells[order];
    return { id, rank: typeof rank === 'number' ? rank : undefined };
  };
  const other = (line: number) => handle.rowAt(own !== undefined && line >= own ? line + 1 : line);
  const [above, below] = [place > 0 ? other(place - 1) : undefined, other(place)];
  const near = [above, below].flatMap((row) => (row ? [ranked(row)] : []));
  if (place === 0 || (above && ranked(above).rank !== undefined)) {
    const written = ranksFor(card, above ? 1 : 0, near);
    if (written) return written;
  }
  // Those above have no number yet, or there is none between the neighbours: it takes the whole column.
  const all = await handle.live.fetch(0, handle.live.total);
  const others = all.filter((row) => row.id !== card).map(ranked);
  const found = others.findIndex((one) => one.id === below?.id);
  const at = found < 0 ? others.length : found;
  return ranksFor(card, at, others) ?? renumbered(card, at, others);
}

function Board(props: KindProps<'kanban'> & { field: Field }) {
  const { table, kind, onKind, field, live, locale, editable, actions, records, state } = props;
  const { t } = useTranslation('view');
  const board = useRef<HTMLDivElement>(null);
  const heads = useHeads(live, field.id);
  const { names } = locale;
  const { shown, hidden } = useMemo(
    () => columnsOf(kind, field, heads ?? noHeads, (id) => names?.members.get(id)?.name),
    [kind, field, heads, names],
  );
  const values = useMemo(() => valuesOf(kind, field, heads ?? noHeads), [kind, field, heads]);
  const { title, fields } = props;
  const look = useMemo<Look>(
    () => ({
      title,
      // The field the columns are of is said by the column.
      fields: fields.filter((one) => one.id !== field.id && one.id !== kind.cover),
      cover: table.fields.find((one) => one.id === kind.cover),
      fit: kind.fit,
      rules: state.colors,
      locale,
    }),
    [title, fields, field.id, table.fields, kind.cover, kind.fit, state.colors, locale],
  );
  const order =
    state.sort.length === 0 ? table.fields.find((one) => one.id === kind.order && takes.rank(one)) : undefined;
  const writes = useMemo(() => [field.id, ...(order ? [order.id] : [])], [field.id, order]);
  const { moves, add } = useMoves(table.id, writes);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [menu, setMenu] = useState<(Held & { x: number; y: number }) | null>(null);
  const handles = useRef(new Map<string, ColumnHandle>());
  const writable = editable && isWritable(field);

  /** Puts a card into a column; at a line of it where people put cards in order. */
  async function put(held: Held, to: string, at: number) {
    const column = shown.find((one) => one.key === to);
    const { id, cells } = held.row;
    const same = held.column === to;
    const handle = handles.current.get(to);
    const own = same ? handle?.lineOf(id) : undefined;
    const place = own !== undefined && own < at ? at - 1 : at;
    if (!column || (same && (!order || own === undefined || own === place))) return;
    const value = cellFor(field, column);
    const ranked = order !== undefined && handle !== undefined;
    add({ record: id, to, at: place, cells: { ...cells, [field.id]: value }, ranked });
    const ranks = ranked ? await ranksAt(handle, id, place, own, order.id) : [];
    records.edit([
      ...ranks.map(({ id: record, rank }) => ({ record, field: order?.id ?? '', value: rank })),
      ...(same ? [] : [{ record: id, field: field.id, value }]),
    ]);
  }
  const { dragged, start } = useDragCards<Held>({
    board,
    onDrop: (held, { column, at }) => void put(held, column, at),
  });
  const reorder = (from: number, to: number) => {
    const keys = shown.map((column) => column.value);
    keys.splice(to, 0, ...keys.splice(from, 1));
    // Those that are hidden stay behind the others.
    onKind(inOrder(kind, [...keys, ...values.filter((value) => !keys.includes(value))]));
  };
  const heading = useDrag(shown.length, reorder, 'x');

  const open = (held: Held) => actions.open(held.row.id, handles.current.get(held.column)?.live);
  const beside = (key: string, by: number, over: (count: number) => boolean) => {
    const at = shown.findIndex((column) => column.key === key);
    for (let next = at + by; next >= 0 && next < shown.length; next += by) {
      const column = shown[next];
      if (column && !column.collapsed && over(column.count)) return column;
    }
    return undefined;
  };
  function onCardKey(event: KeyboardEvent, held: Held, line: number) {
    if (event.nativeEvent.isComposing) return;
    const mod = event.ctrlKey || event.metaKey;
    const side = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    const up = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (side !== 0 && mod) {
      const next = writable && beside(held.column, side, () => true);
      if (next) {
        void put(held, next.key, 0);
        setWanted({ column: next.key, record: held.row.id });
      }
    } else if (side !== 0) {
      const next = beside(held.column, side, (count) => count > 0);
      if (next) setWanted({ column: next.key, line });
    } else if (up !== 0 && mod) {
      if (!order || !writable) return;
      void put(held, held.column, up < 0 ? line - 1 : line + 2);
      setWanted({ column: held.column, record: held.row.id });
    } else if (up !== 0) setWanted({ column: held.column, line: line + up });
    else if (event.key === 'Home') setWanted({ column: held.column, line: 0 });
    else if (event.key === 'End') setWanted({ column: held.column, line: Number.POSITIVE_INFINITY });
    else if (event.key === 'Enter' || event.key === ' ') open(held);
    else if (event.key === 'Delete' && editable) actions.remove([held.row.id]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const latest = useRef<Hands>(undefined);
  latest.current = { open, key: onCardKey, menu: (held, x, y) => setMenu({ ...held, x, y }), lift: start };
  const hands = useMemo<Hands>(
    () => ({
      open: (held) => latest.current?.open(held),
      key: (event, held, line) => latest.current?.key(event, held, line),
      menu: (held, x, y) => latest.current?.menu(held, x, y),
      lift: (event, held) => latest.current?.lift(event, held),
    }),
    [],
  );

  if (!heads) return <GridSkeleton />;
  return (
    <div ref={board} className={classes.board} data-dragging={dragged !== null}>
      {shown.map((column, i) => (
        <Column
          key={column.key}
          {...props}
          field={field}
          look={look}
          hands={hands}
          column={column}
          moves={moves}
          dragged={dragged}
          wanted={wanted?.column === column.key ? wanted : null}
          writable={writable}
          drag={heading.line(i)}
          handle={heading.handle(i)}
          place={{ first: i === 0, last: i === shown.length - 1 }}
          onShift={(by) => reorder(i, i + by)}
          onSet={(change) => onKind(withColumn(kind, values, column.value, change))}
          onFocused={() => setWanted(null)}
          ranked={order !== undefined}
          handles={handles}
        />
      ))}
      <div className={classes.rest}>
        {writable && (
          <NewColumn
            field={field}
            taken={values}
            onChoice={(name) => void records.createChoices(field, [name])}
            onPerson={(id) => onKind(inOrder(kind, [...values.filter((value) => value !== null), id, null]))}
          />
        )}
        {hidden.length > 0 && (
          <Menu position="bottom-start">
            <Menu.Target>
              <button type="button" className={classes.quiet}>
                <IconEyeOff size={15} stroke={1.7} />
                {t('kanban.hidden', { count: hidden.length })}
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('kanban.showColumn')}</Menu.Label>
              {hidden.map((column) => (
                <Menu.Item
                  key={column.key}
                  rightSection={<span className={classes.count}>{column.count}</span>}
                  onClick={() => onKind(withColumn(kind, values, column.value, { hidden: false }))}
                >
                  {column.label || t('kanban.blank', { field: field.name })}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <CardMenu
        at={menu}
        editable={editable}
        actions={actions}
        onOpen={() => menu && open(menu)}
        onClose={() => setMenu(null)}
      >
        {writable && menu && (
          <MoveItems field={field} columns={shown} current={menu.column} onMove={(to) => void put(menu, to, 0)} />
        )}
      </CardMenu>
    </div>
  );
}
