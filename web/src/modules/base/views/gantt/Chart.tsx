import { useComputedColorScheme } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { dateParts } from '../../../../grid/dates';
import { formatCell } from '../../../../grid/format';
import type { GroupKey } from '../../../../grid/groups/model';
import { type CellValue, type GridRow, isWritable } from '../../../../grid/model';
import { paintOf } from '../../../../grid/paint';
import type { Point } from '../../../../ui/ContextMenu';
import { CardMenu } from '../CardMenu';
import type { KindProps } from '../kinds';
import { Arrows, type Wait } from './Arrows';
import { dayOf, parseDay } from './axis';
import { Backdrop } from './Backdrop';
import { type Bar, barOf, type GanttFields, type Grip, gripsOf } from './bars';
import classes from './Gantt.module.css';
import { GroupLine } from './GroupLine';
import { Head } from './Head';
import { boxOf, columnsOf, headHeight, type Line, linesOf, rowHeight, waitsOf } from './layout';
import { Row, type RowHandlers, rowName } from './Row';
import { Splitter } from './Splitter';
import { PreviewNotice, Tools } from './Tools';
import { useAxis } from './useAxis';
import { useChanges } from './useChanges';
import { useGrab } from './useGrab';
import { useKeys } from './useKeys';
import { useSchedule } from './useSchedule';
import { useViewport } from './useViewport';
import { WaitMenu } from './WaitMenu';

/** Rows and pixels drawn beyond what is in sight, and rows whose arrows are. */
const beyond = { rows: 8, pixels: 400, arrows: 80 };
const steps = { x: 160, y: 4 * rowHeight };

