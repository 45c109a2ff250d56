import { type CellValue, type Field, isMore, isWritable, itemsOf } from '../../../grid/model';
import type { CellServices } from '../../../grid/services';

/** What a copy of a record has: what people write, but nothing that may be there only once. */
export async function copyOf(
  record: string,
  cells: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
  whole: CellServices['wholeCell'],
): Promise<Record<string, CellValue>> {
  const copied = fields.filter((field) => isWritable(field) && !field.unique && field.type !== 'backlink');
  const values = copied.map(async (field): Promise<[string, CellValue]> => {
    const value = cells[field.id] as CellValue;
    return [field.id, itemsOf(value).some(isMore) ? await whole(record, field) : value];
  });
  return Object.fromEntries((await Promise.all(values)).filter(([, value]) => value !== undefined));
}
