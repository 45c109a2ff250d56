/** What a cube tells, in the reader's language. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import type { GroupKey } from '../../../grid/groups/model';
import { headText, summaryText } from '../../../grid/groups/text';
import { useWords } from '../../../grid/groups/useGroups';
import type { Field } from '../../../grid/model';
import type { Table } from '../model';
import type { Cube, CubeGroup, CubeQuery, Dimension, Measure } from './model';
import type { Reading } from './options';

export interface Words {
  group: (group: CubeGroup, dimension: Dimension | undefined, field: Field | undefined) => string;
  measure: (measure: Measure, table: Table | undefined) => string;
  told: (measure: Measure, table: Table | undefined, value: unknown) => string;
}

export function useTold(locale: Locale): Words {
  const { t } = useTranslation('dashboards');
  const { t: tGroup } = useTranslation('group');
  const words = useWords();
  const fieldOf = (measure: Measure, table: Table | undefined) =>
    table?.fields.find((field) => field.id === measure.field);
  return {
    group: (group, dimension, field) => {
      if (group.other !== undefined) return t('other', { count: group.other });
      if (!field || !dimension) return group.label;
      const key: GroupKey = { descending: false, ...dimension };
      return headText(key, field, { path: [group.value], label: group.label, count: 0, folded: false }, locale, words);
    },
    measure: (measure, table) => {
      const field = fieldOf(measure, table);
      const what = measure.function ?? 'count';
      return field ? t('measureOf', { field: field.name, what: tGroup(`short.${what}`) }) : t('records');
    },
    told: (measure, table, value) => {
      const field = fieldOf(measure, table);
      if (value === null || value === undefined) return '—';
      if (field) return summaryText(field, measure.function ?? 'count', value, locale, words);
      return typeof value === 'number' ? new Intl.NumberFormat(locale.language).format(value) : String(value);
    },
  };
}

/** Names of groups and measures of a chart, and how its values are read. */
export function useReading(locale: Locale) {
  const words = useTold(locale);
  return useCallback(
    (query: CubeQuery, cube: Cube, table: Table | undefined): Reading => {
      const measures = query.measures ?? [];
      const names = (dimension: Dimension | undefined, groups: readonly CubeGroup[] | undefined) => {
        const field = table?.fields.find((one) => one.id === dimension?.field);
        return (groups ?? []).map((group) => words.group(group, dimension, field));
      };
      return {
        rows: names(query.rows?.[0], cube.rows[0]?.groups),
        columns: names(query.columns?.[0], cube.columns[0]?.groups),
        measures: measures.map((measure) => words.measure(measure, table)),
        told: (at, value) => words.told(measures[at] ?? {}, table, value === '-' ? null : value),
      };
    },
    [words],
  );
}
