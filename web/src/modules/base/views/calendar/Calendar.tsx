/** Records on the days of a calendar: a month, a week or a day of them, dragged to where they are to be. */
import { Menu, useComputedColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCalendar, IconCalendarOff } from '@tabler/icons-react';
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../../../data/client';
import type { ViewRow } from '../../../../data/live-view';
import { isWritable } from '../../../../grid/model';
import { ErrorState } from '../../../../ui/States';
import { AskField } from '../AskField';
import { CardMenu } from '../CardMenu';
import type { KindProps } from '../kinds';
import { takes } from '../model';
import { type Day, firstWeekday } from '../time/days';
import { changeOf, type Gesture } from '../time/gesture';
import { useNow } from '../time/now';
import { type Axis, axisOf, type Change, isLong, moved } from '../time/spans';
import { toneOf } from '../time/tone';
import { type Dragged, useTimeDrag } from '../time/useTimeDrag';
import { type Timed, useTimeRows } from '../time/useTimeRows';
import { Agenda } from './Agenda';
import classes from './Calendar.module.css';
import { CalendarBar } from './CalendarBar';
import { CalendarContext, type CalendarParts } from './context';
import { DayPopover } from './DayPopover';
import { Hours } from './Hours';
import { Month } from './Month';
import { inOrder, onDay, placedAmong, type Scale, shownDays, stepped, titleOf } from './model';
import { Undated } from './Undated';
import { useCalendarKeys } from './useCalendarKeys';

export default function Calendar(props: KindProps<'calendar'>) {
  const { table, kind, locale } = props;
  const { t } = useTranslation('calendar');
  const { start, end } = kind;
  const axis = useMemo(() => axisOf(table.fields, start, end, locale.zone), [table.fields, start, end, locale.zone]);
  if (axis) return <Dated {...props} axis={axis} />;
  return (
    <AskField
      icon={IconCalendar}
      title={t('ask')}
      hint={t('askHint')}
      label={t('start')}
      fields={table.fields.filter(takes.date)}
      onPick={(field) => props.onKind({ ...kind, start: field })}
    />
  );
}

/** Stands in the layout for a record that is being made. */
const ghost: ViewRow = { id: 'new', cells: {}, waiting: undefined, deleted: false, created: true };

/** Those that are shown while one is being dragged: it stands where it would be. `ordered`: all, in order. */
function previewed(ordered: readonly Timed[], dragged: Dragged | null): readonly Timed[] {
  if (!dragged?.span) return ordered;
  const { gesture, span, change } = dragged;
  const row = gesture.kind === 'create' ? ghost : gesture.row;
  return placedAmong(ordered, { row: { ...row, cells: { ...row.cells, ...change } }, span });
}