export function Chart(props: KindProps<'gantt'> & { ganttFields: GanttFields }) {
  const {
    base,
    table,
    view,
    kind,
    onKind,
    state,
    live,
    locale,
    editable,
    actions,
    record,
    ganttFields: fields,
  } = props;
  const { t } = useTranslation('view');
  const scheme = useComputedColorScheme('light');
  useSyncExternalStore(live.subscribe, live.version);
  const area = useRef<HTMLDivElement>(null);
  const viewport = useViewport(area, steps);
  const [scale, setScale] = useState(kind.scale ?? 'week');
  const [critical, setCritical] = useState(false);
  const [active, setActive] = useState(0);
  const [menu, setMenu] = useState<(Point & { row: GridRow }) | null>(null);
  const [wait, setWait] = useState<{ task: string; predecessor: string; at: Point } | null>(null);
  const [dragged, setTable] = useState<number | null>(null);

  const shown = useMemo(() => props.fields.filter((field) => field.id !== props.title.id), [props.fields, props.title]);
  const { columns, full, usual } = useMemo(
    () => columnsOf(props.title, shown, viewport.width),
    [props.title, shown, viewport.width],
  );
  const left = Math.min(full, dragged ?? usual);
  const { year, month, day } = dateParts(new Date().toISOString(), true, locale.zone) ?? {
    year: 1970,
    month: 1,
    day: 1,
  };
  const today = dayOf(year, month, day);
  const axis = useAxis({ area, scale, today, told: live.summaries, known: live.known, table: left });
  const { origin, pixels } = axis;
  const schedule = useSchedule(
    { base: base.resource.id, table: table.id, view: view.id },
    kind,
    live,
    live.seq,
    critical && fields.predecessors !== undefined,
  );
  const changes = useChanges({ live, fields, kind, onKind, zone: locale.zone, schedule });
  const titleOf = useCallback(
    (id: string) =>
      formatCell(props.title, live.record(id)?.cells[props.title.id] as CellValue, locale) || t('card.untitled'),
    [props.title, live, locale, t],
  );
  const hands = useGrab({
    pixels,
    onDrop: changes.drop,
    onClick: actions.open,
    onJoin: (from, to) => void changes.join(from, to, titleOf),
  });

  const first = Math.max(0, Math.floor((viewport.top - headHeight) / rowHeight) - beyond.rows);
  const last = Math.ceil((viewport.top + steps.y + viewport.height) / rowHeight) + beyond.rows;
  useEffect(() => live.show(Math.max(0, first - beyond.arrows), last + beyond.arrows), [live, first, last]);
  const from = origin + (viewport.left - beyond.pixels) / pixels;
  const to = origin + (viewport.left + steps.x + viewport.width + beyond.pixels) / pixels;

  const { cellsOf } = schedule;
  const bars = useMemo(() => {
    const cache = new WeakMap<GridRow, { bar: Bar | undefined }>();
    return (row: GridRow): Bar | undefined => {
      const known = cache.get(row);
      if (known) return known.bar;
      const bar = barOf(cellsOf(row.id, row.cells), fields, locale.zone);
      cache.set(row, { bar });
      return bar;
    };
  }, [cellsOf, fields, locale.zone]);
  const lines = linesOf(live, first - beyond.arrows, last + beyond.arrows, bars, hands.grabbed);
  const drawn = lines.filter((line) => line.index >= first && line.index < last);
  const waits = waitsOf(lines, { from: first, to: last }, kind, (line) => boxOf(line, origin, pixels), schedule.late);

  const grips = useMemo(() => {
    const none: ReadonlySet<Grip> = new Set();
    const of = (milestone: boolean) => gripsOf(fields, milestone);
    return editable ? { task: of(false), milestone: of(true) } : { task: none, milestone: none };
  }, [fields, editable]);
  const links = editable && fields.predecessors !== undefined && isWritable(fields.predecessors);
  const { grab, draw } = hands;
  const { open } = actions;
  const latest = useRef(open);
  latest.current = open;
  const on = useMemo<RowHandlers>(
    () => ({
      open: (id) => latest.current(id),
      menu: (row, x, y) => setMenu({ row, x, y }),
      grab: (event, row, bar, grip) =>
        grab(event, row, bar, grip, grips[bar.milestone ? 'milestone' : 'task'].has(grip)),
      draw,
    }),
    [grab, draw, grips],
  );

  const holidays = useMemo(() => new Set((kind.holidays ?? []).flatMap((one) => parseDay(one) ?? [])), [kind.holidays]);
  const moves = new Map(schedule.preview?.moves.map((move) => [move.id, move.fields]));
  const ghostOf = (row: GridRow) => {
    const cells = moves.get(row.id);
    const bar = cells && barOf({ ...row.cells, ...cells }, fields, locale.zone);
    return bar && { left: (bar.from - origin) * pixels, width: (bar.to - bar.from) * pixels };
  };
  const goTo = (index: number) => {
    setActive(index);
    const element = area.current;
    if (!element) return;
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const under = top + rowHeight + headHeight - element.clientHeight;
    if (under > element.scrollTop) element.scrollTop = under;
  };
  const lineAt = (index: number) => lines.find((line) => line.index === index);
  const onKeyDown = useKeys({
    active,
    total: live.total,
    lineAt,
    scale,
    onActive: goTo,
    onOpen: actions.open,
    onRemove: (id) => editable && actions.remove([id]),
    onScale: setScale,
    onToday: () => axis.scrollTo(today),
    onScroll: (by) => area.current?.scrollBy({ left: by * 120 }),
    onMove: ({ row, bar }, grip, days) =>
      bar && grips[bar.milestone ? 'milestone' : 'task'].has(grip) && changes.drop({ row, bar, grip, days, share: 0 }),
  });
  /** A click beside the bars puts a task without dates on a day. */
  const onPlace = (clientX: number, clientY: number) => {
    const element = area.current;
    if (!element || !grips.task.has('move')) return;
    const box = element.getBoundingClientRect();
    const x = clientX - box.left + element.scrollLeft - left;
    const line = lineAt(Math.floor((clientY - box.top + element.scrollTop - headHeight) / rowHeight));
    if (line && !line.bar && clientX - box.left > left) changes.place(line.row, Math.floor(origin + x / pixels));
  };
  const indentOf = (line: Line) => (live.twig(line.index)?.depth ?? Math.max(0, live.tells.group.length)) * 16;
  const current = lineAt(active);
  const opened = wait && waits.find((one) => one.task === wait.task && one.predecessor === wait.predecessor);

  return (
    <div className={classes.frame} style={{ ['--table' as string]: `${left}px` }}>
      <Tools
        scale={scale}
        onScale={setScale}
        onToday={() => axis.scrollTo(today)}
        critical={critical}
        onCritical={setCritical}
        waits={fields.predecessors !== undefined}
        editable={editable}
        busy={schedule.busy}
        onSchedule={() => void schedule.ask()}
      />
      {schedule.preview && (
        <PreviewNotice
          preview={schedule.preview}
          nameOf={titleOf}
          onApply={() => void schedule.apply(kind, [], true)}
          onDrop={schedule.drop}
        />
      )}
      <div
        ref={area}
        className={classes.scroller}
        role="grid"
        aria-label={view.name}
        aria-rowcount={live.total}
        aria-readonly={!editable}
        aria-activedescendant={current && rowName(current.row.id)}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={(event) => onPlace(event.clientX, event.clientY)}
      >
        <div
          className={classes.canvas}
          style={{ width: left + axis.width, height: headHeight + (live.total + Number(editable)) * rowHeight }}
        >
          <div className={classes.head}>
            <div className={classes.corner} style={{ width: left }}>
              {columns.map(({ field, width }) => (
                <div key={field.id} role="columnheader" className={classes.column} style={{ width }} title={field.name}>
                  {field.name}
                </div>
              ))}
              <Splitter width={left} most={Math.min(full, Math.max(120, viewport.width - 80))} onWidth={setTable} />
            </div>
            <Head
              scale={scale}
              origin={origin}
              pixels={pixels}
              width={axis.width}
              from={from}
              to={to}
              today={today}
              language={locale.language}
            />
          </div>
          <div
            className={classes.under}
            style={{ width: left, top: headHeight, height: `calc(100% - ${headHeight}px)` }}
          />
          <Backdrop
            scale={scale}
            origin={origin}
            pixels={pixels}
            left={left}
            from={from}
            to={to}
            today={today}
            working={kind.working_days}
            holidays={holidays}
          />
          <Arrows
            waits={waits}
            rowHeight={rowHeight}
            left={left}
            top={headHeight}
            open={wait}
            drawn={hands.drawn && lineFrom(hands.drawn, area.current, lines, { origin, pixels, left })}
            editable={links}
            onOpen={(one: Wait, x, y) => setWait({ task: one.task, predecessor: one.predecessor, at: { x, y } })}
          />
          {Array.from({ length: Math.max(0, Math.min(last, live.total) - first) }, (_, at) => first + at).map(
            (index) => {
              const line = live.line(index);
              if (line?.kind !== 'head') return null;
              return (
                <GroupLine
                  key={JSON.stringify(line.head.path)}
                  head={line.head}
                  levels={live.tells.group as GroupKey[]}
                  fields={table.fields}
                  locale={locale}
                  top={headHeight + index * rowHeight}
                  table={left}
                  origin={origin}
                  pixels={pixels}
                  onFold={() => live.fold(line.head.path, !line.head.folded)}
                />
              );
            },
          )}
          {drawn.map((line) => {
            const { row, index, bar } = line;
            const paint = paintOf(row, state.colors, scheme);
            return (
              <Row
                key={row.id}
                row={row}
                index={index}
                top={headHeight + index * rowHeight}
                columns={columns}
                table={left}
                indent={indentOf(line)}
                bar={bar}
                left={bar ? (bar.from - origin) * pixels : 0}
                width={bar ? Math.max(4, (bar.to - bar.from) * pixels) : 0}
                ghost={ghostOf(row)}
                grips={grips[bar?.milestone ? 'milestone' : 'task']}
                color={paint.bar}
                background={paint.row}
                isActive={index === active}
                isOpen={record === row.id}
                isDragged={hands.grabbed?.row.id === row.id}
                isCritical={schedule.late.has(row.id)}
                links={links}
                locale={locale}
                on={on}
              />
            );
          })}
          {editable && (
            <div className={classes.row} style={{ transform: `translateY(${headHeight + live.total * rowHeight}px)` }}>
              <div className={classes.cells} style={{ width: left }}>
                <button
                  type="button"
                  className={classes.new}
                  onClick={(event) => {
                    event.stopPropagation();
                    const made = props.create({});
                    if (made) actions.open(made);
                  }}
                >
                  <IconPlus size={16} stroke={1.7} aria-hidden="true" />
                  {t('gantt.add')}
                </button>
              </div>
            </div>
          )}
        </div>
      </div>
      {wait && opened && (
        <WaitMenu
          at={wait.at}
          waiting={opened.waiting}
          onChange={(waiting) => changes.setWaiting(wait.task, wait.predecessor, waiting)}
          onRemove={() => {
            setWait(null);
            void changes.part(wait.task, wait.predecessor);
          }}
          onClose={() => setWait(null)}
        />
      )}
      <CardMenu
        at={menu}
        editable={editable}
        actions={actions}
        onOpen={(id) => actions.open(id)}
        onClose={() => setMenu(null)}
      />
    </div>
  );
}

/** The line that is being drawn from the end of a bar to the pointer. */
function lineFrom(
  drawn: NonNullable<ReturnType<typeof useGrab>['drawn']>,
  area: HTMLElement | null,
  lines: readonly Line[],
  { origin, pixels, left }: { origin: number; pixels: number; left: number },
) {
  const line = lines.find((one) => one.row.id === drawn.row.id);
  const box = line && boxOf(line, origin, pixels);
  if (!area || !box) return null;
  const { left: x, top: y } = area.getBoundingClientRect();
  return {
    x1: drawn.end === 'start' ? box.left : box.right,
    y1: box.y,
    x2: drawn.x - x + area.scrollLeft - left,
    y2: drawn.y - y + area.scrollTop - headHeight,
  };
}
