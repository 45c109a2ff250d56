import type { Locale } from '../../../../grid/format';
import type { GroupKey, Head } from '../../../../grid/groups/model';
import { headText } from '../../../../grid/groups/text';
import { useWords } from '../../../../grid/groups/useGroups';
import type { Field } from '../../../../grid/model';
import { GroupRow } from './Row';
import { extentOf } from './useAxis';

interface Props {
  head: Head;
  levels: readonly GroupKey[];
  fields: readonly Field[];
  locale: Locale;
  top: number;
  table: number;
  origin: number;
  pixels: number;
  onFold: () => void;
}

/** The head of a group of tasks: what it is called, and from when to when its tasks are. */
export function GroupLine({ head, levels, fields, locale, top, table, origin, pixels, onFold }: Props) {
  const words = useWords();
  const level = head.path.length - 1;
  const key = levels[level];
  const field = fields.find((one) => one.id === key?.field);
  const extent = extentOf(head.summaries);
  return (
    <GroupRow
      text={key && field ? headText(key, field, head, locale, words) : head.label}
      count={head.count}
      folded={head.folded}
      level={level}
      top={top}
      table={table}
      bar={extent && { left: (extent.from - origin) * pixels, width: (extent.to - extent.from) * pixels }}
      onFold={onFold}
    />
  );
}
