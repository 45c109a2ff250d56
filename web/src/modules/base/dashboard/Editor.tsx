/** Edits a widget beside what it shows by now. Nothing is changed before it is saved. */
import { Button, Checkbox, Drawer, NativeSelect, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { shapeOf } from '../../../grid/shape';
import { FilterBuilder } from '../filter/FilterBuilder';
import { fromFilter, toFilter } from '../filter/model';
import type { Base, Filter, Table } from '../model';
import { dashboardApi } from './api';
import classes from './Dashboard.module.css';
import {
  type ChartForm,
  type ChartKind,
  type CubeQuery,
  forms,
  kindOf,
  missingIn,
  type NumberKind,
  tableOf,
  type WidgetInput,
  type WidgetKind,
} from './model';
import { Dimensions, Measures, OneMeasure } from './parts';
import { WidgetBody } from './WidgetBody';

interface Props {
  base: Base;
  widget: WidgetInput;
  /** Other widgets, which a control may act on. */
  others: readonly { id: string; name: string }[];
  locale: Locale;
  onSave: (widget: WidgetInput) => void;
  onClose: () => void;
}

/** Spans a number card may tell of. */
const spans = [
  ['today', { relative: 'today' }],
  ['last_7', { last: 7, unit: 'days' }],
  ['this_week', { relative: 'this_week' }],
  ['last_30', { last: 30, unit: 'days' }],
  ['this_month', { relative: 'this_month' }],
  ['last_month', { relative: 'last_month' }],
  ['this_quarter', { relative: 'this_quarter' }],
  ['this_year', { relative: 'this_year' }],
] as const;

export function Editor({ base, widget, others, locale, onSave, onClose }: Props) {
  const { t } = useTranslation('dashboards');
  const [draft, setDraft] = useState(widget);
  const kind = kindOf(draft);
  const [asked] = useDebouncedValue(kind, 250);
  const plain = asked.type === 'text' || asked.type === 'control';
  const preview = useQuery({
    queryKey: ['base', base.resource.id, 'chart-preview', asked],
    queryFn: ({ signal }) => dashboardApi.preview(base.resource.id, asked, signal),
    placeholderData: keepPreviousData,
    retry: false,
    enabled: !plain && missingIn(asked, base) === null,
  });
  const table = base.tables.find((one) => one.id === tableOf(kind));
  const set = (change: Partial<WidgetKind>) => setDraft((old) => ({ ...old, ...change }) as WidgetInput);
  const name = t(kind.type === 'chart' ? `form.${kind.form}` : `kind.${kind.type}`);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(880px, 100vw)"
      title={t('editTitle', { name: draft.title || name })}
      closeButtonProps={{ 'aria-label': t('close') }}
      classNames={{ body: classes.editor }}
    >
      <div className={classes.preview} role="region" aria-label={t('preview')}>
        <WidgetBody
          id="preview"
          kind={kind}
          title={draft.title ?? ''}
          base={base}
          shown={preview.data}
          error={preview.error}
          picked={[]}
          locale={locale}
          onPick={() => undefined}
        />
      </div>
      <form
        className={classes.settings}
        onSubmit={(event) => {
          event.preventDefault();
          onSave(draft);
        }}
      >
        <TextInput
          size="xs"
          label={t('title')}
          placeholder={name}
          maxLength={200}
          value={draft.title ?? ''}
          onChange={(event) => setDraft({ ...draft, title: event.currentTarget.value })}
        />
        {'table' in kind && (
          <Select
            size="xs"
            label={t('table')}
            data={base.tables.map((one) => ({ value: one.id, label: one.name }))}
            value={table ? table.id : null}
            error={!table}
            allowDeselect={false}
            onChange={(id) => {
              const next = base.tables.find((one) => one.id === id);
              if (next && next.id !== table?.id) set(fresh(kind, next));
            }}
          />
        )}
        <Settings kind={kind} base={base} table={table} others={others} locale={locale} set={set} />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit">{t('save')}</Button>
        </div>
      </form>
    </Drawer>
  );
}

/** The same for another table, whose fields are others. */
function fresh(kind: WidgetKind, table: Table): Partial<WidgetKind> {
  switch (kind.type) {
    case 'chart':
    case 'pivot':
      return { table: table.id, query: { measures: [{}] } } as Partial<WidgetKind>;
    case 'number':
      return { table: table.id, measure: {}, filter: null, period: null } as Partial<WidgetKind>;
    case 'list':
      return { table: table.id, view: table.views[0]?.id ?? '' } as Partial<WidgetKind>;
    default:
      return {};
  }
}

