import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { type CellValue, type Field, isRecord, isWritable, itemsOf } from '../../../grid/model';
import { ServicesContext } from '../../../grid/services';
import { shapeOf } from '../../../grid/shape';
import { ErrorState } from '../../../ui/States';
import classes from '../Base.module.css';
import { FieldIcon } from '../fields/FieldIcon';
import type { Base, Table } from '../model';
import { backOf, textOfRecord, useCellServices } from '../useServices';
import { FieldInput } from './FieldInput';
import { LinkCards } from './LinkCards';
import type { useRecord } from './useRecord';

interface Props {
  base: Base;
  table: Table;
  fields: readonly Field[];
  record: string;
  shown: ReturnType<typeof useRecord>;
  locale: Locale;
  editable: boolean;
  services: Pick<Parameters<typeof useCellServices>[0], 'createChoices' | 'preview'>;
  onOpen: (table: string, record: string) => void;
}

/** All fields of a record, each with its editor. */
export function RecordFields(props: Props) {
  const { base, table, fields, record, shown, locale, services } = props;
  const { t } = useTranslation('base');
  const { cells } = shown;
  const editable = props.editable && !shown.deleted;
  const own = useCellServices({
    base,
    table,
    locale,
    editable,
    cellsOf: (id) => (id === record ? cells : undefined),
    edit: (id, field, value) => id === record && shown.edit(field, value),
    openRecord: props.onOpen,
    ...services,
  });
  if (shown.error && !cells) return <ErrorState error={shown.error} onRetry={shown.retry} />;
  if (!cells) {
    return Array.from({ length: 6 }, (_, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
      <Skeleton key={i} height={34} mb={22} />
    ));
  }
  return (
    <ServicesContext value={own}>
      <h2 className={classes.recordTitle}>{textOfRecord(table, cells, locale) || t('record.untitled')}</h2>
      {fields.map((field) => {
        const value = cells[field.id] as CellValue;
        const error = shown.errors[field.id];
        const missing = field.required && isWritable(field) && (value === null || value === undefined);
        return (
          <div key={field.id} className={classes.entry} data-field={field.id}>
            <div className={classes.entryLabel} title={field.description}>
              <FieldIcon type={field.type} />
              {field.name}
              {field.required && (
                <span className={classes.required} title={t('field:required.hint')} data-missing={missing}>
                  *
                </span>
              )}
            </div>
            <Linked {...props} field={field} value={value} editable={editable} />
            {needsInput(field, editable) && (
              <FieldInput
                record={record}
                field={field}
                value={value}
                locale={locale}
                editable={editable}
                error={error}
                onChange={(next) => shown.edit(field.id, next)}
              />
            )}
            {error && (
              <div className={classes.entryError} role="alert">
                {error}
              </div>
            )}
          </div>
        );
      })}
    </ServicesContext>
  );
}

const isLink = (field: Field) => field.type === 'link' || field.type === 'backlink';

/** Records that are only read stand on their cards. */
const needsInput = (field: Field, editable: boolean) => shapeOf(field).as !== 'record' || (isLink(field) && editable);

function Linked({ base, locale, editable, shown, field, value, onOpen }: Props & { field: Field; value: CellValue }) {
  const shape = shapeOf(field);
  if (shape.as !== 'record') return null;
  const target = base.tables.find((table) => table.id === shape.table);
  const all = itemsOf(value) as readonly unknown[];
  if (!all.some(isRecord)) {
    return editable && isLink(field) ? null : <div className={`${classes.value} ${classes.placeholder}`}>—</div>;
  }
  const whole = !all.some((item) => typeof item === 'object' && item !== null && 'more' in item);
  return (
    <LinkCards
      base={base.resource.id}
      table={target}
      value={value}
      locale={locale}
      back={backOf(field)}
      onOpen={(record) => target && onOpen(target.id, record)}
      {...(editable && isLink(field) && whole
        ? {
            onRemove: (record: string) => {
              const left = itemsOf(value).filter((item) => !(isRecord(item) && item.id === record));
              shown.edit(field.id, left.length > 0 ? left : null);
            },
          }
        : {})}
    />
  );
}
