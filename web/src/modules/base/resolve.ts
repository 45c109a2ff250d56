/** Tells computed fields which field their values come from, which only who knows all tables can. Pure. */
import type { Field, LookupFrom } from '../../grid/model';
import type { Base, Table } from './model';

/** The table that a lookup of a table looks at. */
export function lookedAt(tables: readonly Table[], own: Table, from: LookupFrom | undefined): Table | undefined {
  if (!from) return undefined;
  if ('table' in from) return tables.find((table) => table.id === from.table);
  const link = own.fields.find((field) => field.id === from.link);
  const target = link && 'table' in link ? link.table : undefined;
  return tables.find((table) => table.id === target);
}

/** Aggregates that give values of the field as they are. */
const keeping = new Set(['first', 'last', 'min', 'max', 'unique', 'sum', 'range']);

/** The field whose values a computed one shows; lookups of lookups are followed to the first. */
function sourceOf(tables: readonly Table[], own: Table, field: Field, depth: number): Field | undefined {
  const { computed } = field;
  if (!computed || depth > 8) return undefined;
  let table: Table | undefined;
  let id: string | undefined;
  if (computed.type === 'choice' && computed.table && computed.field) {
    table = tables.find((one) => one.id === computed.table);
    id = computed.field;
  } else if (field.type === 'lookup' || (field.type === 'rollup' && keeping.has(field.aggregate))) {
    table = lookedAt(tables, own, field.from);
    id = field.field;
  }
  const found = table?.fields.find((one) => one.id === id);
  if (!found || !table) return undefined;
  return found.computed ? (sourceOf(tables, table, found, depth + 1) ?? found) : found;
}

export function resolved(base: Base): Base {
  const { tables } = base;
  return {
    ...base,
    tables: tables.map((table) => ({
      ...table,
      fields: table.fields.map((field) => {
        const source = sourceOf(tables, table, field, 0);
        return source ? { ...field, source } : field;
      }),
    })),
  };
}
