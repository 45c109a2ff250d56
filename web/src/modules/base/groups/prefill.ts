/** What a new record has so that the view it is made in shows it: the values its filter asks for, and those of its group. Pure. */

import type { GroupKey, Path } from '../../../grid/groups/model';
import { cellsOf } from '../../../grid/groups/values';
import { type CellValue, type Field, isMultiple, isWritable } from '../../../grid/model';
import { shapeOf } from '../../../grid/shape';
import type { Condition, Filter } from '../model';

const isFilled = (value: unknown): value is string | number | boolean =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean';

/** The value a field must have for a condition to hold; undefined when it may have several, or is not known here. */
function asked(field: Field, { op, value }: Condition): CellValue {
  const { as } = shapeOf(field);
  const only = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (as === 'choice' || as === 'member' || as === 'group') {
    const list = Array.isArray(value) ? value : [value];
    const fits = op === 'is' || (isMultiple(field) && op === 'all_of') || (op === 'any_of' && list.length === 1);
    if (!fits || list.length === 0 || !list.every((id) => typeof id === 'string' && id.includes('_'))) return undefined;
    if (as === 'choice' && !isMultiple(field)) return only as string;
    return list as string[];
  }
  if (op !== 'is' || !isFilled(value)) return undefined;
  if (as === 'date') return /^\d{4}-\d\d-\d\d/.test(String(value)) && value !== true ? value : undefined;
  return as === 'text' || as === 'number' || as === 'checkbox' ? value : undefined;
}

/** What every record that passes the filter has. */
export function cellsOfFilter(filter: Filter | null, fields: readonly Field[]): Record<string, CellValue> {
  if (!filter) return {};
  if ('and' in filter) return Object.assign({}, ...filter.and.map((part) => cellsOfFilter(part, fields)));
  if ('or' in filter) return filter.or.length === 1 ? cellsOfFilter(filter.or[0] as Filter, fields) : {};
  const field = fields.find((one) => one.id === filter.field);
  const value = field && isWritable(field) ? asked(field, filter) : undefined;
  return field && value !== undefined ? { [field.id]: value } : {};
}

export interface Prefill {
  filter: Filter | null;
  group: readonly GroupKey[];
  fields: readonly Field[];
  zone: string;
}

/** A new record with what was typed, or else what the view and the group ask for. */
export function prefilled(
  typed: Record<string, CellValue>,
  path: Path,
  { filter, group, fields, zone }: Prefill,
): Record<string, CellValue> {
  return { ...cellsOfFilter(filter, fields), ...cellsOf(group, path, fields, zone), ...typed };
}
