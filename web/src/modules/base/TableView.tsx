/** A table as one of its views shows it: toolbar, grid, footer, record panel, and the menus between them. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../app/commands';
import { useMe } from '../../data/me';
import type { Locale } from '../../grid/format';
import { Grid } from '../../grid/Grid';
import type { Place } from '../../grid/groups/model';
import { type CellValue, defaultWidth, type Field, type FileRef } from '../../grid/model';
import { personColor } from '../../grid/palette';
import { ServicesContext } from '../../grid/services';
import type { Anchor, GridColumn, GridHandle, Peer, Selection } from '../../grid/types';
import { confirm } from '../../ui/confirm';
import { notify } from '../../ui/notify';
import classes from './Base.module.css';
import { Cover } from './Cover';
import { useCommentCounts } from './comments/useCounts';
import { Footer } from './Footer';
import { fieldsInFilter, newCondition } from './filter/model';
import { FindBox } from './find/FindBox';
import { useFind } from './find/useFind';
import { CellMenu, HeaderMenu } from './GridMenus';
import { GridSkeleton } from './GridSkeleton';
import { useGridKeys } from './gridKeys';
import { GroupMenu } from './groups/GroupMenu';
import { prefilled } from './groups/prefill';
import { type Base, canChange, freeName, moved, type Table, type View, withField } from './model';
import { copyOf } from './record/copy';
import { RecordPanel, type Step } from './record/RecordPanel';
import type { RecordTab } from './record/RecordTabs';
import { Toolbar } from './toolbar/Toolbar';
import type { Person } from './useBase';
import { useFieldActions } from './useFieldActions';
import { useLiveView, useSource } from './useLiveView';
import { useRecords } from './useRecords';
import { needsValue, useCellServices } from './useServices';
import { useViewState } from './useViewState';
import { useViewActions } from './views/useViewActions';
import { ViewSwitcher } from './views/ViewSwitcher';

const ExplainDialog = lazy(() => import('./fields/ExplainDialog'));
const FieldEditor = lazy(() => import('./fields/FieldEditor'));
const NewRecord = lazy(() => import('./record/NewRecord'));
const FilePreview = lazy(() => import('./FilePreview'));

/** What shows a table as one of its views. */
export interface TableProps {
  base: Base;
  table: Table;
  view: View;
  record: string | undefined;
  editable: boolean;
  locale: Locale;
  people: readonly Person[];
  /** Where to put the focus: somebody was clicked on. */
  follow: { record?: string; field?: string } | null;
  announce: (state: Person['state']) => void;
  onView: (view: string) => void;
  onRecord: (record: string | undefined) => void;
  onImport: () => void;
  onUndo: () => void;
  onRedo: () => void;
}

