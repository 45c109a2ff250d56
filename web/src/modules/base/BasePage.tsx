/** A base: its tables, the view of one, and who else is there. */
import { Button } from '@mantine/core';
import { IconLock, IconTablePlus } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../app/commands';
import { api, ProblemError } from '../../data/client';
import { useMe } from '../../data/me';
import { outbox } from '../../data/records';
import type { Locale } from '../../grid/format';
import { usePageTitle } from '../../ui/Page';
import { EmptyState, ErrorState } from '../../ui/States';
import classes from './Base.module.css';
import { BaseHeader } from './BaseHeader';
import { GridSkeleton } from './GridSkeleton';
import type { Part } from './history/HistoryDrawer';
import { Jobs } from './Jobs';
import type { Job } from './jobs';
import type { Base } from './model';
import { TableTabs } from './TableTabs';
import { TableView } from './TableView';
import { type Person, useBase } from './useBase';
import { useNames } from './useNames';
import { useUndo } from './useUndo';
import { isDrawn } from './views/kinds';

const DashboardPage = lazy(() => import('./dashboard/DashboardPage'));
const HistoryDrawer = lazy(() => import('./history/HistoryDrawer'));
const ImportWizard = lazy(() => import('./import/ImportWizard'));
const KindView = lazy(() => import('./views/KindView'));
const tags: Record<string, string> = { en: 'en', zh: 'zh-CN', ja: 'ja' };

export default function BasePage() {
  const { base: id = '' } = useParams({ strict: false });
  return <OpenBase key={id} id={id} />;
}

function OpenBase({ id }: { id: string }) {
  const { t } = useTranslation('base');
  const navigate = useNavigate();
  const me = useMe();
  const { query, others, jobs, gone, announce } = useBase(id);
  usePageTitle(query.data?.resource.name);

  useEffect(() => {
    void outbox.open(me.member?.id ?? me.link?.resource ?? '');
  }, [me]);
  useEffect(() => {
    api.post(`/resources/${id}/opened`).catch(() => undefined);
  }, [id]);

  const lost = query.error instanceof ProblemError && [403, 404, 410].includes(query.error.status);
  if (gone || (lost && !query.isFetching)) {
    return (
      <div className={classes.page}>
        <EmptyState icon={IconLock} title={t('gone.title')} hint={t('gone.hint')}>
          <Button variant="default" onClick={() => void navigate({ to: '/drive' })}>
            {t('gone.home')}
          </Button>
        </EmptyState>
      </div>
    );
  }
  if (query.data) return <LoadedBase base={query.data} others={others} jobs={jobs} announce={announce} />;
  return (
    <div className={classes.page}>
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className={classes.stack}>
          <GridSkeleton />
        </div>
      )}
    </div>
  );
}

interface LoadedProps {
  base: Base;
  others: readonly Person[];
  jobs: readonly Job[];
  announce: (state: Person['state']) => void;
}

