/** A pivot table: rows and columns of groups, with totals and sub-totals that lead to the records behind them. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Table } from '../model';
import classes from './Dashboard.module.css';
import { type Cube, type CubeQuery, cellsOf, type Pick, pickOf, placeKey } from './model';
import type { Words } from './useReading';

interface Props {
  query: CubeQuery;
  cube: Cube;
  table: Table | undefined;
  words: Words;
  label: string;
  onPress?: (at: Pick[]) => void;
}

type Path = readonly number[];

/** Lines shown at once; a pivot table of more is told to be narrowed. */
const most = 500;

/** The groups of one side that have records, each before those in it; the total, an empty path, last. */
export function pathsOf(cube: Cube, side: 'rows' | 'columns', from: number): Path[] {
  const depth = cube[side].length;
  const seen = new Map<string, Path>();
  for (const { at } of cube.cells) {
    const own = at.slice(from, from + depth);
    const others = [...at.slice(0, from), ...at.slice(from + depth)];
    if (others.some((one) => one !== null)) continue;
    const end = own.indexOf(null);
    const path = own.slice(0, end < 0 ? depth : end) as number[];
    if (path.length > 0) seen.set(path.join(','), path);
  }
  const ordered = [...seen.values()].sort((a, b) => {
    for (let at = 0; at < Math.max(a.length, b.length); at++) {
      const order = (a[at] ?? -1) - (b[at] ?? -1);
      if (order !== 0) return order;
    }
    return 0;
  });
  return [...ordered, []];
}

export function Pivot({ query, cube, table, words, label, onPress }: Props) {
  const { t } = useTranslation('dashboards');
  const cells = useMemo(() => cellsOf(cube), [cube]);
  const rows = useMemo(() => pathsOf(cube, 'rows', 0), [cube]);
  // Sub-totals of columns stand in the rows of totals alone: a table as wide as it must be.
  const deepest = cube.columns.length;
  const columns = useMemo(
    () => pathsOf(cube, 'columns', cube.rows.length).filter((path) => path.length === deepest || path.length === 0),
    [cube, deepest],
  );
  const measures = query.measures ?? [];
  const name = (side: 'rows' | 'columns', depth: number, place: number | undefined) => {
    const group = place === undefined ? undefined : cube[side][depth]?.groups[place];
    const dimension = query[side]?.[depth];
    const field = table?.fields.find((one) => one.id === dimension?.field);
    return group ? words.group(group, dimension, field) : '';
  };
  const padded = (path: Path, depth: number) => Array.from({ length: depth }, (_, at) => path[at] ?? null);
  const shown = rows.length > most ? [...rows.slice(0, most - 1), []] : rows;
  return (
    <div className={classes.scroll}>
      <table className={classes.pivot} aria-label={label}>
        <thead>
          {cube.columns.map((axis, depth) => (
            <tr key={axis.field + String(depth)}>
              <th colSpan={Math.max(1, cube.rows.length)} />
              {columns.map((path) => (
                <th key={path.join(',')} colSpan={measures.length} scope="colgroup">
                  {path.length === 0 ? (depth === 0 ? t('total') : '') : name('columns', depth, path[depth])}
                </th>
              ))}
            </tr>
          ))}
          <tr>
            {cube.rows.length === 0 ? (
              <th />
            ) : (
              cube.rows.map((axis, depth) => (
                <th key={axis.field + String(depth)} scope="col">
                  {table?.fields.find((field) => field.id === axis.field)?.name}
                </th>
              ))
            )}
            {columns.map((path) =>
              measures.map((measure, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: measures are told apart by their place
                <th key={`${path.join(',')} ${at}`} scope="col" className={classes.right}>
                  {words.measure(measure, table)}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((path) => (
            <tr key={path.join(',')} data-total={path.length < cube.rows.length || undefined}>
              {Array.from({ length: Math.max(1, cube.rows.length) }, (_, depth) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: dimensions are told apart by their depth
                <th key={depth} scope="row">
                  {path.length === 0 && depth === 0
                    ? t('total')
                    : depth === path.length - 1
                      ? name('rows', depth, path[depth])
                      : ''}
                </th>
              ))}
              {columns.map((column) => {
                const at = [...padded(path, cube.rows.length), ...padded(column, cube.columns.length)];
                const cell = cells.get(placeKey(at));
                const axes = [...cube.rows, ...cube.columns];
                const picks = at.map((place, axis) => (place === null ? null : pickOf(axes[axis]?.groups[place])));
                return measures.map((measure, order) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: measures are told apart by their place
                    key={`${column.join(',')} ${order}`}
                    className={classes.right}
                    data-sum={column.length < deepest || undefined}
                  >
                    {cell &&
                      (onPress ? (
                        <button type="button" onClick={() => onPress(picks)}>
                          {words.told(measure, table, cell.values[order])}
                        </button>
                      ) : (
                        words.told(measure, table, cell.values[order])
                      ))}
                  </td>
                ));
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && <p className={classes.note}>{t('moreLines', { count: rows.length - most })}</p>}
    </div>
  );
}