export function TableView(props: TableProps) {
  const { base, table, view, record, editable, locale, people, announce } = props;
  const { t } = useTranslation('base');
  const id = base.resource.id;
  const { role } = base.resource;
  const mayChange = canChange(view, role);
  const member = useMe().member?.id ?? null;
  const state = useViewState(id, table, view, mayChange);
  const viewActions = useViewActions({ base: id, table, view, me: member, onOpen: props.onView });
  const live = useLiveView(state.request, { member, view: view.id, ends: editable });
  const source = useSource(live);
  const grid = useRef<GridHandle>(null);
  const searchInput = useRef<HTMLInputElement>(null);
  const [selection, setSelection] = useState<Selection | null>(null);
  const [cellMenu, setCellMenu] = useState<Anchor | null>(null);
  const [header, setHeader] = useState<{ field: Field; at: Anchor } | null>(null);
  const [filterOpen, setFilterOpen] = useState(false);
  const [previewed, setPreviewed] = useState<{ files: readonly FileRef[]; index: number } | null>(null);
  const [opened, setOpened] = useState<Step | null>(null);
  const [part, setPart] = useState<{ tab: RecordTab; field: string | null }>({ tab: 'fields', field: null });
  const [asking, setAsking] = useState<Record<string, CellValue> | null>(null);
  const [groupMenu, setGroupMenu] = useState<Anchor | null>(null);
  const { onRecord } = props;
  const expand = useCallback(
    (one: string) => {
      setOpened(null);
      onRecord(one);
    },
    [onRecord],
  );
  const preview = useCallback((files: readonly FileRef[], index: number) => setPreviewed({ files, index }), []);
  useGridKeys(editable);
  const records = useRecords(id, table, live, props.onUndo);
  const comments = useCommentCounts(id, table.id, member);
  const fieldActions = useFieldActions(base, table, view, state, props.onUndo);

  const columns = useMemo<GridColumn[]>(() => {
    const filtered = fieldsInFilter(state.filter);
    const sorted = new Set(state.sort.map((key) => key.field));
    return state.shown
      .filter((entry) => !entry.hidden)
      .map(({ field, width }, i) => ({
        field,
        width: width ?? (i === 0 && innerWidth < 600 ? 170 : defaultWidth(field, i === 0)),
        ...(filtered.has(field.id)
          ? { mark: 'filter' as const }
          : sorted.has(field.id)
            ? { mark: 'sort' as const }
            : {}),
      }));
  }, [state.shown, state.filter, state.sort]);
  const fields = useMemo(() => columns.map((column) => column.field), [columns]);

  const peers = useMemo<Peer[]>(
    () =>
      people.flatMap((person) => {
        const at = person.state;
        if (at?.table !== table.id || !at.record || !at.field) return [];
        const color = personColor(person.member ?? person.connection);
        return [{ key: person.connection, name: person.name, color, record: at.record, field: at.field }];
      }),
    [people, table.id],
  );

  const cell = selection?.cell;
  const focusedField = cell && fields[cell.column]?.id;
  const focusedRecord = cell ? live?.row(cell.row)?.id : record;
  useEffect(() => {
    announce({
      table: table.id,
      view: view.id,
      ...(focusedRecord ? { record: focusedRecord } : {}),
      ...(focusedField ? { field: focusedField } : {}),
    });
  }, [announce, table.id, view.id, focusedRecord, focusedField]);

  const { filter, levels } = state;
  const finding = useFind({
    base: id,
    table: table.id,
    query: state.finds,
    columns: useMemo(() => fields.map((field) => field.id), [fields]),
    live,
    text: state.search,
    // In a view that was just narrowed the focused cell is another one; a line among groups is no place among records.
    start: () =>
      cell && !state.narrowed && levels.length === 0 && !state.tree
        ? { at: cell.row, field: fields[cell.column]?.id ?? '' }
        : null,
    onSpot: async (spot) => {
      const line = levels.length > 0 || state.tree ? await live?.lineOf(spot.at) : spot.at;
      const column = fields.findIndex((field) => field.id === spot.field);
      if (line !== undefined) grid.current?.reveal(line, column, true);
    },
  });
  useCommands([
    {
      id: 'table.find',
      title: t('search.command'),
      group: table.name,
      keys: ['mod+f'],
      run: () => {
        searchInput.current?.focus();
        searchInput.current?.select();
      },
    },
    {
      id: 'table.next',
      title: t('search.next'),
      group: table.name,
      keys: ['F3', 'mod+g'],
      inText: true,
      run: finding.next,
    },
    {
      id: 'table.previous',
      title: t('search.previous'),
      group: table.name,
      keys: ['shift+F3', 'mod+shift+g'],
      inText: true,
      run: finding.previous,
    },
  ]);
  // What was changed here stays in its place until somebody goes on to another record, or looks at others.
  useEffect(() => live?.moveOn(focusedRecord), [live, focusedRecord]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter, order or grouping is another list
  useEffect(() => live?.moveOn(), [live, state.filter, state.sort, state.levels, state.tree]);

  const { follow } = props;
  useEffect(() => {
    const row = follow?.record && live?.indexOf(follow.record);
    if (typeof row !== 'number') return;
    grid.current?.reveal(
      row,
      Math.max(
        0,
        fields.findIndex((field) => field.id === follow?.field),
      ),
    );
  }, [follow, live, fields]);

  const asks = table.fields.some(needsValue);
  /** An empty record is made at once, unless some of its fields need a value. */
  const create = useCallback(
    (rows: readonly Record<string, CellValue>[], place?: Place) => {
      const like = { filter, group: levels, fields: table.fields, zone: locale.zone };
      const filled = rows.map((row) => prefilled(row, place?.path ?? [], like));
      if (asks && rows.length === 1 && Object.keys(rows[0] ?? {}).length === 0) setAsking(filled[0] ?? {});
      else records.create(filled, place?.line);
    },
    [asks, records.create, filter, levels, table.fields, locale.zone],
  );
  const reveal = useCallback(() => requestAnimationFrame(() => grid.current?.revealNew()), []);
  const add = useCallback(() => {
    create([{}]);
    if (!asks) reveal();
  }, [create, asks, reveal]);

  /** A new record above or below the focused one: it stays there until one moves on. */
  function insertBeside(below: boolean) {
    if (!cell || !live) return add();
    const line = cell.row + Number(below);
    create([{}], { path: live.groupAt(cell.row), line });
    if (!asks) requestAnimationFrame(() => grid.current?.reveal(line));
  }

  /** A new record under the focused one, after those that are there. */
  function insertUnder(parent: string, link: string) {
    if (!cell || !live) return;
    const twig = live.twig(cell.row);
    if (twig?.folded) live.foldBranch(parent, false);
    let line = cell.row + 1;
    while (!twig?.folded && live.row(line) && (live.twig(line)?.depth ?? 0) > (twig?.depth ?? 0)) line++;
    const like = { filter, group: levels, fields: table.fields, zone: locale.zone };
    const named = { [link]: [{ id: parent, text: '' }] };
    const filled = prefilled(named, live.groupAt(cell.row), like);
    if (asks) return setAsking(filled);
    records.create([filled], line);
    requestAnimationFrame(() => {
      grid.current?.reveal(line);
      requestAnimationFrame(() => grid.current?.edit());
    });
  }

  /** Makes a link of the table to itself, and has records stand under those it names. */
  async function createTree() {
    const taken = table.fields.map((field) => field.name);
    const name = freeName(t('group:tree.parent'), taken);
    const mirror = { name: freeName(t('group:tree.children'), [...taken, name]), multiple: true };
    const made = await fieldActions.create({ name, type: 'link', table: table.id, multiple: false, mirror });
    if (made) state.setTree(made.id);
  }

  async function deleteSelected() {
    const ids = (await grid.current?.selectedRecords()) ?? [];
    if (ids.length > 50) {
      const yes = await confirm({
        title: t('record.deleteMany', { count: ids.length }),
        body: t('record.deleteBody'),
        action: t('delete'),
        danger: true,
      });
      if (!yes) return;
    }
    records.remove(ids);
    grid.current?.deselect();
  }

  const services = useCellServices({
    base,
    table,
    locale,
    editable,
    cellsOf: (one) => live?.record(one)?.cells,
    edit: (one, field, value) => live?.edit([{ id: one, fields: { [field]: value ?? null } }]),
    createChoices: records.createChoices,
    // The press that opens it gives the focus to the grid first.
    openRecord: (to, one) => requestAnimationFrame(() => setOpened({ table: to, record: one })),
    preview,
  });

  function copyLink(one: string) {
    const link = new URL(location.href);
    link.pathname = `/base/${id}/${table.id}/${view.id}`;
    link.search = new URLSearchParams({ record: one }).toString();
    void navigator.clipboard.writeText(link.href).then(() => notify(t('record.linkCopied')));
  }
  /** How many columns stay in place when those up to a field do. */
  const frozenTo = (field: string | undefined) => fields.findIndex((one) => one.id === field) + 1;

  async function duplicateSelected() {
    const ids = (await grid.current?.selectedRecords()) ?? [];
    const rows = ids.flatMap((one) => live?.record(one) ?? []);
    records.create(await Promise.all(rows.map((row) => copyOf(row.id, row.cells, table.fields, services.wholeCell))));
  }

  return (
    <ServicesContext value={services}>
      <div className={classes.stack}>
        <Toolbar
          table={table}
          shown={state.shown}
          filter={state.filter}
          group={state.group}
          levels={state.levels}
          sort={state.sort}
          rowHeight={state.rowHeight}
          locale={locale}
          rules={state.rules.drafts}
          local={state.local !== null}
          locked={view.locked === true && !mayChange}
          onKeep={
            editable && member
              ? () => {
                  viewActions.copy(true, state.local ?? {});
                  state.reset();
                }
              : null
          }
          canAdd={editable}
          filterOpen={filterOpen}
          switcher={<ViewSwitcher base={id} table={table} view={view} role={role} me={member} onOpen={props.onView} />}
          find={
            <FindBox
              inputRef={searchInput}
              text={state.search}
              finding={finding}
              narrowed={state.narrowed}
              onText={state.setSearch}
              onNarrow={state.setNarrowed}
              onLeave={() => grid.current?.focus()}
            />
          }
          onFilterOpen={setFilterOpen}
          onGroup={state.setGroup}
          onLevels={state.setLevels}
          onFoldAll={(folded) => live?.foldAll(folded)}
          links={state.links}
          tree={state.tree}
          onTree={state.setTree}
          onCreateTree={editable ? () => void createTree() : undefined}
          onFoldBranches={(folded) => live?.foldBranches(folded)}
          onSort={state.setSort}
          onRules={state.rules.set}
          onFields={state.setFields}
          onRowHeight={state.setRowHeight}
          onReset={state.reset}
          onAdd={add}
        />
        <div className={classes.body}>
          <div className={classes.stack}>
            {source && live && (
              <Grid
                ref={grid}
                columns={columns}
                fields={table.fields}
                source={source}
                rowHeight={state.rowHeight}
                frozen={state.frozen}
                colors={state.colors}
                locale={locale}
                editable={editable}
                configurable={editable}
                peers={peers}
                found={finding.found}
                onEdit={records.edit}
                onCreate={create}
                onCreateChoices={records.createChoices}
                onAddField={(at) => fieldActions.open(null, at)}
                onFieldMenu={(field, at) => setHeader({ field, at })}
                onCellMenu={setCellMenu}
                onResize={(field, width) => state.setFields(withField(state.shown, field, { width }))}
                onFreeze={state.setFrozen}
                onMove={(from, to) => state.setFields(moved(state.shown, from, to))}
                onExpand={expand}
                comments={comments}
                onComments={(one) => {
                  setPart({ tab: 'comments', field: null });
                  expand(one);
                }}
                onSelect={setSelection}
                onDelete={() => void deleteSelected()}
                onFold={(path, folded) => live.fold(path, folded)}
                onFoldAll={(folded) => (levels.length > 0 ? live.foldAll(folded) : live.foldBranches(folded))}
                onFoldBranch={(one, folded) => live.foldBranch(one, folded)}
                onGroupMenu={setGroupMenu}
                onSummary={state.setSummary}
                onUndo={editable ? props.onUndo : () => undefined}
                onRedo={editable ? props.onRedo : () => undefined}
                onNotice={records.notice}
              />
            )}
            {source && live ? (
              <Cover
                live={live}
                filtered={state.filter !== null || (state.narrowed && state.search !== '')}
                editable={editable}
                onClear={() => {
                  state.setSearch('');
                  if (state.filter) state.setGroup({ kind: 'group', all: true, parts: [] });
                }}
                onAdd={add}
                onImport={props.onImport}
              />
            ) : (
              <GridSkeleton />
            )}
            {source && <Footer base={base} source={source} fields={fields} selection={selection} />}
          </div>
          {(record || opened) && live && (
            <RecordPanel
              base={base}
              table={table}
              fields={state.shown.map((entry) => entry.field)}
              record={record}
              opened={opened}
              live={live}
              locale={locale}
              editable={editable}
              tab={part.tab}
              field={part.field}
              onTab={(tab, field) => setPart({ tab, field })}
              onOpen={expand}
              onClose={() => {
                setOpened(null);
                setPart({ tab: 'fields', field: null });
                if (record) props.onRecord(undefined);
                grid.current?.focus();
              }}
              onDelete={(one) => {
                props.onRecord(undefined);
                records.remove([one]);
              }}
              services={{ createChoices: records.createChoices, preview }}
            />
          )}
        </div>
        <CellMenu
          at={cellMenu}
          rows={selection?.rowCount || selection?.range?.height || 1}
          editable={editable}
          onClose={() => {
            setCellMenu(null);
            grid.current?.focus();
          }}
          onExpand={() => focusedRecord && expand(focusedRecord)}
          onCopyLink={() => focusedRecord && copyLink(focusedRecord)}
          onHistory={
            focusedRecord && focusedField
              ? () => {
                  setPart({ tab: 'history', field: focusedField });
                  expand(focusedRecord);
                }
              : undefined
          }
          onCopy={() => void grid.current?.copy()}
          onPaste={() => void grid.current?.paste()}
          onClear={() => void grid.current?.clear()}
          onInsert={insertBeside}
          onInsertUnder={
            state.tree && focusedRecord ? () => state.tree && insertUnder(focusedRecord, state.tree) : undefined
          }
          onDuplicate={() => void duplicateSelected()}
          onDelete={() => void deleteSelected()}
        />
        <GroupMenu
          at={groupMenu}
          onClose={() => {
            setGroupMenu(null);
            grid.current?.focus();
          }}
          onFoldAll={(folded) => live?.foldAll(folded)}
        />
        <HeaderMenu
          at={header?.at ?? null}
          field={header?.field ?? null}
          primary={header?.field.id === table.fields[0]?.id}
          editable={editable}
          onClose={() => setHeader(null)}
          onEdit={() => header && fieldActions.open(header.field, header.at)}
          onSort={(descending) => header && state.setSort([{ field: header.field.id, descending }])}
          onFilter={() => {
            if (!header) return;
            state.setGroup({ ...state.group, parts: [...state.group.parts, newCondition(header.field)] });
            setFilterOpen(true);
          }}
          onHide={() => header && state.setFields(withField(state.shown, header.field.id, { hidden: true }))}
          onDuplicate={() => header && void fieldActions.duplicate(header.field)}
          onExplain={() => header && fieldActions.explain(header.field)}
          onFreeze={
            frozenTo(header?.field.id) === state.frozen ? null : () => state.setFrozen(frozenTo(header?.field.id))
          }
          onUnfreeze={() => state.setFrozen(0)}
          onInsert={(after) => header && fieldActions.openBeside(header.field, after, header.at)}
          onDelete={() => header && void fieldActions.remove(header.field)}
        />
        {fieldActions.editing && (
          <Suspense fallback={null}>
            <FieldEditor
              key={fieldActions.editing.field?.id ?? 'new'}
              anchor={fieldActions.editing.at}
              base={id}
              own={table}
              tables={base.tables}
              field={fieldActions.editing.field}
              record={focusedRecord ?? live?.row(0)?.id}
              locale={locale}
              onClose={fieldActions.close}
              onCreate={(field) => void fieldActions.create(field)}
              onUpdate={(field, change) => void fieldActions.update(field, change)}
            />
          </Suspense>
        )}
        {fieldActions.explained && (
          <Suspense fallback={null}>
            <ExplainDialog
              base={base}
              table={table}
              field={fieldActions.explained}
              onClose={() => fieldActions.explain(null)}
            />
          </Suspense>
        )}
        {asking && (
          <Suspense fallback={null}>
            <NewRecord
              base={base}
              table={table}
              locale={locale}
              services={{ createChoices: records.createChoices, preview, openRecord: services.openRecord }}
              onClose={() => setAsking(null)}
              onCreate={(cells) => {
                records.create([{ ...asking, ...cells }]);
                reveal();
              }}
            />
          </Suspense>
        )}
        {previewed && (
          <Suspense fallback={null}>
            <FilePreview {...previewed} onClose={() => setPreviewed(null)} />
          </Suspense>
        )}
      </div>
    </ServicesContext>
  );
}
