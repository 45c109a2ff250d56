/** Parts of the editor: what makes groups, and what is told. */
import { ActionIcon, Button, Checkbox, NativeSelect, NumberInput, Select } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { canGroup, functionsOf, type GroupBy, waysOf } from '../../../grid/groups/model';
import { shapeOf } from '../../../grid/shape';
import { FieldIcon } from '../fields/FieldIcon';
import type { Table } from '../model';
import classes from './Dashboard.module.css';
import { type Dimension, type Measure, usualDimension } from './model';

interface DimensionsProps {
  label: string;
  table: Table;
  dimensions: readonly Dimension[];
  measures: readonly Measure[];
  most: number;
  onChange: (dimensions: Dimension[]) => void;
}

export function Dimensions({ label, table, dimensions, measures, most, onChange }: DimensionsProps) {
  const { t } = useTranslation('dashboards');
  const fields = table.fields.filter(canGroup);
  const set = (at: number, change: Partial<Dimension>) =>
    onChange(dimensions.map((one, place) => (place === at ? { ...one, ...change } : one)));
  return (
    <fieldset className={classes.part}>
      <legend>{label}</legend>
      {dimensions.map((dimension, at) => (
        <OneDimension
          // biome-ignore lint/suspicious/noArrayIndexKey: dimensions are told apart by their place
          key={at}
          label={label}
          table={table}
          dimension={dimension}
          measures={measures}
          onChange={(change) => set(at, change)}
          onField={(id) => {
            const field = fields.find((one) => one.id === id);
            if (field) onChange(dimensions.map((one, place) => (place === at ? usualDimension(field) : one)));
          }}
          onRemove={() => onChange(dimensions.filter((_, place) => place !== at))}
        />
      ))}
      {dimensions.length < most && fields[0] && (
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          onClick={() => {
            const free = fields.find((one) => !dimensions.some((other) => other.field === one.id)) ?? fields[0];
            if (free) onChange([...dimensions, usualDimension(free)]);
          }}
        >
          {t('addField')}
        </Button>
      )}
    </fieldset>
  );
}

interface OneProps {
  label: string;
  table: Table;
  dimension: Dimension;
  measures: readonly Measure[];
  onChange: (change: Partial<Dimension>) => void;
  onField: (id: string) => void;
  onRemove: () => void;
}

function OneDimension({ label, table, dimension, measures, onChange, onField, onRemove }: OneProps) {
  const { t } = useTranslation('dashboards');
  const { t: tGroup } = useTranslation('group');
  const field = table.fields.find((one) => one.id === dimension.field);
  const ways = field ? waysOf(field) : [];
  const as = field && shapeOf(field).as;
  const orders = [
    { value: 'up', label: t('order.up') },
    { value: 'down', label: t('order.down') },
    ...measures.flatMap((_, at) => [
      { value: `${at} down`, label: t('order.most', { n: at + 1 }) },
      { value: `${at} up`, label: t('order.least', { n: at + 1 }) },
    ]),
  ];
  const order =
    typeof dimension.by_measure === 'number'
      ? `${dimension.by_measure} ${dimension.descending ? 'down' : 'up'}`
      : dimension.descending
        ? 'down'
        : 'up';
  return (
    <div className={classes.dimension}>
      <div className={classes.row}>
        <Select
          size="xs"
          flex={1}
          aria-label={t('fieldOf', { label })}
          leftSection={field && <FieldIcon type={field.type} size={14} />}
          data={table.fields.filter(canGroup).map((one) => ({ value: one.id, label: one.name }))}
          value={field ? dimension.field : null}
          error={!field}
          allowDeselect={false}
          searchable
          onChange={(id) => id && onField(id)}
        />
        {ways.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label={tGroup('by')}
            data={ways.map((way) => ({
              value: way,
              label: tGroup(`way.${way === 'value' && ways.includes('each') ? 'list' : way}`),
            }))}
            value={dimension.by ?? 'value'}
            onChange={(event) => onChange({ by: event.currentTarget.value as GroupBy })}
          />
        )}
        <ActionIcon size={26} aria-label={t('removeField')} onClick={onRemove}>
          <IconTrash size={14} />
        </ActionIcon>
      </div>
      <div className={classes.row}>
        <NativeSelect
          size="xs"
          flex={1}
          aria-label={t('order.label')}
          data={orders}
          value={order}
          onChange={(event) => {
            const [first = '', second] = event.currentTarget.value.split(' ');
            onChange(
              second
                ? { by_measure: Number(first), descending: second === 'down' }
                : { by_measure: null, descending: first === 'down' },
            );
          }}
        />
        <NumberInput
          size="xs"
          w={92}
          min={1}
          max={1000}
          allowDecimal={false}
          aria-label={t('limit')}
          placeholder={t('all')}
          value={dimension.limit ?? ''}
          onChange={(value) => onChange({ limit: typeof value === 'number' && value > 0 ? value : null })}
        />
        {as === 'number' && (
          <NumberInput
            size="xs"
            w={92}
            min={0}
            aria-label={t('width')}
            placeholder={t('width')}
            value={dimension.size ?? ''}
            onChange={(value) => {
              const { size: _size, ...rest } = dimension;
              onChange(
                typeof value === 'number' && value > 0 ? { size: value } : { ...rest, size: undefined as never },
              );
            }}
          />
        )}
      </div>
      <div className={classes.row}>
        <Checkbox
          size="xs"
          label={t('showOther')}
          checked={dimension.other ?? false}
          onChange={(event) => onChange({ other: event.currentTarget.checked })}
        />
        <Checkbox
          size="xs"
          label={t('hideBlank')}
          checked={dimension.hide_blank ?? false}
          onChange={(event) => onChange({ hide_blank: event.currentTarget.checked })}
        />
        {(as === 'date' || dimension.size !== undefined) && (
          <Checkbox
            size="xs"
            label={t('fill')}
            checked={dimension.fill ?? false}
            onChange={(event) => onChange({ fill: event.currentTarget.checked })}
          />
        )}
      </div>
    </div>
  );
}

