/**
 * What a view shows: as saved, or for a member who may not change the view, as this member alone wants to see it. Changes by
 * those who may are saved at once.
 */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ViewRequest } from '../../data/live-view';
import type { GroupKey, SummaryFunction } from '../../grid/groups/model';
import type { RowHeight } from '../../grid/model';
import { baseApi } from './api';
import { useRules } from './colors/useRules';
import { cleanSort, fromFilter, type Group, toFilter } from './filter/model';
import { type ColorRule, type Filter, fieldsOf, type SortKey, type Table, type View, type ViewField } from './model';
import { parentsIn } from './tree/model';
import { changeBase, mapView } from './useBase';
import { asked, type ViewKind } from './views/model';

type Local = Partial<
  Pick<
    View,
    'kind' | 'filter' | 'group' | 'sort' | 'summaries' | 'fields' | 'row_height' | 'frozen' | 'colors' | 'tree'
  >
>;

/** As many columns as the server keeps in place. */
const mostFrozen = 10;

const noRules: ColorRule[] = [];

/** What names fields that are gone says nothing. */
const known = <T extends { field: string }>(keys: readonly T[] | undefined, table: Table): T[] =>
  (keys ?? []).filter((key) => table.fields.some((field) => field.id === key.field));

/** `mayChange`: whether changes are saved in the view, for everybody who sees it. */
export function useViewState(base: string, table: Table, view: View, mayChange: boolean) {
  const { t } = useTranslation('base');
  const [local, setLocal] = useState<Local>({});
  const [search, setSearch] = useState('');
  const [narrowed, setNarrowed] = useState(false);
  const [draft, setDraft] = useState<Group | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins as it is saved
  useEffect(() => {
    setLocal({});
    setDraft(null);
  }, [view.id]);
  const change = useCallback(
    (part: Local) => {
      if (!mayChange) return setLocal((old) => ({ ...old, ...part }));
      void changeBase(
        base,
        (old) => mapView(old, table.id, view.id, part),
        () => baseApi.updateView(base, table.id, view.id, part),
        t('view.notSaved'),
      );
    },
    [base, table.id, view.id, mayChange, t],
  );

  const kind: ViewKind = local.kind ?? view.kind;
  const filter: Filter | null = (local.filter !== undefined ? local.filter : view.filter) ?? null;
  const sort = useMemo(() => cleanSort(local.sort ?? view.sort, table.fields), [local.sort, view.sort, table.fields]);
  const levels = useMemo(() => known(local.group ?? view.group, table), [local.group, view.group, table]);
  const summaries = useMemo(
    () => known(local.summaries ?? view.summaries, table),
    [local.summaries, view.summaries, table],
  );
  const links = useMemo(() => parentsIn(table), [table]);
  const named = (local.tree !== undefined ? local.tree : view.tree) ?? null;
  const tree = links.some((field) => field.id === named) ? named : null;
  const fields = local.fields ?? view.fields;
  const shown = useMemo(() => fieldsOf(table, fields ? { fields } : {}), [table, fields]);
  // The draft keeps conditions that are not complete; it gives way when the filter was changed by somebody else.
  const saved = JSON.stringify(filter);
  const drafted = draft && JSON.stringify(toFilter(draft, table.fields)) === saved ? draft : null;
  const group = useMemo(() => drafted ?? fromFilter(JSON.parse(saved)), [drafted, saved]);

  const setGroup = useCallback(
    (next: Group) => {
      setDraft(next);
      const wanted = toFilter(next, table.fields);
      if (JSON.stringify(wanted) !== saved) change({ filter: wanted });
    },
    [change, saved, table.fields],
  );

  const colors = local.colors ?? view.colors ?? noRules;
  const setColors = useCallback((next: ColorRule[]) => change({ colors: next }), [change]);
  const rules = useRules(colors, table.fields, setColors);

  const query = narrowed ? search : '';
  const own = [local.kind, local.filter, local.group, local.sort, local.summaries, local.colors, local.tree];
  const mine = own.some((part) => part !== undefined);
  const asks = useMemo(
    () => asked(kind, { group: levels, sort, summaries, tree }, table.fields),
    [kind, levels, sort, summaries, tree, table.fields],
  );
  const finds = useMemo(
    () => ({
      ...(filter ? { filter } : {}),
      group: asks.group,
      sort: asks.sort,
      ...(query ? { search: query } : {}),
      ...(asks.tree ? { tree: asks.tree } : {}),
    }),
    [filter, asks, query],
  );

  const request = useMemo<ViewRequest>(() => {
    if (query === '' && !mine) return { base, table: table.id, view: view.id };
    return {
      base,
      table: table.id,
      query: { ...finds, summaries: asks.summaries, ...(colors.length > 0 ? { colors } : {}) },
    };
  }, [base, table.id, view.id, query, mine, finds, asks, colors]);

  const setSummary = useCallback(
    (field: string, what: SummaryFunction | null) => {
      const others = summaries.filter((key) => key.field !== field);
      change({ summaries: what ? [...others, { field, function: what }] : others });
    },
    [change, summaries],
  );

  return {
    /** How it is drawn, and what is set for that. */
    kind,
    setKind: (next: ViewKind) => change({ kind: next }),
    filter,
    group,
    levels,
    sort,
    shown,
    rowHeight: local.row_height ?? view.row_height ?? ('short' as RowHeight),
    /** How many columns from the first stay where they are. */
    frozen: local.frozen ?? view.frozen ?? 1,
    /** What is looked for. */
    search,
    /** Only the records that have it are shown. */
    narrowed,
    /** What is shown, to find in it. */
    finds,
    request,
    /** Under whose records those of the view stand, and the links there are for that. */
    tree,
    links,
    colors,
    rules,
    /** What is shown otherwise than saved, for this member alone; null when nothing is. */
    local: Object.keys(local).length > 0 ? local : null,
    setSearch,
    setNarrowed,
    setGroup,
    setLevels: (next: GroupKey[]) => change({ group: next }),
    setSummary,
    setTree: (next: string | null) => change({ tree: next }),
    setSort: (next: SortKey[]) => change({ sort: next }),
    setFields: (next: ViewField[]) => change({ fields: next }),
    setRowHeight: (next: RowHeight) => change({ row_height: next }),
    setFrozen: (next: number) => change({ frozen: Math.min(next, mostFrozen) }),
    reset: () => {
      setLocal({});
      setDraft(null);
    },
  };
}

export type ViewState = ReturnType<typeof useViewState>;
