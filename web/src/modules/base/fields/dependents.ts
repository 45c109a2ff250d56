/** What depends on a field beside the formulas the server knows of: the views of its table. Pure. */
import { fieldsInFilter } from '../filter/model';
import type { Base, Table, View } from '../model';

/** A field somewhere in a base, by its names. */
export interface Named {
  table: string;
  field: string;
}

export function namesOf(base: Base, place: { table: string; field: string }): Named | undefined {
  const table = base.tables.find((one) => one.id === place.table);
  const field = table?.fields.find((one) => one.id === place.field);
  return table && field && { table: table.name, field: field.name };
}

/** Views that filter, sort, group or colour by a field, or are drawn by it. */
export function viewsUsing(table: Table, field: string): View[] {
  return table.views.filter((view) => {
    const named: { field: string }[] = [...(view.sort ?? []), ...(view.group ?? []), ...(view.summaries ?? [])];
    const filters = [view.filter, ...(view.colors ?? []).map((rule) => rule.filter)];
    if (JSON.stringify(view.kind).includes(`"${field}"`)) return true;
    return named.some((key) => key.field === field) || filters.some((filter) => fieldsInFilter(filter).has(field));
  });
}

/** `Visits: Total, Cost`, a line for each table; its own table first and unnamed. */
export function byTable(places: readonly Named[], own: string): { table: string | null; fields: string[] }[] {
  const tables = new Map<string, string[]>();
  for (const { table, field } of places) tables.set(table, [...(tables.get(table) ?? []), field]);
  return [...tables]
    .sort(([a], [b]) => Number(b === own) - Number(a === own))
    .map(([table, fields]) => ({ table: table === own ? null : table, fields }));
}
