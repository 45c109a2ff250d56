/** A table as a view that is no grid shows it: toolbar, record panel and dialogs around the component that draws its kind. */
import { type ComponentType, lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../../app/commands';
import type { LiveView } from '../../../data/live-view';
import { useMe } from '../../../data/me';
import type { CellValue, FileRef } from '../../../grid/model';
import { ServicesContext } from '../../../grid/services';
import { notify } from '../../../ui/notify';
import { baseApi } from '../api';
import classes from '../Base.module.css';
import { Cover } from '../Cover';
import { Footer } from '../Footer';
import { GridSkeleton } from '../GridSkeleton';
import { cellsOfFilter } from '../groups/prefill';
import { canChange, withField } from '../model';
import { copyOf } from '../record/copy';
import { RecordPanel, type Step } from '../record/RecordPanel';
import type { RecordTab } from '../record/RecordTabs';
import type { TableProps } from '../TableView';
import { Toolbar } from '../toolbar/Toolbar';
import { changeBase } from '../useBase';
import { useSource } from '../useLiveView';
import { useRecords } from '../useRecords';
import { needsValue, useCellServices } from '../useServices';
import { useViewState } from '../useViewState';
import { type KindProps, kinds, type RecordActions, type SettingsProps } from './kinds';
import { SearchBox } from './SearchBox';
import { useLive } from './useLive';
import { useViewActions } from './useViewActions';
import { ViewSwitcher } from './ViewSwitcher';

const NewRecord = lazy(() => import('../record/NewRecord'));
const FilePreview = lazy(() => import('../FilePreview'));

export default function KindView(props: TableProps) {
  const { base, table, view, record, editable, locale, announce, onRecord } = props;
  const { t } = useTranslation('base');
  const id = base.resource.id;
  const { role } = base.resource;
  const mayChange = canChange(view, role);
  const member = useMe().member?.id ?? null;
  const state = useViewState(id, table, view, mayChange);
  const viewActions = useViewActions({ base: id, table, view, me: member, onOpen: props.onView });
  const drawn = kinds[state.kind.type];
  const live = useLive(state.request, drawn.folded === true);
  const source = useSource(live);
  const records = useRecords(id, table, live, props.onUndo);
  const search = useRef<HTMLInputElement>(null);
  const [filterOpen, setFilterOpen] = useState(false);
  const [previewed, setPreviewed] = useState<{ files: readonly FileRef[]; index: number } | null>(null);
  const [opened, setOpened] = useState<Step | null>(null);
  const [near, setNear] = useState<LiveView | null>(null);
  const [part, setPart] = useState<{ tab: RecordTab; field: string | null }>({ tab: 'fields', field: null });
  const [asking, setAsking] = useState<Record<string, CellValue> | null>(null);
  const preview = useCallback((files: readonly FileRef[], index: number) => setPreviewed({ files, index }), []);
  const [title] = table.fields;
  const fields = useMemo(
    () => state.shown.filter((entry) => !entry.hidden && entry.field.id !== title?.id).map((entry) => entry.field),
    [state.shown, title?.id],
  );

  useEffect(
    () => announce({ table: table.id, view: view.id, ...(record ? { record } : {}) }),
    [announce, table.id, view.id, record],
  );
  useCommands([
    {
      id: 'table.find',
      title: t('search.command'),
      group: table.name,
      keys: ['mod+f'],
      run: () => search.current?.select(),
    },
  ]);

  const open = useCallback(
    (one: string, among?: LiveView) => {
      setOpened(null);
      setNear(among ?? null);
      onRecord(one);
    },
    [onRecord],
  );
  const { filter, setSearch, setNarrowed } = state;
  const asks = table.fields.some(needsValue);
  const create = useCallback(
    (cells: Record<string, CellValue>): string | undefined => {
      const filled = { ...cellsOfFilter(filter, table.fields), ...cells };
      if (!asks) return records.create([filled]);
      setAsking(filled);
      return undefined;
    },
    [asks, records.create, filter, table.fields],
  );
  const add = useCallback(() => {
    const made = create({});
    if (made) open(made);
  }, [create, open]);
  const actions: RecordActions = {
    open,
    copyLink: (one) => {
      const link = new URL(location.href);
      link.pathname = `/base/${id}/${table.id}/${view.id}`;
      link.search = new URLSearchParams({ record: one }).toString();
      void navigator.clipboard.writeText(link.href).then(() => notify(t('record.linkCopied')));
    },
    duplicate: (one, cells) =>
      void copyOf(one, cells, table.fields, services.wholeCell).then((copy) => records.create([copy])),
    remove: (ids) => {
      if (record && ids.includes(record)) onRecord(undefined);
      records.remove(ids);
    },
  };
  const services = useCellServices({
    base,
    table,
    locale,
    editable,
    cellsOf: (one) => live?.record(one)?.cells,
    edit: (one, field, value) => live?.edit([{ id: one, fields: { [field]: value ?? null } }]),
    createChoices: records.createChoices,
    openRecord: (to, one) => requestAnimationFrame(() => setOpened({ table: to, record: one })),
    preview,
  });
  const narrow = useCallback(
    (text: string) => {
      setNarrowed(text !== '');
      setSearch(text);
    },
    [setNarrowed, setSearch],
  );
  const createField: SettingsProps['createField'] = async (input) => {
    const answer = await changeBase(id, null, () => baseApi.createField(id, table.id, input), t('field.notCreated'));
    if (answer) state.setFields([...withField(state.shown, '', {}), { field: answer.field.id, hidden: true }]);
    return answer?.field.id;
  };
  const Drawn = drawn.View as ComponentType<KindProps> | undefined;
  const Settings = drawn.Settings as ComponentType<SettingsProps> | undefined;
  const onKind = state.setKind as KindProps['onKind'];
  const kind = state.kind as KindProps['kind'];

  return (
    <ServicesContext value={services}>
      <div className={classes.stack}>
        <Toolbar
          table={table}
          shown={state.shown}
          filter={filter}
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
          find={<SearchBox inputRef={search} text={state.search} onText={narrow} />}
          onFilterOpen={setFilterOpen}
          onGroup={state.setGroup}
          onLevels={drawn.tools?.group ? state.setLevels : undefined}
          onFoldAll={(folded) => live?.foldAll(folded)}
          links={state.links}
          tree={null}
          onTree={undefined}
          onCreateTree={undefined}
          onFoldBranches={() => undefined}
          onSort={drawn.tools?.sort === false ? undefined : state.setSort}
          onRules={state.rules.set}
          onFields={state.setFields}
          onRowHeight={undefined}
          onReset={state.reset}
          onAdd={add}
          settings={
            Settings && {
              key: 'kind',
              icon: drawn.icon,
              label: t(`view:kind.${state.kind.type}`),
              on: false,
              content: (
                <Suspense fallback={null}>
                  <Settings table={table} kind={kind} onKind={onKind} createField={createField} />
                </Suspense>
              ),
            }
          }
        />
        <div className={classes.body}>
          <div className={classes.stack}>
            {live && title && Drawn ? (
              <div className={classes.stack}>
                <Suspense fallback={<GridSkeleton />}>
                  <Drawn
                    base={base}
                    table={table}
                    view={view}
                    kind={kind}
                    onKind={onKind}
                    state={state}
                    title={title}
                    fields={fields}
                    live={live}
                    records={records}
                    actions={actions}
                    create={create}
                    record={record}
                    editable={editable}
                    locale={locale}
                  />
                </Suspense>
                {drawn.covered && (
                  <Cover
                    live={live}
                    filtered={filter !== null || state.search !== ''}
                    editable={editable}
                    onClear={() => {
                      narrow('');
                      if (filter) state.setGroup({ kind: 'group', all: true, parts: [] });
                    }}
                    onAdd={add}
                    onImport={props.onImport}
                  />
                )}
              </div>
            ) : (
              <GridSkeleton />
            )}
            {source && <Footer base={base} source={source} fields={fields} selection={null} />}
          </div>
          {(record || opened) && live && (
            <RecordPanel
              base={base}
              table={table}
              fields={state.shown.map((entry) => entry.field)}
              record={record}
              opened={opened}
              live={near ?? live}
              locale={locale}
              editable={editable}
              tab={part.tab}
              field={part.field}
              onTab={(tab, field) => setPart({ tab, field })}
              onOpen={(one) => open(one, near ?? undefined)}
              onClose={() => {
                setOpened(null);
                setPart({ tab: 'fields', field: null });
                if (record) onRecord(undefined);
              }}
              onDelete={(one) => actions.remove([one])}
              services={{ createChoices: records.createChoices, preview }}
            />
          )}
        </div>
        {asking && (
          <Suspense fallback={null}>
            <NewRecord
              base={base}
              table={table}
              locale={locale}
              services={{ createChoices: records.createChoices, preview, openRecord: services.openRecord }}
              onClose={() => setAsking(null)}
              onCreate={(cells) => records.create([{ ...asking, ...cells }])}
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
