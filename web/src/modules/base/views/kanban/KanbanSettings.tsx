import { Button, Select, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { functionsOf, type SummaryFunction } from '../../../../grid/groups/model';
import { freeName } from '../../model';
import { FieldSelect } from '../FieldSelect';
import { FitPick } from '../FitPick';
import type { SettingsProps } from '../kinds';
import { takes } from '../model';
import classes from '../Views.module.css';

/** By what cards stand in columns, and what cards and columns tell. */
export default function KanbanSettings({ table, kind, onKind, createField }: SettingsProps<'kanban'>) {
  const { t } = useTranslation('view');
  async function addOrder() {
    const taken = table.fields.map((field) => field.name);
    const order = await createField({ name: freeName(t('kanban.orderField'), taken), type: 'number' });
    if (order) onKind({ ...kind, order });
  }
  const told = table.fields.find((field) => field.id === kind.sum?.field);
  const functions = told ? functionsOf(told) : [];
  return (
    <div className={classes.settings}>
      <FieldSelect
        label={t('kanban.stack')}
        fields={table.fields.filter(takes.stack)}
        value={kind.stack}
        isOptional={false}
        // Columns are of the values of a field.
        onChange={(stack) => onKind({ ...kind, stack, columns: [] })}
      />
      <Switch
        size="xs"
        label={t('kanban.showBlank')}
        checked={!kind.hide_blank}
        onChange={(event) => onKind({ ...kind, hide_blank: !event.currentTarget.checked })}
      />
      <FieldSelect
        label={t('kanban.order')}
        description={t('kanban.orderHint')}
        fields={table.fields.filter(takes.rank)}
        value={kind.order}
        isOptional
        onChange={(order) => onKind({ ...kind, order })}
      />
      {!kind.order && (
        <Button variant="subtle" size="compact-xs" leftSection={<IconPlus size={13} />} onClick={() => void addOrder()}>
          {t('kanban.addOrder')}
        </Button>
      )}
      <FieldSelect
        label={t('cover')}
        fields={table.fields.filter(takes.files)}
        value={kind.cover}
        isOptional
        onChange={(cover) => onKind({ ...kind, cover })}
      />
      {kind.cover && <FitPick fit={kind.fit} onFit={(fit) => onKind({ ...kind, fit })} />}
      <FieldSelect
        label={t('kanban.sum')}
        fields={table.fields.filter((field) => functionsOf(field).length > 0)}
        value={kind.sum?.field}
        isOptional
        onChange={(id) => {
          const field = table.fields.find((one) => one.id === id);
          const [first] = field ? functionsOf(field) : [];
          onKind({ ...kind, sum: field && first ? { field: field.id, function: first } : null });
        }}
      />
      {kind.sum && told && (
        <Select
          size="xs"
          aria-label={t('kanban.sum')}
          data={functions.map((name) => ({ value: name, label: t(`group:function.${name}`) }))}
          value={kind.sum.function}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={(name) => onKind({ ...kind, sum: { field: told.id, function: name as SummaryFunction } })}
        />
      )}
    </div>
  );
}