function Dated(props: KindProps<'calendar'> & { axis: Axis }) {
  const { axis, base, table, kind, state, title, fields, records, actions, record, editable, locale } = props;
  const { t } = useTranslation('calendar');
  const scheme = useComputedColorScheme('light');
  const narrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false }) ?? false;
  const area = useRef<HTMLDivElement>(null);
  const { zone } = axis.start;
  const now = useNow(zone);
  const [cursor, setCursor] = useState<Day>(now.day);
  const [scale, setScale] = useState<Scale>(kind.scale ?? 'month');
  const [undatedOpen, setUndatedOpen] = useState(false);
  const [more, setMore] = useState<{ day: Day; at: DOMRect } | null>(null);
  const [menu, setMenu] = useState<{ row: ViewRow; x: number; y: number } | null>(null);
  useEffect(() => setScale(kind.scale ?? 'month'), [kind.scale]);
  const first = useMemo(() => firstWeekday(locale.language, navigator.languages), [locale.language]);
  const shownScale = narrow ? 'month' : scale;
  const { from, to } = shownDays(cursor, shownScale, first);
  const rows = useTimeRows(base.resource.id, table.id, state, axis, from, to);
  const mayMove = editable && axis.start.writable;
  const mayCreate = mayMove;

  const write = useCallback(
    (id: string, change: Change) =>
      records.edit(Object.entries(change).map(([field, value]) => ({ record: id, field, value }))),
    [records.edit],
  );
  const { create } = props;
  const make = useCallback(
    (change: Change) => {
      const made = create(change);
      if (made) actions.open(made);
    },
    [create, actions.open],
  );
  const { dragged, onPointerDown } = useTimeDrag({
    axis,
    mayMove,
    mayCreate,
    find: (id) => {
      const found = rows.timed.find((one) => one.row.id === id);
      const row = found ? undefined : rows.undated.find((one) => one.id === id);
      return found ?? (row && { row });
    },
    onStart: () => setMore(null),
    onDrop: ({ gesture, change }) => {
      if (gesture.kind === 'create') make(change);
      else write(gesture.row.id, change);
    },
  });
  const ordered = useMemo(() => inOrder(rows.timed), [rows.timed]);
  const timed = useMemo(() => previewed(ordered, dragged), [ordered, dragged]);
  const createAt = useCallback(
    (day: Day, minute: number | null) => {
      const gesture: Gesture = { kind: 'create', at: { day, minute } };
      make(changeOf(gesture, axis, gesture.at));
    },
    [axis, make],
  );
  const open = useCallback(
    (id: string) => {
      setMore(null);
      actions.open(id);
    },
    [actions.open],
  );
  const onMenu = useCallback((event: MouseEvent, row: ViewRow) => {
    event.preventDefault();
    setMenu({ row, x: event.clientX, y: event.clientY });
  }, []);
  const remove = actions.remove;
  const focused = useRef<string>(undefined);
  const onKey = useCallback(
    (event: KeyboardEvent, { row, span }: Timed) => {
      const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const along = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (event.key === 'Delete' && editable) remove([row.id]);
      else if (event.shiftKey && mayMove && (sideways || along)) {
        const hours = scale !== 'month' && !isLong(span);
        const days = sideways ?? (hours ? 0 : (along ?? 0) * 7);
        write(row.id, moved(row.cells, axis, days, hours && along ? along * 15 : 0));
        focused.current = row.id;
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
    [editable, mayMove, remove, write, axis, scale],
  );
  // What was moved by the keyboard may stand in another week: the focus goes with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked for where records stand now
  useEffect(() => {
    if (!focused.current) return;
    area.current?.querySelector<HTMLElement>(`[data-record="${focused.current}"]`)?.focus();
    focused.current = undefined;
  }, [timed]);

  const openDay = () => {
    const [only, ...others] = onDay(timed, cursor);
    if (!only) return;
    if (others.length === 0) return open(only.row.id);
    const cell = area.current?.querySelector(`[data-day="${cursor}"]`);
    if (cell) setMore({ day: cursor, at: cell.getBoundingClientRect() });
  };
  const step = (by: number) => setCursor(stepped(cursor, shownScale, by));
  const onKeyDown = useCalendarKeys({
    area,
    cursor,
    scale,
    group: t('view:kind.calendar'),
    mayCreate,
    onDay: setCursor,
    onStep: step,
    onToday: () => setCursor(now.day),
    onScale: setScale,
    onCreate: () => createAt(cursor, null),
    onOpenDay: openDay,
  });

  const color = table.fields.find((field) => field.id === kind.color);
  const { colors } = state;
  const draggedId = dragged && dragged.gesture.kind !== 'create' ? dragged.gesture.row.id : undefined;
  const parts = useMemo<CalendarParts>(
    () => ({
      title,
      fields: fields.filter((field) => ![title.id, axis.start.field.id, axis.end?.field.id].includes(field.id)),
      locale,
      first,
      today: now.day,
      cursor,
      record,
      dragged: draggedId,
      mayMove,
      mayCreate,
      edges: { start: mayMove && axis.end !== undefined, end: mayMove && axis.end?.writable === true },
      tone: (row) => toneOf(row, colors, color, scheme),
      onOpen: open,
      onMenu,
      onKey,
      onMore: (day, at) => setMore({ day, at }),
      onDay: setCursor,
      onCreate: createAt,
    }),
    [
      title,
      fields,
      axis,
      locale,
      first,
      now.day,
      cursor,
      record,
      draggedId,
      mayMove,
      mayCreate,
      colors,
      color,
      scheme,
      open,
      onMenu,
      onKey,
      createAt,
    ],
  );

  if (rows.failure) {
    return <ErrorState error={new ProblemError({ status: 0, ...rows.failure })} onRetry={rows.retry} />;
  }
  const heading = titleOf(cursor, shownScale, first, locale.language);
  const clears = mayMove && (axis.end?.writable ?? true);
  return (
    <CalendarContext value={parts}>
      <div
        ref={area}
        className={classes.calendar}
        data-dragging={dragged !== null}
        data-loading={!rows.known}
        onPointerDown={onPointerDown}
      >
        <CalendarBar
          title={heading}
          day={cursor}
          scale={scale}
          language={locale.language}
          narrow={narrow}
          undated={rows.undatedTotal}
          undatedOpen={undatedOpen}
          onDay={setCursor}
          onStep={step}
          onToday={() => setCursor(now.day)}
          onScale={setScale}
          onUndated={() => setUndatedOpen(!undatedOpen)}
        />
        {!mayMove && editable && !isWritable(axis.start.field) && (
          <p className={classes.notice}>{t('computed', { field: axis.start.field.name })}</p>
        )}
        {rows.beyond > 0 && <p className={classes.notice}>{t('beyond', { count: rows.beyond })}</p>}
        <div className={classes.main}>
          {narrow ? (
            <Agenda from={from} to={to} timed={timed} undated={rows.undated} />
          ) : scale === 'month' ? (
            <Month from={from} to={to} month={cursor} timed={timed} onKeyDown={onKeyDown} />
          ) : (
            <Hours
              key={scale}
              from={from}
              to={to}
              timed={timed}
              hours={axis.start.time}
              now={now}
              zone={zoneName(zone, locale.language)}
              onKeyDown={onKeyDown}
            />
          )}
          {undatedOpen && !narrow && (
            <Undated rows={rows.undated} total={rows.undatedTotal} onClose={() => setUndatedOpen(false)} />
          )}
        </div>
        <DayPopover shown={more} timed={timed} onClose={() => setMore(null)} />
        <CardMenu at={menu} editable={editable} actions={actions} onOpen={open} onClose={() => setMenu(null)}>
          {clears && menu?.row.cells[axis.start.field.id] != null && (
            <Menu.Item
              leftSection={<IconCalendarOff size={15} stroke={1.7} />}
              onClick={() =>
                write(menu.row.id, {
                  [axis.start.field.id]: null,
                  ...(axis.end ? { [axis.end.field.id]: null } : {}),
                })
              }
            >
              {t('clear')}
            </Menu.Item>
          )}
        </CardMenu>
      </div>
    </CalendarContext>
  );
}

/** What the clock of a zone is called: `GMT+8`. */
function zoneName(zone: string, language: string): string {
  const parts = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts();
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}