interface SettingsProps {
  kind: WidgetKind;
  base: Base;
  table: Table | undefined;
  others: Props['others'];
  locale: Locale;
  set: (change: Partial<WidgetKind>) => void;
}

function Settings({ kind, base, table, others, locale, set }: SettingsProps) {
  const { t } = useTranslation('dashboards');
  if (kind.type === 'text') {
    return (
      <Textarea
        size="xs"
        label={t('text')}
        description={t('textHint')}
        autosize
        minRows={8}
        maxRows={20}
        value={kind.text}
        onChange={(event) => set({ text: event.currentTarget.value })}
      />
    );
  }
  if (kind.type === 'control') return <ControlSettings {...{ kind, base, others, set }} />;
  if (!table) return null;
  if (kind.type === 'list') {
    return (
      <>
        <Select
          size="xs"
          label={t('view')}
          data={table.views.map((view) => ({ value: view.id, label: view.name }))}
          value={table.views.some((view) => view.id === kind.view) ? kind.view : null}
          allowDeselect={false}
          onChange={(view) => view && set({ view })}
        />
        <NumberInput
          size="xs"
          label={t('rows')}
          min={1}
          max={200}
          allowDecimal={false}
          value={kind.limit ?? 20}
          onChange={(limit) => typeof limit === 'number' && set({ limit })}
        />
      </>
    );
  }
  if (kind.type === 'number') return <NumberSettings {...{ kind, table, locale, set }} />;
  const query = (change: Partial<CubeQuery>) => set({ query: { ...kind.query, ...change } } as Partial<WidgetKind>);
  const { rows = [], columns = [], measures = [] } = kind.query;
  const chart = kind.type === 'chart' ? kind : null;
  const most = chart ? 1 : 3;
  return (
    <>
      {chart && (
        <NativeSelect
          size="xs"
          label={t('formLabel')}
          data={forms.map((form) => ({ value: form, label: t(`form.${form}`) }))}
          value={chart.form}
          onChange={(event) => set({ form: event.currentTarget.value as ChartForm })}
        />
      )}
      {chart?.form !== 'gauge' && (
        <Dimensions
          label={t(chart ? 'along' : 'pivotRows')}
          table={table}
          dimensions={rows}
          measures={measures}
          most={most}
          onChange={(next) => query({ rows: next })}
        />
      )}
      {(!chart || !['pie', 'ring', 'funnel', 'gauge', 'word_cloud', 'combo'].includes(chart.form)) && (
        <Dimensions
          label={t(chart ? 'across' : 'pivotColumns')}
          table={table}
          dimensions={columns}
          measures={measures}
          most={most}
          onChange={(next) => query({ columns: next })}
        />
      )}
      <Measures table={table} measures={measures} most={10} onChange={(next) => query({ measures: next })} />
      <Conditions table={table} filter={kind.query.filter} locale={locale} onChange={(filter) => query({ filter })} />
      {chart && <Look kind={chart} set={set} />}
    </>
  );
}

function Look({ kind, set }: { kind: ChartKind; set: SettingsProps['set'] }) {
  const { t } = useTranslation('dashboards');
  const look = kind.look ?? {};
  const tick = (name: 'stacked' | 'labels' | 'smooth' | 'no_legend') => (
    <Checkbox
      size="xs"
      label={t(`look.${name}`)}
      checked={look[name] ?? false}
      onChange={(event) => set({ look: { ...look, [name]: event.currentTarget.checked } } as Partial<WidgetKind>)}
    />
  );
  return (
    <fieldset className={classes.part}>
      <legend>{t('look.title')}</legend>
      <div className={classes.row}>
        {['column', 'bar', 'area', 'line'].includes(kind.form) && tick('stacked')}
        {['line', 'area', 'combo'].includes(kind.form) && tick('smooth')}
        {tick('labels')}
        {tick('no_legend')}
      </div>
      {kind.form === 'gauge' && (
        <NumberInput
          size="xs"
          label={t('look.goal')}
          value={look.goal ?? ''}
          onChange={(goal) =>
            set({ look: { ...look, goal: typeof goal === 'number' ? goal : null } } as Partial<WidgetKind>)
          }
        />
      )}
    </fieldset>
  );
}

