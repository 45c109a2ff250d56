/** What a record that is made in a group has: the values of the group. Pure. */
import { dateValue } from '../dates';
import { type CellValue, type Field, isMultiple, isWritable } from '../model';
import { shapeOf } from '../shape';
import type { GroupKey, Path } from './model';

/** Cells of a record that is to be in the group; what cannot be written is left out. */
export function cellsOf(
  group: readonly GroupKey[],
  path: Path,
  fields: readonly Field[],
  zone: string,
): Record<string, CellValue> {
  const cells: Record<string, CellValue> = {};
  group.slice(0, path.length).forEach((key, i) => {
    const field = fields.find((one) => one.id === key.field);
    const value = field && isWritable(field) ? cellValue(field, key, path[i], zone) : undefined;
    if (field && value !== undefined) cells[field.id] = value;
  });
  return cells;
}

function cellValue(field: Field, key: GroupKey, value: unknown, zone: string): CellValue {
  if (value === null || value === undefined || (typeof value === 'object' && 'error' in value)) return undefined;
  switch (shapeOf(field).as) {
    case 'number':
      return typeof value === 'object' ? (value as { from: number }).from : (value as number);
    case 'date':
      return dateOf(field, key, value as string, zone);
    case 'choice':
    case 'member':
    case 'group': {
      const ids = Array.isArray(value) ? (value as string[]) : [value as string];
      return isMultiple(field) || shapeOf(field).as !== 'choice' ? ids : ids[0];
    }
    case 'record':
      return value as string[];
    case 'checkbox':
    case 'text':
      return value as CellValue;
    default:
      return undefined;
  }
}

/** The first day of a span; of a field with times its beginning where the reader is. */
function dateOf(field: Field, key: GroupKey, value: string, zone: string): CellValue {
  const time = 'time' in field && field.time;
  if (!time || !key.by || key.by === 'value') return value;
  const [year = 1970, month = 1, day = 1] = value.split('-').map(Number);
  return dateValue({ year, month, day, hour: 0, minute: 0 }, true, zone);
}
