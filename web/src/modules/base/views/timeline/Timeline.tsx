/** Who does what when: a row for each person, their records as bars over time, and how much they have to do. */
import { ActionIcon, Button, SegmentedControl, Switch, useComputedColorScheme } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconTimeline, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../../../app/commands';
import { ProblemError } from '../../../../data/client';
import type { ViewRow } from '../../../../data/live-view';
import { nobody as nobodyNamed } from '../../../../grid/format';
import { type CellValue, type Field, isMultiple, isWritable } from '../../../../grid/model';
import { ErrorState } from '../../../../ui/States';
import { AskField } from '../AskField';
import { CardMenu } from '../CardMenu';
import { dayName } from '../calendar/model';
import type { KindProps } from '../kinds';
import { type TimeScale, takes } from '../model';
import { type Day, firstWeekday, partsOf, weekdayOf } from '../time/days';
import type { Spot } from '../time/gesture';
import { useNow } from '../time/now';
import { type Axis, axisOf, type Change, moved } from '../time/spans';
import { toneOf } from '../time/tone';
import { type Dragged, useTimeDrag } from '../time/useTimeDrag';
import { type Timed, useTimeRows } from '../time/useTimeRows';
import {
  blocksAround,
  bucketsOf,
  byPerson,
  dayWidth,
  handed,
  type Mark,
  marksOf,
  nobody,
  type PersonRow,
  rowOf,
  timeScales,
} from './model';
import classes from './Timeline.module.css';
import { laneHeight, loadHeight, type RowParts, rowPadding, TimelineRow } from './TimelineRow';

export default function Timeline(props: KindProps<'timeline'>) {
  const { table, kind, locale, onKind } = props;
  const { t } = useTranslation('timeline');
  const { start, end } = kind;
  const axis = useMemo(() => axisOf(table.fields, start, end, locale.zone), [table.fields, start, end, locale.zone]);
  const people = table.fields.find((field) => field.id === kind.people && takes.people(field));
  if (axis && people) return <People {...props} axis={axis} people={people} />;
  const asks = people ? 'start' : 'people';
  return (
    <AskField
      icon={IconTimeline}
      title={t(`ask.${asks}`)}
      hint={t('askHint')}
      label={t(asks)}
      fields={table.fields.filter(people ? takes.date : takes.people)}
      onPick={(field) => onKind({ ...kind, [asks]: field })}
    />
  );
}

/** Where one looks: from a day on, at a scale. */
function useSight(first: Day, opens: TimeScale) {
  const [scale, setScale] = useState(opens);
  const [from, setFrom] = useState(first - 2);
  const [pixels, setPixels] = useState(900);
  const marks = useRef<HTMLDivElement>(null);
  useEffect(() => setScale(opens), [opens]);
  useEffect(() => {
    if (!marks.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setPixels(entry.contentRect.width));
    observer.observe(marks.current);
    return () => observer.disconnect();
  }, []);
  const days = Math.max(1, Math.ceil(pixels / dayWidth[scale]));
  /** What is in the middle stays there. */
  const zoom = useCallback(
    (to: TimeScale) => {
      setFrom((day) => Math.round(day + pixels / dayWidth[scale] / 2 - pixels / dayWidth[to] / 2));
      setScale(to);
    },
    [pixels, scale],
  );
  return { scale, from, to: from + days, days, marks, setFrom, zoom };
}

/** The rows there are, with what is being dragged where it would be. */
function usePeople(timed: readonly Timed[], field: string, others: readonly string[], from: Day, to: Day): PersonRow[] {
  return useMemo(() => {
    const all = byPerson(timed, field);
    const named = [...new Set([...others, ...[...all.keys()].filter((person) => person !== nobody)])];
    const order = all.has(nobody) || named.length === 0 ? [...named, nobody] : named;
    return order.map((person) => rowOf(person, all.get(person) ?? [], from, to));
  }, [timed, field, others, from, to]);
}

