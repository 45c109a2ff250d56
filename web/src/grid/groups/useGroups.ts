/** The lines of groups for the grid: what they show in each column, and what a press or a key on them does. */
import type { CompactSelection, CustomRenderer, Theme } from '@glideapps/glide-data-grid';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../format';
import type { Field, GridSource } from '../model';
import type { Scheme } from '../palette';
import { isRight, shapeOf } from '../shape';
import { type HeadCell, headCell, headRenderer, lineTheme } from './head';
import type { GroupLine, Head, Tells } from './model';
import { headText, summaryText, type Words } from './text';

export const groupRenderers: readonly CustomRenderer<HeadCell>[] = [headRenderer];

/** The words of groups in the reader's language. */
export function useWords(): Words {
  const { t } = useTranslation('group');
  return useMemo(
    () => ({
      empty: t('empty'),
      error: t('error'),
      checked: t('checked'),
      unchecked: t('unchecked'),
      week: (day) => t('weekOf', { day }),
      quarter: (year, quarter) => t('quarterOf', { year, quarter }),
      days: (count) => t('days', { count: Number(count.replaceAll(/\D/g, '')), shown: count }),
    }),
    [t],
  );
}

/** As many selected rows are looked at one by one. */
const most = 10_000;

/** Selected rows without lines that are no records. */
export function recordsOnly(rows: CompactSelection, source: GridSource): CompactSelection {
  if (!source.line || rows.length > most) return rows;
  let left = rows;
  for (const row of rows) if (source.line(row)) left = left.remove(row);
  return left;
}

export interface GroupLines {
  /** Whether lines are in groups. */
  grouped: boolean;
  cell(line: GroupLine, column: number): HeadCell;
  theme(line: GroupLine, base: Partial<Theme>): Partial<Theme>;
}

const nothing: Tells = { group: [], summaries: [] };

/** `all`: the fields of the table; those that groups are by may be hidden. */
export function useGroups(
  source: GridSource,
  columns: readonly Field[],
  all: readonly Field[],
  locale: Locale,
  scheme: Scheme,
): GroupLines {
  const { t } = useTranslation('group');
  const words = useWords();
  const tells = source.tells ?? nothing;
  return useMemo(() => {
    const levels = tells.group.map((key) => ({ key, field: all.find((one) => one.id === key.field) }));
    const told = new Map(tells.summaries.map((key, i) => [key.field, { key, i }]));
    const count = new Intl.NumberFormat(locale.language);
    const toldOf = (head: Head, field: Field) => {
      const one = told.get(field.id);
      return one ? summaryText(field, one.key.function, head.summaries?.[one.i], locale, words) : '';
    };
    const title = (head: Head, first: Field, look: { locale: Locale; scheme: Scheme; level: number }) => {
      const level = levels[look.level];
      const field = level?.field ?? first;
      const text = level ? headText(level.key, field, head, locale, words) : head.label;
      return headCell({
        kind: 'head',
        part: 'title',
        head,
        field,
        text,
        told: toldOf(head, first),
        count: count.format(head.count),
        ...look,
      });
    };
    return {
      grouped: levels.length > 0,
      cell: (line, column) => {
        const field = columns[column] as Field;
        const level = (line.kind === 'head' ? line.head.path : line.path).length - 1;
        const look = { locale, scheme, level };
        if (line.kind === 'end')
          return headCell({ kind: 'head', part: 'end', text: column === 0 ? t('add') : '', ...look });
        if (column === 0) return title(line.head, field, look);
        const right = isRight(shapeOf(field));
        return headCell({ kind: 'head', part: 'told', told: toldOf(line.head, field), right, ...look });
      },
      theme: (line, base) => lineTheme(line.kind === 'head' ? line.head.path.length - 1 : undefined, scheme, base),
    };
  }, [tells, columns, all, locale, scheme, words, t]);
}
