/** A dashboard: widgets on a grid of twelve columns, one below the other where there is no room. */
import { ActionIcon, Button, Modal } from '@mantine/core';
import { IconChartBar, IconMaximize } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { notifyUndo } from '../../../ui/notify';
import { EmptyState, ErrorState, ListSkeleton } from '../../../ui/States';
import type { Base } from '../model';
import { Behind } from './Behind';
import classes from './Dashboard.module.css';
import { Editor } from './Editor';
import { Gallery } from './Gallery';
import { differing, freeSpot, type Placed, withSpot } from './layout';
import {
  type Dashboard,
  kindOf,
  newWidget,
  type Pick,
  type Picked,
  tableOf,
  type Widget,
  type WidgetInput,
} from './model';
import { useDashboard, useShown } from './useDashboard';
import { gap, rowHeight, useGrab } from './useGrab';
import { WidgetBody } from './WidgetBody';
import { WidgetFrame } from './WidgetFrame';

interface Props {
  base: Base;
  id: string;
  editable: boolean;
  locale: Locale;
  onRecord: (table: string, record: string) => void;
  onUndo: () => void;
}

export default function DashboardPage(props: Props) {
  const { base, id } = props;
  const { t } = useTranslation('dashboards');
  const { query, gone, change } = useDashboard(base.resource.id, id);
  if (gone) return <EmptyState icon={IconChartBar} title={t('gone')} hint={t('goneHint')} />;
  if (query.isError && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <ListSkeleton />;
  return <Loaded {...props} dashboard={query.data} change={change} />;
}

type Loading = ReturnType<typeof useDashboard>;

/** What is picked in controls stands in the address, so that it can be sent to others and is one's own. */
function usePicked(): [Picked[], (id: string, picked: Picked | null) => void] {
  const { pick } = useSearch({ strict: false }) as { pick?: unknown };
  const navigate = useNavigate();
  const picked = useMemo(
    () =>
      (Array.isArray(pick) ? pick : []).filter(
        (one): one is Picked => typeof one?.widget === 'string' && typeof one?.op === 'string',
      ),
    [pick],
  );
  const set = (id: string, next: Picked | null) => {
    const rest = picked.filter((one) => one.widget !== id);
    const all = next ? [...rest, next] : rest;
    void navigate({ to: '.', search: (all.length > 0 ? { pick: all } : {}) as never, replace: true });
  };
  return [picked, set];
}

/** What is not filled in yet picks nothing. */
const counts = (one: Picked): boolean => {
  if (['empty', 'not_empty', 'is_error', 'not_error'].includes(one.op)) return true;
  if (Array.isArray(one.value)) return one.value.length > 0 && one.value.every((part) => part !== null && part !== '');
  return one.value !== null && one.value !== undefined && one.value !== '';
};

function Loaded({
  base,
  id,
  editable,
  locale,
  dashboard,
  change,
  onRecord,
  onUndo,
}: Props & { dashboard: Dashboard; change: Loading['change'] }) {
  const { t } = useTranslation('dashboards');
  const [picks, setPick] = usePicked();
  const picked = useMemo(() => picks.filter(counts), [picks]);
  const [editing, setEditing] = useState<WidgetInput | null>(null);
  const [full, setFull] = useState<string | null>(null);
  const [behind, setBehind] = useState<{ widget: string; at: Pick[]; title: string } | null>(null);
  const page = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const { widgets } = dashboard;

  function place(next: readonly Placed[]) {
    const places = differing(widgets, next).map(({ id: one, x, y, w, h }) => ({ id: one, x, y, w, h }));
    if (places.length === 0) return;
    const to = new Map(next.map((one) => [one.id, one]));
    const put = (widget: Widget): Widget => {
      const spot = to.get(widget.id);
      return spot ? { ...widget, x: spot.x, y: spot.y, w: spot.w, h: spot.h } : widget;
    };
    void change((old) => ({ ...old, widgets: old.widgets.map(put) }), { places });
  }
  const { grab, shown, held } = useGrab(grid, widgets, place);
  const spots = new Map((shown ?? widgets).map((one) => [one.id, one]));

  const [first] = base.tables;
  const add = (input: WidgetInput) => ({ ...input, ...freeSpot(widgets, input.w, input.h) });

  async function save(input: WidgetInput) {
    setEditing(null);
    const same = (old: Dashboard) =>
      input.id ? { ...old, widgets: old.widgets.map((one) => (one.id === input.id ? (input as Widget) : one)) } : old;
    if (!(await change(same, { put: [input] }))) setEditing(input);
  }

  async function remove(widget: Widget) {
    const rest = (old: Dashboard) => ({ ...old, widgets: old.widgets.filter((one) => one.id !== widget.id) });
    if (await change(rest, { remove: [widget.id] })) notifyUndo(t('removed'), onUndo);
  }

  const nameOf = (widget: WidgetInput) =>
    widget.title || t(widget.type === 'chart' ? `form.${widget.form}` : `kind.${widget.type}`);
  const shownFull = widgets.find((one) => one.id === full);
  const looked = behind && widgets.find((one) => one.id === behind.widget);
  const table = looked && base.tables.find((one) => one.id === tableOf(kindOf(looked)));
  const ordered = [...widgets].sort((a, b) => a.y - b.y || a.x - b.x);

  return (
    <div ref={page} className={classes.page}>
      <div className={classes.bar}>
        <h1>{dashboard.name}</h1>
        <span className={classes.grow} />
        <ActionIcon
          size={30}
          aria-label={t('fullPage')}
          title={t('fullPage')}
          onClick={() =>
            void (document.fullscreenElement ? document.exitFullscreen() : page.current?.requestFullscreen())
          }
        >
          <IconMaximize size={17} />
        </ActionIcon>
        {editable && first && <Gallery onAdd={(what) => setEditing(add(newWidget(what, first)))} />}
      </div>
      {widgets.length === 0 ? (
        <EmptyState icon={IconChartBar} title={t('empty')} hint={t(editable ? 'emptyHint' : 'emptyReader')} />
      ) : (
        <div
          ref={grid}
          className={classes.grid}
          style={{ '--row': `${rowHeight}px`, '--gap': `${gap}px` } as React.CSSProperties}
        >
          {ordered.map((widget) => {
            const spot = spots.get(widget.id) ?? widget;
            return (
              <div
                key={widget.id}
                className={classes.spot}
                data-held={held === widget.id || undefined}
                style={{ '--x': spot.x + 1, '--y': spot.y + 1, '--w': spot.w, '--h': spot.h } as React.CSSProperties}
              >
                <WidgetFrame
                  base={base}
                  dashboard={id}
                  widget={widget}
                  editable={editable}
                  picked={widget.type === 'control' ? picks : picked}
                  locale={locale}
                  onGrab={(event, how) => grab(event, widget.id, how)}
                  onSpot={(next) => place(withSpot(widgets, widget.id, next))}
                  onEdit={() => setEditing(widget)}
                  onCopy={() => {
                    const { id: _id, ...copy } = widget;
                    void change(null, { put: [add(copy as WidgetInput)] });
                  }}
                  onRemove={() => void remove(widget)}
                  onFull={() => setFull(widget.id)}
                  onBehind={(at, title) => setBehind({ widget: widget.id, at, title })}
                  onRecord={onRecord}
                  onPick={setPick}
                />
              </div>
            );
          })}
        </div>
      )}
      {editing && (
        <Editor
          base={base}
          widget={editing}
          others={widgets
            .filter((one) => one.id !== editing.id && tableOf(kindOf(one)) !== undefined)
            .map((one) => ({ id: one.id, name: nameOf(one) }))}
          locale={locale}
          onSave={(input) => void save(input)}
          onClose={() => setEditing(null)}
        />
      )}
      {shownFull && (
        <FullWidget
          base={base}
          dashboard={id}
          widget={shownFull}
          name={nameOf(shownFull)}
          picked={picked}
          locale={locale}
          onClose={() => setFull(null)}
        />
      )}
      {behind && looked && table && (
        <Behind
          base={base.resource.id}
          dashboard={id}
          widget={looked}
          table={table}
          at={behind.at}
          picked={picked}
          title={behind.title}
          locale={locale}
          onOpen={(record) => onRecord(table.id, record)}
          onClose={() => setBehind(null)}
        />
      )}
    </div>
  );
}

interface FullProps {
  base: Base;
  dashboard: string;
  widget: Widget;
  name: string;
  picked: readonly Picked[];
  locale: Locale;
  onClose: () => void;
}

/** One widget as large as the window. */
function FullWidget({ base, dashboard, widget, name, picked, locale, onClose }: FullProps) {
  const { t } = useTranslation('dashboards');
  const { data, error } = useShown(base.resource.id, dashboard, widget, picked);
  return (
    <Modal opened fullScreen onClose={onClose} title={name} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={classes.fullBody}>
        <WidgetBody
          id={widget.id}
          kind={kindOf(widget)}
          title={widget.title ?? ''}
          base={base}
          shown={data}
          error={error}
          picked={picked}
          locale={locale}
          onPick={() => undefined}
        />
      </div>
      <Button variant="default" mt="md" onClick={onClose}>
        {t('close')}
      </Button>
    </Modal>
  );
}