function People(props: KindProps<'timeline'> & { axis: Axis; people: Field }) {
  const { axis, people, base, table, kind, state, title, records, actions, record, editable, locale } = props;
  const { t } = useTranslation('timeline');
  const scheme = useComputedColorScheme('light');
  const now = useNow(axis.start.zone);
  const area = useRef<HTMLDivElement>(null);
  const { scale, from, to, days, marks, setFrom, zoom } = useSight(now.day, kind.scale ?? 'week');
  const [everybody, setEverybody] = useState(false);
  const [menu, setMenu] = useState<{ row: ViewRow; x: number; y: number } | null>(null);
  const first = useMemo(() => firstWeekday(locale.language, navigator.languages), [locale.language]);
  const block = blocksAround(from, days);
  const rows = useTimeRows(base.resource.id, table.id, state, axis, block.from, block.to);
  const mayMove = editable && axis.start.writable;
  const mayHand = editable && isWritable(people);
  const width = dayWidth[scale];

  const write = useCallback(
    (id: string, change: Change) =>
      records.edit(Object.entries(change).map(([field, value]) => ({ record: id, field, value }))),
    [records.edit],
  );
  /** Who does it then. */
  const hand = useCallback(
    (row: ViewRow, one: string, other: string): Change => {
      const cell = row.cells[people.id] as CellValue;
      return mayHand && one !== other ? { [people.id]: handed(cell, one, other, isMultiple(people)) } : {};
    },
    [people, mayHand],
  );
  const changeOfDrag = useCallback(
    ({ gesture, change, to: spot }: Dragged): Change => {
      const person = spot.lane ?? nobody;
      if (gesture.kind === 'create') {
        return mayHand && person !== nobody ? { ...change, [people.id]: [person] } : change;
      }
      return gesture.kind === 'move' ? { ...change, ...hand(gesture.row, gesture.at.lane ?? nobody, person) } : change;
    },
    [people, mayHand, hand],
  );
  const spotAt = (x: number, y: number): Spot | undefined => {
    const lane = document
      .elementsFromPoint(x, y)
      .find((one) => one instanceof HTMLElement && one.dataset.person !== undefined);
    if (!(lane instanceof HTMLElement)) return undefined;
    const day = from + Math.floor((x - lane.getBoundingClientRect().left) / width);
    return { day, minute: null, lane: lane.dataset.person ?? nobody };
  };
  const { create } = props;
  const { dragged, onPointerDown } = useTimeDrag({
    axis,
    mayMove,
    mayCreate: mayMove,
    find: (id) => rows.timed.find((one) => one.row.id === id),
    spotAt,
    onDrop: (done) => {
      const change = changeOfDrag(done);
      if (done.gesture.kind !== 'create') return write(done.gesture.row.id, change);
      const made = create(change);
      if (made) actions.open(made);
    },
  });
  const timed = useMemo(() => {
    if (!dragged?.span) return rows.timed;
    const row: ViewRow =
      dragged.gesture.kind === 'create'
        ? { id: 'new', cells: {}, waiting: undefined, deleted: false, created: true }
        : dragged.gesture.row;
    const other = rows.timed.filter((one) => one.row.id !== row.id);
    return [...other, { row: { ...row, cells: { ...row.cells, ...changeOfDrag(dragged) } }, span: dragged.span }];
  }, [rows.timed, dragged, changeOfDrag]);

  const { members } = locale.names ?? nobodyNamed;
  const others = useMemo(() => {
    const shown = [...members.values()].filter((one) => everybody && one.active !== false);
    const used = [...byPerson(rows.timed, people.id).keys()].flatMap((id) => members.get(id) ?? []);
    const sorted = [...new Set([...shown, ...used])].toSorted((a, b) => a.name.localeCompare(b.name, locale.language));
    return sorted.map((one) => one.id);
  }, [members, everybody, rows.timed, people.id, locale.language]);
  const lines = usePeople(timed, people.id, others, from, to);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => area.current,
    estimateSize: (at) => 2 * rowPadding + Math.max(2, lines[at]?.lanes ?? 2) * laneHeight + loadHeight,
    getItemKey: (at) => lines[at]?.person ?? at,
    overscan: 4,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: with other lanes rows have other heights
  useEffect(() => virtual.measure(), [lines]);

  const step = (by: number) => setFrom((day) => day + by * Math.max(1, Math.round(days * 0.6)));
  const toToday = () => setFrom(now.day - Math.min(2, days - 1));
  const nearer = (by: number) => {
    const next = timeScales[timeScales.indexOf(scale) + by];
    if (next) zoom(next);
  };
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    let left = 0;
    // Wheels that go sideways go through time; they must not go back in the browser.
    const onWheel = (event: WheelEvent) => {
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
      if (sideways === 0 || event.ctrlKey) return;
      event.preventDefault();
      left += sideways;
      const by = Math.trunc(left / width);
      left -= by * width;
      if (by !== 0) setFrom((day) => day + by);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [width, setFrom]);

  const command = (id: string, keys: string[], name: string, run: () => void) => ({
    id: `timeline.${id}`,
    title: name,
    group: t('view:kind.timeline'),
    keys,
    run,
  });
  useCommands([
    command('today', ['t'], t('calendar:today'), toToday),
    command('previous', ['PageUp'], t('calendar:previous'), () => step(-1)),
    command('next', ['PageDown'], t('calendar:next'), () => step(1)),
    command('nearer', ['+', '='], t('nearer'), () => nearer(-1)),
    command('farther', ['-'], t('farther'), () => nearer(1)),
  ]);
  const order = useRef(lines);
  order.current = lines;
  const onKey = useCallback(
    (event: KeyboardEvent, { row }: Timed, person: string) => {
      const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const along = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const at = order.current.findIndex((line) => line.person === person);
      if (event.key === 'Delete' && editable) actions.remove([row.id]);
      else if (event.shiftKey && sideways && mayMove) write(row.id, moved(row.cells, axis, sideways, 0));
      else if (event.shiftKey && along && mayHand) {
        const other = order.current[at + along]?.person;
        if (other !== undefined) write(row.id, hand(row, person, other));
      } else if (sideways || along) {
        const bars = [...(area.current?.querySelectorAll<HTMLElement>('[data-record]') ?? [])];
        bars[bars.indexOf(event.currentTarget as HTMLElement) + (sideways ?? along ?? 0)]?.focus();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
    [editable, mayMove, mayHand, write, hand, axis, actions.remove],
  );
  const onMenu = useCallback((event: MouseEvent, row: ViewRow) => {
    event.preventDefault();
    setMenu({ row, x: event.clientX, y: event.clientY });
  }, []);

  const color = table.fields.find((field) => field.id === kind.color);
  const load = table.fields.find((field) => field.id === kind.load);
  const buckets = useMemo(() => bucketsOf(from, to, scale, first), [from, to, scale, first]);
  const hasEnd = axis.end !== undefined;
  const { colors } = state;
  const parts = useMemo<RowParts>(
    () => ({
      from,
      to,
      width,
      buckets,
      load,
      limit: kind.limit,
      title,
      locale,
      record,
      mayMove,
      edges: { start: mayMove && hasEnd, end: mayMove && axis.end?.writable === true },
      tone: (row) => toneOf(row, colors, color, scheme),
      onOpen: actions.open,
      onMenu,
      onKey,
    }),
    [
      from,
      to,
      width,
      buckets,
      load,
      kind.limit,
      title,
      locale,
      record,
      mayMove,
      hasEnd,
      axis,
      colors,
      color,
      scheme,
      actions.open,
      onMenu,
      onKey,
    ],
  );
  if (rows.failure) {
    return <ErrorState error={new ProblemError({ status: 0, ...rows.failure })} onRetry={rows.retry} />;
  }
  const { above, below } = marksOf(from, to, scale, first);
  const draggedId = dragged ? (dragged.gesture.kind === 'create' ? 'new' : dragged.gesture.row.id) : undefined;
  const x = (day: Day) => (day - from) * width;
  return (
    <div
      className={classes.timeline}
      data-dragging={dragged !== null}
      data-loading={!rows.known}
      onPointerDown={onPointerDown}
    >
      <div className={classes.tools}>
        <Button variant="default" onClick={toToday}>
          {t('calendar:today')}
        </Button>
        <ActionIcon aria-label={t('calendar:previous')} onClick={() => step(-1)}>
          <IconChevronLeft size={18} />
        </ActionIcon>
        <ActionIcon aria-label={t('calendar:next')} onClick={() => step(1)}>
          <IconChevronRight size={18} />
        </ActionIcon>
        <span className={classes.heading}>
          {dayName(from + Math.floor(days / 2), locale.language, { month: 'long', year: 'numeric' })}
        </span>
        <span className={classes.grow} />
        <Switch
          size="xs"
          label={t('everybody')}
          checked={everybody}
          onChange={(event) => setEverybody(event.currentTarget.checked)}
        />
        <ActionIcon aria-label={t('farther')} disabled={scale === 'year'} onClick={() => nearer(1)}>
          <IconZoomOut size={17} />
        </ActionIcon>
        <SegmentedControl
          size="xs"
          aria-label={t('calendar:scale')}
          value={scale}
          data={timeScales.map((value) => ({ value, label: t(`scales.${value}`) }))}
          onChange={(value) => zoom(value as TimeScale)}
        />
        <ActionIcon aria-label={t('nearer')} disabled={scale === 'day'} onClick={() => nearer(-1)}>
          <IconZoomIn size={17} />
        </ActionIcon>
      </div>
      {rows.beyond > 0 && <p className={classes.notice}>{t('calendar:beyond', { count: rows.beyond })}</p>}
      <div ref={area} className={classes.area}>
        <div className={classes.head}>
          <div className={classes.corner} />
          <div ref={marks} className={classes.marks}>
            {[above, below].map((line) =>
              line.map((mark) => (
                <span
                  key={`${line === above} ${mark.from}`}
                  className={classes.mark}
                  data-above={line === above}
                  data-today={line === below && mark.from <= now.day && mark.to > now.day}
                  style={{ left: x(mark.from), width: (mark.to - mark.from) * width }}
                >
                  {markText(mark, line === above, scale, locale.language)}
                </span>
              )),
            )}
          </div>
        </div>
        <div className={classes.body} style={{ height: virtual.getTotalSize(), minHeight: '60%' }}>
          <div className={classes.shades} aria-hidden="true">
            {below.map((mark) => (
              <span
                key={mark.from}
                className={classes.shade}
                data-weekend={mark.what === 'day' && weekdayOf(mark.from) > 5}
                style={{ left: x(mark.from), width: (mark.to - mark.from) * width }}
              />
            ))}
            {now.day >= from && now.day < to && (
              <span className={classes.today} style={{ left: x(now.day) + (now.minute / 1440) * width }} />
            )}
          </div>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return (
              line && (
                <div
                  key={item.key}
                  className={classes.place}
                  style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                >
                  <TimelineRow row={line} parts={parts} dragged={draggedId} />
                </div>
              )
            );
          })}
        </div>
      </div>
      <CardMenu at={menu} editable={editable} actions={actions} onOpen={actions.open} onClose={() => setMenu(null)} />
    </div>
  );
}

function markText(mark: Mark, above: boolean, scale: TimeScale, language: string): string {
  if (above) {
    const cut = mark.what === 'month' ? ({ month: 'long', year: 'numeric' } as const) : ({ year: 'numeric' } as const);
    return dayName(mark.from, language, cut);
  }
  if (mark.what === 'month') return dayName(mark.from, language, { month: scale === 'year' ? 'short' : 'long' });
  const date = String(partsOf(mark.from).day);
  return scale === 'day' ? `${dayName(mark.from, language, { weekday: 'short' })} ${date}` : date;
}
