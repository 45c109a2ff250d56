import { Alert, Button, Checkbox, Group, Select, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../data/me';
import type { FieldType } from '../../../grid/model';
import classes from '../Base.module.css';
import type { Base, Table } from '../model';
import {
  canBeKey,
  type Doubles,
  doublings,
  type Import,
  type ImportColumn,
  importTypes,
  isFillable,
  isLink,
  type Mode,
  modes,
  optionsOf,
  type Plan,
  problemOf,
  type Target,
} from './model';

interface Props {
  base: Base;
  data: Import;
  plan: Plan;
  busy: boolean;
  error: string | null;
  onPlan: (plan: Plan) => void;
  onTable: (table: string | null) => void;
  onSheet: (sheet: number) => void;
  onBack: () => void;
  onStart: () => void;
}

const shownRows = 12;

/** Which sheet into which table, and what becomes of each column. */
export function MappingStep(props: Props) {
  const { base, data, plan, busy, error, onPlan, onTable, onSheet } = props;
  const { t } = useTranslation('base');
  const format = useFormat();
  const sheet = data.sheets[plan.sheet];
  const table = base.tables.find((one) => one.id === plan.table) ?? null;
  const problem = problemOf(plan);
  const columns = sheet?.columns ?? [];
  const set = (i: number, target: Target) =>
    onPlan({ ...plan, targets: plan.targets.map((old, k) => (k === i ? target : old)) });
  return (
    <>
      <Group gap="md" align="end" mb="md">
        {data.sheets.length > 1 && (
          <Select
            label={t('import.sheet')}
            w={180}
            allowDeselect={false}
            data={data.sheets.map((one, i) => ({ value: String(i), label: one.name }))}
            value={String(plan.sheet)}
            onChange={(value) => onSheet(Number(value))}
          />
        )}
        <Select
          label={t('import.target')}
          w={220}
          allowDeselect={false}
          data={[
            { value: '', label: t('import.newTable') },
            ...base.tables.map((one) => ({ value: one.id, label: one.name })),
          ]}
          value={plan.table ?? ''}
          onChange={(value) => onTable(value || null)}
        />
        {plan.table === null && (
          <TextInput
            label={t('import.tableName')}
            w={220}
            value={plan.name}
            onChange={(event) => onPlan({ ...plan, name: event.currentTarget.value })}
          />
        )}
        {table && <ModePick plan={plan} onPlan={onPlan} />}
        <Checkbox
          mb={8}
          label={t('import.header')}
          checked={plan.header}
          onChange={(event) => onPlan({ ...plan, header: event.currentTarget.checked })}
        />
        {sheet && (
          <Text size="sm" c="dimmed" mb={7} ml="auto">
            {t('import.rows', { count: sheet.rows_estimate, shown: format.number(sheet.rows_estimate) })}
          </Text>
        )}
      </Group>
      <section className={classes.preview} aria-label={t('import.preview')}>
        <table>
          <thead>
            <tr>
              {columns.map((column, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name that is sure to be unique
                <th key={i} scope="col" data-skip={plan.targets[i]?.kind === 'skip'}>
                  <ColumnTarget
                    column={column}
                    table={table}
                    target={plan.targets[i] ?? { kind: 'skip' }}
                    onChange={(target) => set(i, target)}
                  />
                  {table && <ColumnFlags plan={plan} at={i} table={table} onPlan={onPlan} />}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(sheet?.preview ?? []).slice(plan.header ? 1 : 0, shownRows + 1).map((row, y) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name
              <tr key={y}>
                {columns.map((column, x) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: see above
                    key={x}
                    data-skip={plan.targets[x]?.kind === 'skip'}
                    className={column.type === 'number' ? classes.num : undefined}
                  >
                    {row[x]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {(problem || error) && (
        <Alert mt="md" color="red" variant="light" icon={<IconAlertTriangle size={16} />} role="alert">
          {error ?? t(`import.problem.${problem}`)}
        </Alert>
      )}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={props.onBack}>
          {t('cancel')}
        </Button>
        <Button loading={busy} disabled={problem !== null} onClick={props.onStart}>
          {t('import.start')}
        </Button>
      </Group>
    </>
  );
}

interface PlanProps {
  plan: Plan;
  onPlan: (plan: Plan) => void;
}

/** Whether rows make records, change those with the same keys, or both. */
function ModePick({ plan, onPlan }: PlanProps) {
  const { t } = useTranslation('base');
  return (
    <>
      <Select
        label={t('import.mode.label')}
        w={230}
        allowDeselect={false}
        data={modes.map((mode) => ({ value: mode, label: t(`import.mode.${mode}`) }))}
        value={plan.mode}
        onChange={(mode) => mode && onPlan({ ...plan, mode: mode as Mode })}
      />
      {plan.mode !== 'insert' && (
        <>
          <Select
            label={t('import.doubles.label')}
            w={230}
            allowDeselect={false}
            data={doublings.map((one) => ({ value: one, label: t(`import.doubles.${one}`) }))}
            value={plan.doubles}
            onChange={(doubles) => doubles && onPlan({ ...plan, doubles: doubles as Doubles })}
          />
          <Checkbox
            mb={8}
            label={t('import.clearBlank')}
            checked={plan.clearBlank}
            onChange={(event) => onPlan({ ...plan, clearBlank: event.currentTarget.checked })}
          />
        </>
      )}
    </>
  );
}

const toggled = (list: readonly number[], at: number, on: boolean) =>
  on ? [...list, at] : list.filter((one) => one !== at);

/** Whether records are found by a column, and whether its links make records that are missing. */
function ColumnFlags({ plan, at, table, onPlan }: PlanProps & { at: number; table: Table }) {
  const { t } = useTranslation('base');
  const target = plan.targets[at];
  const field = target?.kind === 'field' ? table.fields.find((one) => one.id === target.field) : undefined;
  if (!field) return null;
  return (
    <div style={{ display: 'flex', flexDirection: 'column', gap: 4, marginTop: 4, fontWeight: 400 }}>
      {plan.mode !== 'insert' && canBeKey(field) && (
        <Checkbox
          size="xs"
          label={t('import.key')}
          checked={plan.keys.includes(at)}
          onChange={(event) => onPlan({ ...plan, keys: toggled(plan.keys, at, event.currentTarget.checked) })}
        />
      )}
      {isLink(field) && (
        <Checkbox
          size="xs"
          label={t('import.create')}
          checked={plan.creates.includes(at)}
          onChange={(event) => onPlan({ ...plan, creates: toggled(plan.creates, at, event.currentTarget.checked) })}
        />
      )}
    </div>
  );
}

interface ColumnProps {
  column: ImportColumn;
  table: Table | null;
  target: Target;
  onChange: (target: Target) => void;
}

function ColumnTarget({ column, table, target, onChange }: ColumnProps) {
  const { t } = useTranslation('base');
  const asNew = (type: FieldType): Target => ({
    kind: 'new',
    name: target.kind === 'new' ? target.name : column.name,
    type,
    options: type === column.type ? optionsOf(column) : {},
  });
  const types = importTypes.map((type) => ({ value: `new:${type}`, label: t(`type.${type}`) }));
  const value = target.kind === 'skip' ? 'skip' : target.kind === 'field' ? target.field : `new:${target.type}`;
  return (
    <div style={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
      {target.kind === 'new' ? (
        <TextInput
          size="xs"
          aria-label={t('import.fieldName', { name: column.name })}
          value={target.name}
          onChange={(event) => onChange({ ...target, name: event.currentTarget.value })}
        />
      ) : (
        <Text size="xs" fw={500} h={30} lh="30px" truncate>
          {column.name}
        </Text>
      )}
      <Select
        size="xs"
        aria-label={t('import.columnTarget', { name: column.name })}
        allowDeselect={false}
        value={value}
        comboboxProps={{ width: 200, position: 'bottom-start' }}
        data={[
          ...(table
            ? [
                {
                  group: t('import.existing'),
                  items: table.fields.filter(isFillable).map((f) => ({ value: f.id, label: f.name })),
                },
              ]
            : []),
          { group: t('import.asNew'), items: types },
          { group: t('import.else'), items: [{ value: 'skip', label: t('import.skip') }] },
        ]}
        onChange={(next) => {
          if (next === 'skip') onChange({ kind: 'skip' });
          else if (next?.startsWith('new:')) onChange(asNew(next.slice(4) as FieldType));
          else if (next) onChange({ kind: 'field', field: next });
        }}
      />
    </div>
  );
}
