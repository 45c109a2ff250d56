/** The grid: our own props over the canvas library, one text field for all editing. Nobody else knows the library. */
import '@glideapps/glide-data-grid/index.css';
import {
  CompactSelection,
  DataEditor,
  type DataEditorRef,
  type DrawCellCallback,
  type GridCell,
  GridCellKind,
  type GridSelection,
  type Item,
} from '@glideapps/glide-data-grid';
import { useComputedColorScheme } from '@mantine/core';
import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from 'react-i18next';
import { AddField } from './AddField';
import { cellOf, cellRenderer } from './cells/cell';
import { hintOf, hitOf, type Pointed } from './cells/hit';
import { expandWidth } from './cells/marks';
import { drawPeers } from './cells/peers';
import { CellEditor, type CellEditorHandle, type EditTarget, type Move } from './editor/CellEditor';
import { FreezeDivider } from './FreezeDivider';
import { formatCell } from './format';
import classes from './Grid.module.css';
import { SummaryBar } from './groups/SummaryBar';
import { useAnchor } from './groups/useAnchor';
import { groupRenderers, recordsOnly, useGroups } from './groups/useGroups';
import { landed } from './groups/walk';
import { headerIcons } from './icons';
import { moveTo, type Rect, step } from './keyboard';
import { markersOf } from './markers';
import { type CellValue, type Field, type GridRow, isWritable, rowPixels } from './model';
import { paintOf } from './paint';
import type { Scheme } from './palette';
import { focusOf, noSelection, selectionOf } from './selection';
import { useServices } from './services';
import { isRight, shapeOf } from './shape';
import { cellFont, gridTheme, tints } from './theme';
import type { Found, GridColumn, GridHandle, GridProps } from './types';
import { useGridActions } from './useGridActions';
import { usePeers } from './usePeers';

const headerHeight = 36;
const renderers = [cellRenderer, ...groupRenderers];
/** Of the bar of a coloured row, CSS pixels. */
const barWidth = 4;