function NumberSettings({
  kind,
  table,
  locale,
  set,
}: {
  kind: NumberKind;
  table: Table;
  locale: Locale;
  set: SettingsProps['set'];
}) {
  const { t } = useTranslation('dashboards');
  const dates = table.fields.filter((field) => shapeOf(field).as === 'date' && !field.computed?.list);
  const { period } = kind;
  const span = spans.find(([, value]) => JSON.stringify(value) === JSON.stringify(period?.span))?.[0] ?? 'this_month';
  const spanOf = (name: string) => ({ ...(spans.find(([one]) => one === name)?.[1] ?? { relative: 'this_month' }) });
  return (
    <>
      <fieldset className={classes.part}>
        <legend>{t('measures')}</legend>
        <OneMeasure
          table={table}
          measure={kind.measure}
          label={t('measure', { n: 1 })}
          onChange={(measure) => set({ measure })}
        />
      </fieldset>
      <Conditions table={table} filter={kind.filter} locale={locale} onChange={(filter) => set({ filter })} />
      <fieldset className={classes.part}>
        <legend>{t('compare')}</legend>
        <NativeSelect
          size="xs"
          aria-label={t('periodField')}
          data={[
            { value: '', label: t('noPeriod') },
            ...dates.map((field) => ({ value: field.id, label: field.name })),
          ]}
          value={period?.field ?? ''}
          onChange={(event) => {
            const field = event.currentTarget.value;
            set({ period: field ? { span: spanOf(span), to_date: true, ...period, field } : null });
          }}
        />
        {period && (
          <div className={classes.row}>
            <NativeSelect
              size="xs"
              flex={1}
              aria-label={t('period')}
              data={spans.map(([name]) => ({ value: name, label: t(`span.${name}`) }))}
              value={span}
              onChange={(event) => set({ period: { ...period, span: spanOf(event.currentTarget.value) } })}
            />
            <Checkbox
              size="xs"
              label={t('toDate')}
              checked={period.to_date ?? false}
              onChange={(event) => set({ period: { ...period, to_date: event.currentTarget.checked } })}
            />
          </div>
        )}
        <NumberInput
          size="xs"
          label={t('targetLabel')}
          value={kind.target ?? ''}
          onChange={(target) => set({ target: typeof target === 'number' ? target : null })}
        />
      </fieldset>
    </>
  );
}

function ControlSettings({
  kind,
  base,
  others,
  set,
}: { kind: Extract<WidgetKind, { type: 'control' }> } & Pick<SettingsProps, 'base' | 'others' | 'set'>) {
  const { t } = useTranslation('dashboards');
  return (
    <fieldset className={classes.part}>
      <legend>{t('controlFields')}</legend>
      {base.tables.map((table) => (
        <Select
          key={table.id}
          size="xs"
          label={table.name}
          placeholder={t('noField')}
          clearable
          searchable
          data={table.fields.map((field) => ({ value: field.id, label: field.name }))}
          value={kind.fields.find((one) => one.table === table.id)?.field ?? null}
          onChange={(field) => {
            const rest = kind.fields.filter((one) => one.table !== table.id);
            set({ fields: field ? [...rest, { table: table.id, field }] : rest });
          }}
        />
      ))}
      <p className={classes.note}>{t('controlHint')}</p>
      {others.map((one) => (
        <Checkbox
          key={one.id}
          size="xs"
          label={one.name}
          checked={kind.widgets?.includes(one.id) ?? false}
          onChange={(event) => {
            const rest = (kind.widgets ?? []).filter((id) => id !== one.id);
            set({ widgets: event.currentTarget.checked ? [...rest, one.id] : rest });
          }}
        />
      ))}
    </fieldset>
  );
}

interface ConditionsProps {
  table: Table;
  filter: Filter | null | undefined;
  locale: Locale;
  onChange: (filter: Filter | null) => void;
}

/** The filter of a widget. What is incomplete does not filter yet, and is kept while it is edited. */
function Conditions({ table, filter, locale, onChange }: ConditionsProps) {
  const { t } = useTranslation('dashboards');
  const [group, setGroup] = useState(() => fromFilter(filter));
  return (
    <fieldset className={classes.part}>
      <legend>{t('filter')}</legend>
      <FilterBuilder
        fields={table.fields}
        group={group}
        locale={locale}
        none={t('noFilter')}
        bare
        onChange={(next) => {
          setGroup(next);
          onChange(toFilter(next, table.fields));
        }}
      />
    </fieldset>
  );
}
