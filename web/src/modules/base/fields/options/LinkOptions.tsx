import { Checkbox, Select, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../../grid/format';
import { type Aggregate, aggregates, type Field, type LookupFrom } from '../../../../grid/model';
import classes from '../../Base.module.css';
import { FilterBuilder } from '../../filter/FilterBuilder';
import { emptyGroup } from '../../filter/model';
import { operatorsOf } from '../../filter/operators';
import type { Table } from '../../model';
import { lookedAt } from '../../resolve';
import type { OptionsProps } from '../ChoiceList';

const inside = { withinPortal: false } as const;

export interface RelatedProps extends OptionsProps {
  /** Null: a new one. */
  field: Field | null;
  own: Table;
  tables: readonly Table[];
  locale: Locale;
}

export function MultipleOption({ draft, set, label }: OptionsProps & { label: string }) {
  return (
    <Switch
      mt="sm"
      label={label}
      checked={draft.multiple}
      onChange={(event) => set({ multiple: event.currentTarget.checked })}
    />
  );
}

/** The table a link leads to, its other side, and which records may be picked. */
export function LinkOptions({ draft, set, field, own, tables, locale }: RelatedProps) {
  const { t } = useTranslation('field');
  const target = tables.find((table) => table.id === draft.table);
  const fixed = field?.type === 'link';
  return (
    <>
      <Select
        mt="sm"
        label={t('link.table')}
        data={tables.map((table) => ({
          value: table.id,
          label: table.id === own.id ? t('link.thisTable', { name: table.name }) : table.name,
        }))}
        value={draft.table}
        disabled={fixed}
        allowDeselect={false}
        searchable={tables.length > 8}
        comboboxProps={inside}
        onChange={(table) => table && set({ table, filter: emptyGroup })}
      />
      <MultipleOption draft={draft} set={set} label={t('link.multiple')} />
      <Switch
        mt="sm"
        label={t('link.twoWay')}
        description={t('link.twoWayHint', { name: target?.name ?? '' })}
        checked={draft.twoWay}
        onChange={(event) => set({ twoWay: event.currentTarget.checked })}
      />
      {draft.twoWay && !(field?.type === 'link' && field.mirror) && (
        <div className={classes.nested}>
          <TextInput
            size="xs"
            label={t('link.mirrorName')}
            placeholder={own.name}
            value={draft.mirrorName}
            maxLength={200}
            onChange={(event) => set({ mirrorName: event.currentTarget.value })}
          />
          <Checkbox
            mt="xs"
            size="xs"
            label={t('link.mirrorMultiple')}
            checked={draft.mirrorMultiple}
            onChange={(event) => set({ mirrorMultiple: event.currentTarget.checked })}
          />
        </div>
      )}
      {target && (
        <Conditions
          draft={draft}
          set={set}
          fields={target.fields}
          outer={[]}
          locale={locale}
          none={t('link.all')}
          impersonal={false}
        />
      )}
    </>
  );
}

interface ConditionsProps extends OptionsProps {
  fields: readonly Field[];
  outer: readonly Field[];
  locale: Locale;
  none: string;
  impersonal: boolean;
}

function Conditions({ draft, set, fields, outer, locale, none, impersonal }: ConditionsProps) {
  return (
    <div className={classes.conditions}>
      <FilterBuilder
        fields={fields}
        outer={outer}
        group={draft.filter}
        locale={locale}
        none={none}
        impersonal={impersonal}
        onChange={(filter) => set({ filter })}
      />
    </div>
  );
}

const keyOf = (from: LookupFrom) => ('link' in from ? `link ${from.link}` : `table ${from.table}`);

/** Where a lookup looks, which field it takes, on which conditions, and what is made of the values. */
export function LookupOptions({ draft, set, own, tables, locale }: RelatedProps) {
  const { t } = useTranslation('field');
  const links = own.fields.filter((one) => one.type === 'link' || one.type === 'backlink');
  const target = lookedAt(tables, own, draft.from);
  const byTable = 'table' in draft.from;
  const change = (from: LookupFrom) => set({ from, field: '', filter: emptyGroup });
  return (
    <>
      <Select
        mt="sm"
        label={t('lookup.from')}
        data={[
          ...(links.length > 0
            ? [{ group: t('lookup.links'), items: links.map((one) => ({ value: `link ${one.id}`, label: one.name })) }]
            : []),
          {
            group: t('lookup.tables'),
            items: tables.map((table) => ({ value: `table ${table.id}`, label: table.name })),
          },
        ]}
        value={keyOf(draft.from)}
        allowDeselect={false}
        searchable
        comboboxProps={inside}
        onChange={(key) => {
          const [kind, id = ''] = (key ?? '').split(' ');
          change(kind === 'link' ? { link: id } : { table: id });
        }}
      />
      <Select
        mt="sm"
        label={t('lookup.field')}
        placeholder={t('lookup.pickField')}
        data={(target?.fields ?? [])
          .filter((one) => one.type !== 'button')
          .map((one) => ({ value: one.id, label: one.name }))}
        value={draft.field || null}
        allowDeselect={false}
        searchable
        comboboxProps={inside}
        onChange={(field) => field && set({ field })}
      />
      {draft.type === 'rollup' && (
        <Select
          mt="sm"
          label={t('lookup.aggregate')}
          data={aggregates.map((one) => ({ value: one, label: t(`aggregate.${one}`) }))}
          value={draft.aggregate}
          allowDeselect={false}
          comboboxProps={inside}
          onChange={(one) => set({ aggregate: (one ?? 'sum') as Aggregate })}
        />
      )}
      {target && (
        <Conditions
          draft={draft}
          set={set}
          fields={target.fields}
          outer={own.fields.filter((one) => operatorsOf(one).length > 0)}
          locale={locale}
          none={t(byTable ? 'lookup.allOfTable' : 'lookup.allOfLink')}
          impersonal
        />
      )}
    </>
  );
}