export function Grid(props: GridProps & { ref?: Ref<GridHandle> }) {
  const { columns, source, locale, editable, peers, ref } = props;
  const { t } = useTranslation('base');
  const scheme = useComputedColorScheme('light');
  const services = useServices();
  const version = useSyncExternalStore(source.subscribe, source.version);
  const wrapper = useRef<HTMLDivElement>(null);
  const canvas = useRef<DataEditorRef>(null);
  const editor = useRef<CellEditorHandle>(null);
  const [selection, setSelection] = useState<GridSelection>(noSelection);
  const [target, setTarget] = useState<EditTarget | null>(null);
  const [bounds, setBounds] = useState<Rect | null>(null);
  const [end, setEnd] = useState<number | null>(null);
  const [divider, setDivider] = useState<number | null>(null);
  const [touch, setTouch] = useState(() => matchMedia('(pointer: coarse)').matches);
  const page = useRef(20);
  const retries = useRef(0);
  const over = useRef<Item | null>(null);
  const settled = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef({ props, services, selection, target, frozen: 0, place: () => {} });

  const total = source.total;
  const fields = useMemo(() => columns.map((column) => column.field), [columns]);
  const pixels = rowPixels[props.rowHeight];
  const groups = useGroups(source, fields, props.fields, locale, scheme);

  /** Finds the focused cell and the end of the last column on the screen. */
  const place = useCallback(() => {
    const own = wrapper.current?.getBoundingClientRect();
    const last = canvas.current?.getBounds(latest.current.props.columns.length - 1, -1);
    const edge = own && last ? last.x + last.width - own.x : Number.NaN;
    setEnd(Number.isFinite(edge) ? edge : null);
    const stay = latest.current.frozen;
    const first = canvas.current?.getBounds(stay > 0 ? stay - 1 : 0, -1);
    // Nothing stays: the line is at the row numbers, as long as the first column is beside them.
    const line = own && first ? first.x - own.x + (stay > 0 ? first.width : 0) : Number.NaN;
    setDivider(Number.isFinite(line) && (stay > 0 || line > 0) ? line : null);
    // The canvas measures itself after it was mounted, and does not say when it is ready.
    if (own && !Number.isFinite(edge) && retries.current++ < 20) setTimeout(() => latest.current.place(), 50);
    const cell = latest.current.selection.current?.cell;
    const rect = cell && canvas.current?.getBounds(cell[0], cell[1]);
    if (!rect || !own || rect.width === 0) return setBounds(null);
    setBounds((old) => {
      const next = { x: rect.x - own.x, y: rect.y - own.y, width: rect.width, height: rect.height };
      const same =
        old && old.x === next.x && old.y === next.y && old.width === next.width && old.height === next.height;
      return same ? old : next;
    });
  }, []);

  const room = wrapper.current?.clientWidth ?? 1000;
  const frozen = touch && room < 600 ? 0 : frozenThatFit(columns, props.frozen, room);
  latest.current = { props, services, selection, target, frozen, place };

  const select = useCallback((wish: GridSelection) => {
    const next = { ...wish, rows: recordsOnly(wish.rows, latest.current.props.source) };
    setSelection(next);
    const range = next.current?.range ?? null;
    const rows: [number, number][] = [];
    for (const row of next.rows) {
      const last = rows.at(-1);
      if (last && last[1] === row) last[1]++;
      else rows.push([row, row + 1]);
      if (rows.length > 10_000) break;
    }
    latest.current.props.onSelect({
      cell: next.current ? { column: next.current.cell[0], row: next.current.cell[1] } : null,
      range: range ? { ...range } : null,
      rows,
      rowCount: next.rows.length,
    });
  }, []);

  useAnchor(source, version, selection, select);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the focused cell moves with the columns and rows
  useEffect(() => {
    const frame = requestAnimationFrame(place);
    return () => cancelAnimationFrame(frame);
  }, [selection, columns, total, pixels, frozen, place]);

  useEffect(() => {
    if (!wrapper.current) return;
    const observer = new ResizeObserver(() => requestAnimationFrame(place));
    observer.observe(wrapper.current);
    return () => observer.disconnect();
  }, [place]);

  const lost = (selection.current?.cell[1] ?? -1) >= total;
  useEffect(() => {
    if (lost) select(noSelection);
  }, [lost, select]);

  const begin = useCallback((replace: boolean): boolean => {
    const now = latest.current;
    const cell = now.selection.current?.cell;
    const field = cell && now.props.columns[cell[0]]?.field;
    const row = cell && now.props.source.row(cell[1]);
    if (!field || !row || !now.props.editable || row.deleted || field.type === 'checkbox') return false;
    if (!isWritable(field)) return false;
    setTarget({ record: row.id, field, value: row.cells[field.id] as CellValue, replace });
    return true;
  }, []);

  const finish = useCallback(
    (value: CellValue | undefined, [dx, dy]: Move) => {
      const now = latest.current;
      if (!now.target) return;
      const { record, field } = now.target;
      setTarget(null);
      if (value !== undefined) now.props.onEdit([{ record, field: field.id, value }]);
      const focus = focusOf(now.selection);
      if ((dx !== 0 || dy !== 0) && focus) {
        const size = { columns: now.props.columns.length, rows: now.props.source.total, page: page.current };
        select(selectionOf(landed(now.props.source, focus, step(focus, dx, dy, size))));
      }
      if (dx !== 0 || dy !== 0 || value === undefined) editor.current?.focus();
    },
    [select],
  );

  const reveal = useCallback(
    (row: number, column = 0, quietly = false) => {
      const { props: now, selection } = latest.current;
      const size = { columns: now.columns.length, rows: now.source.total, page: 1 };
      const next = moveTo(column, row, size);
      const [x, y] = focusOf(selection)?.cell ?? [];
      // The library follows a focus that moves; scrolled by both, the grid would end up twice as far.
      if (x === next.cell[0] && y === next.cell[1]) canvas.current?.scrollTo(x, y, 'both', 0, 40);
      select(selectionOf(next));
      if (!quietly) editor.current?.focus();
    },
    [select],
  );

  const actions = useGridActions({ latest, select, begin, canvas, page });

  useImperativeHandle(
    ref,
    (): GridHandle => ({
      focus: () => editor.current?.focus(),
      copy: actions.copy,
      paste: actions.pasteFromClipboard,
      clear: actions.clear,
      edit: () => begin(false),
      reveal,
      revealNew: () => {
        reveal(latest.current.props.source.total - 1, 0);
        requestAnimationFrame(() => begin(false));
      },
      selectedRecords: actions.selectedRecords,
      deselect: () => select(noSelection),
    }),
    [actions, begin, reveal, select],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is new content, and makes the canvas draw again
  const getCellContent = useCallback(
    ([column, index]: Item): GridCell => {
      const field = fields[column];
      const row = source.row(index);
      const line = field && !row ? source.line?.(index) : undefined;
      if (line) return groups.cell(line, column);
      if (!field || !row) {
        return {
          kind: GridCellKind.Loading,
          allowOverlay: false,
          skeletonWidth: 70,
          skeletonWidthVariability: 40,
          skeletonHeight: 11,
        };
      }
      const cell = cellOf(
        {
          kind: 'skein',
          field,
          value: row.cells[field.id] as CellValue,
          locale,
          scheme,
          waiting: row.waiting?.has(field.id) ?? false,
          expandable: column === 0,
          ...(column === 0 ? { twig: source.twig?.(index), comments: props.comments.get(row.id) ?? 0 } : {}),
        },
        editable && !row.deleted,
      );
      const painted = paintOf(row, props.colors, scheme).cells.get(field.id);
      const tint = foundTint(props.found, row.id, field.id, cell.copyData, scheme) ?? painted;
      return tint ? { ...cell, themeOverride: { bgCell: tint } } : cell;
    },
    [fields, source, version, groups, locale, scheme, editable, props.found, props.colors, props.comments],
  );

  const glideColumns = useMemo(
    () =>
      columns.map(({ field, width, mark }) => ({
        id: field.id,
        title: field.name,
        width,
        icon: field.type,
        hasMenu: true,
        ...(mark ? { themeOverride: { bgCell: tints[scheme][mark] } } : {}),
      })),
    [columns, scheme],
  );

  // The line for a new record stays low. Measuring each row is not for tables of any size.
  const heights = useMemo(
    () =>
      pixels === rowPixels.short || total > 20_000
        ? pixels
        : (row: number) => (row === total ? rowPixels.short : pixels),
    [pixels, total],
  );
  const [regions, peerAt] = usePeers(peers, fields, source, version);
  const drawCell = useCallback<DrawCellCallback>(
    (args, drawContent) => {
      drawContent();
      const row = args.col === 0 ? source.row(args.row) : undefined;
      const bar = row && paintOf(row, latest.current.props.colors, scheme).bar;
      if (bar) {
        args.ctx.fillStyle = bar;
        args.ctx.fillRect(args.rect.x, args.rect.y + 1, barWidth, args.rect.height - 1);
      }
      const here = peerAt.get(`${args.col} ${args.row}`);
      if (here) drawPeers(args.ctx, args.rect, here, args.theme.fontFamily, rightAt(fields[args.col]));
    },
    [peerAt, fields, source, scheme],
  );

  const pointed = (
    field: Field,
    row: GridRow,
    [column, index]: Item,
    event: { localEventX: number; localEventY: number; bounds: { width: number; height: number } },
  ): Pointed => ({
    field,
    value: row.cells[field.id] as CellValue,
    locale,
    editable: editable && !row.deleted,
    width: event.bounds.width,
    height: event.bounds.height,
    x: event.localEventX,
    y: event.localEventY,
    ...(column === 0 ? { twig: source.twig?.(index), comments: props.comments.get(row.id) ?? 0 } : {}),
  });

  const focused = selection.current?.cell;
  const focusedField = focused && fields[focused[0]];
  const focusedRow = focused && source.row(focused[1]);
  const label =
    focusedField && focusedRow
      ? t('cell.label', {
          field: focusedField.name,
          row: focused[1] + 1,
          value: formatCell(focusedField, focusedRow.cells[focusedField.id] as CellValue, locale),
        })
      : t('grid');

  const editedRow = target ? (source.indexOf(target.record) ?? -1) : -1;
  const editedValue = target && ((source.row(editedRow)?.cells[target.field.id] ?? null) as CellValue);

  /** Presses on the head of a group fold it, on its end make a record. */
  const pressLine = (index: number): boolean => {
    const line = source.line?.(index);
    if (line?.kind === 'head') props.onFold(line.head.path, !line.head.folded);
    else if (line && editable) {
      props.onCreate([{}], { path: line.path, line: index });
      requestAnimationFrame(() => reveal(index, 0));
    }
    return line !== undefined;
  };
  const numbered = useMemo(() => markersOf((index) => source.numberAt?.(index)), [source]);
  const markers = Math.max(46, 22 + String(total).length * 8);

  return (
    <div
      ref={wrapper}
      className={classes.grid}
      onPointerDownCapture={(event) => setTouch(event.pointerType === 'touch')}
      onFocusCapture={(event) => {
        if (event.target instanceof HTMLCanvasElement) editor.current?.focus();
      }}
    >
      <div className={classes.canvas}>
        <DataEditor
          ref={canvas}
          width="100%"
          height="100%"
          rows={total}
          columns={glideColumns}
          getCellContent={getCellContent}
          customRenderers={renderers}
          headerIcons={headerIcons}
          theme={gridTheme(scheme)}
          rowHeight={heights}
          headerHeight={headerHeight}
          freezeColumns={frozen}
          rowMarkers={{ kind: 'both', width: markers, checkboxStyle: 'square' }}
          renderers={numbered}
          smoothScrollX
          smoothScrollY
          gridSelection={selection}
          onGridSelectionChange={(next) => {
            if (latest.current.target) editor.current?.finish();
            select(next);
          }}
          rangeSelect="multi-rect"
          rangeSelectionBlending="exclusive"
          columnSelect="multi"
          rowSelect="multi"
          rowSelectionMode="multi"
          cellActivationBehavior="double-click"
          getCellsForSelection={editable ? () => [] : undefined}
          fillHandle={editable && !touch}
          onFillPattern={(event) => {
            event.preventDefault();
            void actions.fill(event.patternSource, event.fillDestination);
          }}
          onVisibleRegionChanged={(region) => {
            page.current = Math.max(1, region.height - 2);
            source.show(region.y, region.y + region.height);
            place();
            // The canvas knows its new place only after it has drawn there.
            clearTimeout(settled.current);
            settled.current = setTimeout(place, 60);
          }}
          onCellClicked={(cell, event) => {
            if (pressLine(cell[1])) return;
            const row = source.row(cell[1]);
            const field = fields[cell[0]];
            if (!row || !field) return;
            if (cell[0] === 0 && event.localEventX > event.bounds.width - expandWidth && !event.isTouch)
              props.onExpand(row.id);
            else if (!event.shiftKey && !event.ctrlKey && !event.metaKey) {
              const hit = hitOf(pointed(field, row, cell, event), cellFont);
              if (hit) actions.act(hit, row, field);
            }
          }}
          onItemHovered={(event) => {
            const own = wrapper.current;
            const cell = event.kind === 'cell' ? event.location : undefined;
            const field = cell && fields[cell[0]];
            const row = cell && source.row(cell[1]);
            if (!own) return;
            const on = field && row && event.kind === 'cell' ? pointed(field, row, event.location, event) : undefined;
            const hit = on && hitOf(on, cellFont);
            own.toggleAttribute('data-pointer', hit !== undefined);
            own.title = field && row ? hintOf(field, row.cells[field.id] as CellValue, locale) : '';
          }}
          onDragOverCell={(cell, transfer) => {
            over.current = transfer?.types.includes('Files') ? cell : null;
          }}
          onDragLeave={() => {
            over.current = null;
          }}
          onDrop={(cell, transfer) => actions.drop(over.current ?? cell, transfer)}
          onCellActivated={(cell) => {
            if (touch && source.row(cell[1])) props.onExpand(source.row(cell[1])?.id ?? '');
            else begin(false);
          }}
          onCellContextMenu={(cell, event) => {
            event.preventDefault();
            const at = { x: event.bounds.x + event.localEventX, y: event.bounds.y + event.localEventY };
            if (source.line?.(cell[1])) return props.onGroupMenu(at);
            if (cell[0] >= 0 && !actions.isSelected(cell))
              select(selectionOf({ cell, range: { x: cell[0], y: cell[1], width: 1, height: 1 } }));
            if (cell[0] < 0 && !selection.rows.hasIndex(cell[1])) {
              select({ ...noSelection, rows: CompactSelection.fromSingleSelection(cell[1]) });
            }
            props.onCellMenu(at);
          }}
          onHeaderContextMenu={(column, event) => {
            event.preventDefault();
            const field = fields[column];
            if (field)
              props.onFieldMenu(field, {
                x: event.bounds.x + event.localEventX,
                y: event.bounds.y + event.localEventY,
              });
          }}
          onHeaderMenuClick={(column, rect) => {
            const field = fields[column];
            if (field) props.onFieldMenu(field, { x: rect.x, y: rect.y + rect.height });
          }}
          onColumnResize={(column, width) => column.id && props.onResize(column.id, Math.round(width))}
          minColumnWidth={60}
          maxColumnWidth={1200}
          maxColumnAutoWidth={500}
          onColumnMoved={(from, to) => from !== 0 && to !== 0 && props.onMove(from, to)}
          onColumnProposeMove={(from, to) => from !== 0 && to !== 0}
          {...(editable && (!groups.grouped || total === 0)
            ? {
                trailingRowOptions: { hint: t('record.new'), sticky: true, tint: true },
                onRowAppended: () => {
                  props.onCreate([{}]);
                  requestAnimationFrame(() => reveal(latest.current.props.source.total - 1, 0));
                },
              }
            : {})}
          getRowThemeOverride={(index) => {
            const row = source.row(index);
            const line = row ? undefined : source.line?.(index);
            if (line) return groups.theme(line, gridTheme(scheme));
            if (row?.deleted) return { bgCell: tints[scheme].deleted, textDark: gridTheme(scheme).textLight ?? '' };
            const paint = row && paintOf(row, props.colors, scheme).row;
            return paint ? { bgCell: paint } : undefined;
          }}
          highlightRegions={regions}
          drawCell={drawCell}
          keybindings={{ copy: false, cut: false, paste: false, search: false }}
          overscrollX={60}
        />
      </div>
      <SummaryBar
        wrapper={wrapper}
        columns={columns}
        frozen={frozen}
        markers={markers}
        source={source}
        locale={locale}
        onSummary={props.onSummary}
      />
      {divider !== null && !touch && (
        <FreezeDivider
          label={t('fields.divider')}
          at={divider}
          edges={() => {
            const own = wrapper.current?.getBoundingClientRect();
            const bounds = columns.map((_, i) => canvas.current?.getBounds(i, -1));
            const ends = bounds.flatMap((rect, i) =>
              rect && own && rect.width > 0 ? { columns: i + 1, x: rect.x + rect.width - own.x } : [],
            );
            const [start] = bounds;
            return start && own ? [{ columns: 0, x: start.x - own.x }, ...ends] : ends;
          }}
          onFreeze={props.onFreeze}
        />
      )}
      {props.configurable && end !== null && <AddField label={t('field.add')} left={end} onAdd={props.onAddField} />}
      <CellEditor
        ref={editor}
        bounds={bounds}
        target={target}
        value={editedValue}
        locale={locale}
        label={label}
        touch={touch}
        canCreateChoices={editable}
        onType={() => begin(true)}
        onKey={actions.onKey}
        onCopy={actions.onCopy}
        onPaste={actions.onPaste}
        onCommit={(value) => target && props.onEdit([{ record: target.record, field: target.field.id, value }])}
        onFinish={finish}
        onOpenRecord={(field, record) => {
          editor.current?.finish();
          const shape = shapeOf(field);
          if (shape.as === 'record' && shape.table) services.openRecord(shape.table, record);
        }}
      />
    </div>
  );
}

/** Of the columns that are to stay in place those that leave room for the others. */
function frozenThatFit(columns: readonly GridColumn[], wanted: number, width: number): number {
  let used = 0;
  const most = columns.findIndex((column) => {
    used += column.width;
    return used > width * 0.7;
  });
  return Math.min(wanted, most < 0 ? columns.length : Math.max(most, width < 600 ? 0 : 1));
}

/** What a cell that has the text searched for is tinted with. */
function foundTint(found: Found | null, record: string, field: string, text: string, scheme: Scheme) {
  if (!found) return undefined;
  const here = found.current?.record === record && found.current.field === field;
  if (here) return tints[scheme].found;
  const known = found.known.get(record);
  const has = known ? known.has(field) : text.toLowerCase().includes(found.text.toLowerCase());
  return has ? gridTheme(scheme).bgSearchResult : undefined;
}

const rightAt = (field: Field | undefined) => field !== undefined && isRight(shapeOf(field));