interface MeasureProps {
  table: Table;
  measure: Measure;
  label: string;
  onChange: (measure: Measure) => void;
  onRemove?: (() => void) | undefined;
}

const records = 'records';

export function OneMeasure({ table, measure, label, onChange, onRemove }: MeasureProps) {
  const { t } = useTranslation('dashboards');
  const { t: tGroup } = useTranslation('group');
  const field = table.fields.find((one) => one.id === measure.field);
  const functions = field ? functionsOf(field) : [];
  return (
    <div className={classes.row}>
      <Select
        size="xs"
        flex={1}
        aria-label={label}
        data={[
          { value: records, label: t('records') },
          ...table.fields
            .filter((one) => functionsOf(one).length > 0)
            .map((one) => ({ value: one.id, label: one.name })),
        ]}
        value={measure.field ? (field ? measure.field : null) : records}
        error={Boolean(measure.field) && !field}
        allowDeselect={false}
        searchable
        onChange={(id) => {
          const next = table.fields.find((one) => one.id === id);
          const [usual] = next ? functionsOf(next) : [];
          onChange(next && usual ? { field: next.id, function: usual } : {});
        }}
      />
      {field && (
        <NativeSelect
          size="xs"
          aria-label={t('function')}
          data={functions.map((one) => ({ value: one, label: tGroup(`function.${one}`) }))}
          value={measure.function ?? 'count'}
          onChange={(event) =>
            onChange({ ...measure, function: event.currentTarget.value as NonNullable<Measure['function']> })
          }
        />
      )}
      {onRemove && (
        <ActionIcon size={26} aria-label={t('removeField')} onClick={onRemove}>
          <IconTrash size={14} />
        </ActionIcon>
      )}
    </div>
  );
}

interface MeasuresProps {
  table: Table;
  measures: readonly Measure[];
  most: number;
  onChange: (measures: Measure[]) => void;
}

export function Measures({ table, measures, most, onChange }: MeasuresProps) {
  const { t } = useTranslation('dashboards');
  return (
    <fieldset className={classes.part}>
      <legend>{t('measures')}</legend>
      {measures.map((measure, at) => (
        <OneMeasure
          // biome-ignore lint/suspicious/noArrayIndexKey: measures are told apart by their place
          key={at}
          table={table}
          measure={measure}
          label={t('measure', { n: at + 1 })}
          onChange={(next) => onChange(measures.map((one, place) => (place === at ? next : one)))}
          onRemove={measures.length > 1 ? () => onChange(measures.filter((_, place) => place !== at)) : undefined}
        />
      ))}
      {measures.length < most && (
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange([...measures, {}])}
        >
          {t('addMeasure')}
        </Button>
      )}
    </fieldset>
  );
}
