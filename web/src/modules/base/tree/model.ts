/** By which links the records of a table may stand under each other. Pure. */
import type { Field } from '../../../grid/model';
import type { Table } from '../model';

/** Links of a table to itself, and their other sides; those that name one record first: usually the parent. */
export function parentsIn(table: Table): Field[] {
  const own = table.fields.filter((field) => leadsTo(field) === table.id);
  const many = (field: Field) => Number('multiple' in field && field.multiple === true);
  return own.sort((a, b) => many(a) - many(b));
}

const leadsTo = (field: Field): string | undefined =>
  field.type === 'link' || field.type === 'backlink' ? field.table : undefined;
