/** Changes in words, with values as they were. Pure. */
import type { TFunction } from 'i18next';
import { formatCell, formatPlace, type Locale } from '../../../grid/format';
import { type CellValue, type Field, isFile, isPlace, isRecord, itemsOf } from '../../../grid/model';
import type { Base } from '../model';
import type { CellChange, Known, Line } from './api';

/** A field as it is today; it may have another name or type by now. */
export function fieldOf(base: Base, table: string, field: string): Field | undefined {
  return base.tables.find((one) => one.id === table)?.fields.find((one) => one.id === field);
}

/** A value as text: in the form of its field while that still is of the type, with names as they were then. */
export function textOf(
  change: CellChange,
  value: unknown,
  field: Field | undefined,
  known: Known,
  locale: Locale,
): string {
  if (value === null || value === undefined || value === false) return '';
  const items = itemsOf(value as CellValue);
  switch (change.type) {
    case 'select':
    case 'multi_select':
    case 'member':
    case 'group':
    case 'link': {
      const name = (item: unknown): string => {
        if (isRecord(item as CellValue)) return (item as { text: string }).text;
        const id = String(item);
        const person = locale.names?.members.get(id) ?? locale.names?.groups.get(id);
        return known[id] ?? person?.name ?? choiceName(field, id) ?? '—';
      };
      return (items as readonly unknown[]).map(name).join(', ');
    }
    default:
      break;
  }
  if (field && field.type === change.type) return formatCell(field, value as CellValue, locale);
  const plain = (item: unknown): string => {
    if (isFile(item as CellValue)) return (item as { name: string }).name;
    if (isPlace(item as CellValue)) return formatPlace(item as Parameters<typeof formatPlace>[0]);
    return item === true ? '✓' : String(item);
  };
  return (items as readonly unknown[]).map(plain).join(', ');
}

function choiceName(field: Field | undefined, id: string): string | undefined {
  if (field?.type !== 'select' && field?.type !== 'multi_select') return undefined;
  return field.choices.find((choice) => choice.id === id)?.name;
}

/** What a line tells, in one sentence. */
export function sentence(line: Line, t: TFunction<'history'>): string {
  const names = { name: line.name ?? '', before: line.name_before ?? '', table: line.table_name };
  switch (line.kind) {
    case 'create_records':
    case 'update_records':
    case 'delete_records':
      return t(`line.${line.kind}`, { count: line.records, ...names });
    case 'update_field':
    case 'update_view':
    case 'update_dashboard':
      return t(line.name_before ? `line.${line.kind}_renamed` : `line.${line.kind}`, names);
    case 'retype_field':
      return t('line.retype_field', { ...names, type: t(`field:type.${line.field_type}` as 'line.move_table') });
    default:
      return t(`line.${line.kind}`, names);
  }
}