function LoadedBase({ base, others, jobs, announce }: LoadedProps) {
  const { t, i18n } = useTranslation('base');
  const navigate = useNavigate();
  const params = useParams({ strict: false });
  const search = useSearch({ strict: false }) as { record?: string };
  const me = useMe();
  const [importing, setImporting] = useState<{ into: string | null } | null>(null);
  const [past, setPast] = useState<{ part: Part; table: string | null } | null>(null);
  const [follow, setFollow] = useState<{ record?: string; field?: string } | null>(null);
  const id = base.resource.id;
  const editable = base.resource.role === 'edit' || base.resource.role === 'manage';
  const { undo, redo, canUndo, canRedo } = useUndo(id, editable);
  const names = useNames();
  const locale = useMemo<Locale>(
    () => ({
      language: tags[i18n.language] ?? 'en',
      zone: me.member?.time_zone || Intl.DateTimeFormat().resolvedOptions().timeZone,
      names,
    }),
    [i18n.language, me.member?.time_zone, names],
  );
  const dashboard = params.table?.startsWith('dsh_') ? params.table : undefined;
  const table = base.tables.find((one) => one.id === params.table) ?? base.tables[0];
  const view = table?.views.find((one) => one.id === params.view) ?? table?.views[0];
  const drawn = view !== undefined && isDrawn(view.kind.type);
  const Shown = drawn ? KindView : TableView;

  const open = useCallback(
    (tableId: string | undefined, viewId?: string, record?: string, replace = false) =>
      void navigate({
        to: '/base/$base/{-$table}/{-$view}',
        params: { base: id, table: tableId, view: viewId },
        search: (record ? { record } : {}) as never,
        replace,
      }),
    [navigate, id],
  );
  const onRecord = useCallback(
    (record: string | undefined) => table && open(table.id, view?.id, record, search.record !== undefined),
    [open, table, view, search.record],
  );

  useCommands([
    {
      id: 'base.undo',
      title: t('undo.undo'),
      group: base.resource.name,
      keys: ['mod+z'],
      inText: false,
      when: () => editable && !inField(),
      run: undo,
    },
    {
      id: 'base.redo',
      title: t('undo.redo'),
      group: base.resource.name,
      keys: ['mod+shift+z', 'mod+y'],
      inText: false,
      when: () => editable && !inField(),
      run: redo,
    },
    {
      id: 'base.import',
      title: t('import.title'),
      group: base.resource.name,
      when: () => editable,
      run: () => setImporting({ into: null }),
    },
    {
      id: 'base.history',
      title: t('history:open'),
      group: base.resource.name,
      when: () => editable,
      run: () => setPast({ part: 'history', table: null }),
    },
    {
      id: 'base.trash',
      title: t('history:openTrash'),
      group: base.resource.name,
      when: () => editable,
      run: () => setPast({ part: 'trash', table: null }),
    },
  ]);

  function go(person: Person) {
    const at = person.state;
    if (!at?.table) return;
    if (at.table !== table?.id || at.view !== view?.id) open(at.table, at.view);
    setFollow({ ...(at.record ? { record: at.record } : {}), ...(at.field ? { field: at.field } : {}) });
  }

  return (
    <div className={classes.page}>
      <BaseHeader
        base={base}
        people={others}
        editable={editable}
        exports={table && view && !dashboard ? { table: table.id, view: view.id } : null}
        onUndo={canUndo ? undo : null}
        onRedo={canRedo ? redo : null}
        onImport={() => setImporting({ into: table?.id ?? null })}
        onPast={(part) => setPast({ part, table: null })}
        onFollow={go}
      />
      <TableTabs
        base={base}
        current={dashboard ?? table?.id ?? ''}
        editable={editable}
        onOpen={(one) => open(one)}
        onImport={() => setImporting({ into: null })}
        onHistory={(one) => setPast({ part: 'history', table: one })}
        onUndo={undo}
      />
      <Jobs base={base} jobs={jobs} editable={editable} />
      {dashboard ? (
        <Suspense
          fallback={
            <div className={classes.stack}>
              <GridSkeleton />
            </div>
          }
        >
          <DashboardPage
            key={dashboard}
            base={base}
            id={dashboard}
            editable={editable}
            locale={locale}
            onRecord={(one, record) => open(one, undefined, record)}
            onUndo={undo}
          />
        </Suspense>
      ) : table && view ? (
        <Suspense
          fallback={
            <div className={classes.stack}>
              <GridSkeleton />
            </div>
          }
        >
          <Shown
            key={drawn ? view.id : table.id}
            base={base}
            table={table}
            view={view}
            record={search.record}
            editable={editable}
            locale={locale}
            people={others}
            follow={follow}
            announce={announce}
            onView={(one) => open(table.id, one)}
            onRecord={onRecord}
            onImport={() => setImporting({ into: table.id })}
            onUndo={undo}
            onRedo={redo}
          />
        </Suspense>
      ) : (
        <EmptyState icon={IconTablePlus} title={t('empty.noTables')} hint={t('empty.noTablesHint')}>
          {editable && <Button onClick={() => setImporting({ into: null })}>{t('import.title')}</Button>}
        </EmptyState>
      )}
      {past && (
        <Suspense fallback={null}>
          <HistoryDrawer
            base={base}
            part={past.part}
            table={past.table}
            locale={locale}
            onPart={(part) => setPast({ ...past, part })}
            onClose={() => setPast(null)}
          />
        </Suspense>
      )}
      {importing && (
        <Suspense fallback={null}>
          <ImportWizard
            base={base}
            into={importing.into}
            zone={locale.zone}
            onClose={() => setImporting(null)}
            onDone={(done) => open(done)}
          />
        </Suspense>
      )}
    </div>
  );
}

/** Typing has its own undo. The grid's text field is none: it hands its keys to the grid. */
function inField(): boolean {
  const element = document.activeElement;
  return (
    element instanceof HTMLInputElement ||
    (element instanceof HTMLTextAreaElement && !element.hasAttribute('data-grid-input'))
  );
}
