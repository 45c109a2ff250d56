import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../data/me';
import type { Field, GridSource } from '../../grid/model';
import { shapeOf } from '../../grid/shape';
import type { Selection } from '../../grid/types';
import classes from './Base.module.css';
import type { Base } from './model';
import { OutboxBadge } from './OutboxBadge';

interface Props {
  base: Base;
  source: GridSource;
  fields: readonly Field[];
  selection: Selection | null;
}

/** Most cells that are added up while selecting. */
const most = 20_000;

/** Numbers of the selected range, when all its rows are at hand. */
export function sumOf(source: GridSource, fields: readonly Field[], range: Selection['range']) {
  if (!range || range.width * range.height > most || range.width * range.height < 2) return undefined;
  const columns = fields.slice(range.x, range.x + range.width).filter((field) => shapeOf(field).as === 'number');
  if (columns.length === 0) return undefined;
  let sum = 0;
  let count = 0;
  for (let y = range.y; y < range.y + range.height; y++) {
    const row = source.row(y);
    if (!row && source.line?.(y)) continue;
    if (!row) return undefined;
    for (const field of columns) {
      const value = row.cells[field.id];
      if (typeof value !== 'number') continue;
      sum += value;
      count++;
    }
  }
  return count === 0 ? undefined : { sum: Number(sum.toPrecision(12)), average: Number((sum / count).toPrecision(8)) };
}

/** How many records there are and what is selected. */
export function Footer({ base, source, fields, selection }: Props) {
  const { t } = useTranslation('base');
  const format = useFormat();
  useSyncExternalStore(source.subscribe, source.version);
  const records = source.records ?? source.total;
  const cells = selection?.range ? selection.range.width * selection.range.height : 0;
  const sum = sumOf(source, fields, selection?.range ?? null);
  return (
    <footer className={classes.footer}>
      <span data-total>{t('footer.total', { count: records, shown: format.number(records) })}</span>
      {selection && selection.rowCount > 0 && (
        <span>{t('footer.rows', { count: selection.rowCount, shown: format.number(selection.rowCount) })}</span>
      )}
      {cells > 1 && <span>{t('footer.cells', { count: cells, shown: format.number(cells) })}</span>}
      {sum && (
        <>
          <span>
            {t('footer.sum')} <b>{format.number(sum.sum)}</b>
          </span>
          <span>
            {t('footer.average')} <b>{format.number(sum.average)}</b>
          </span>
        </>
      )}
      <span className={classes.grow} />
      <OutboxBadge base={base} />
    </footer>
  );
}
