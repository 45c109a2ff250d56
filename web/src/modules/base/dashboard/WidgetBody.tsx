/** What stands in a widget: a chart, a number, a table, a text, or why there is nothing. */
import { Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconChartBarOff } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCell, type Locale } from '../../../grid/format';
import type { CellValue } from '../../../grid/model';
import { problemText } from '../../../ui/problem';
import { type Base, fieldsOf } from '../model';
import type { Picture } from './ChartCanvas';
import { Control } from './Control';
import classes from './Dashboard.module.css';
import { Markdown } from './Markdown';
import { missingIn, type Pick, type Picked, pickOf, type Shown, tableOf, type WidgetKind } from './model';
import { NumberCard } from './NumberCard';
import { Pivot } from './Pivot';
import { useReading, useTold } from './useReading';
import { WordCloud } from './WordCloud';

const ChartCanvas = lazy(() => import('./ChartCanvas'));

interface Props {
  id: string;
  kind: WidgetKind;
  title: string;
  base: Base;
  shown: Shown | undefined;
  error: unknown;
  picked: readonly Picked[];
  locale: Locale;
  picture?: React.Ref<Picture>;
  /** Shows the records behind a part; absent where there is nothing to lead to. */
  onBehind?: (at: Pick[], title: string) => void;
  onRecord?: (table: string, record: string) => void;
  onPick: (id: string, picked: Picked | null) => void;
}

function Message({ sign: Sign, text }: { sign: typeof IconAlertTriangle; text: string }) {
  return (
    <div className={classes.message} role="status">
      <Sign size={22} stroke={1.5} aria-hidden="true" />
      {text}
    </div>
  );
}

export function WidgetBody(props: Props) {
  const { id, kind, base, shown, error, picked, locale, title, onPick } = props;
  const { t } = useTranslation('dashboards');
  const missing = missingIn(kind, base);
  if (missing) return <Message sign={IconAlertTriangle} text={t(`missing.${missing}`)} />;
  if (kind.type === 'text')
    return kind.text.trim() ? <Markdown text={kind.text} /> : <Message sign={IconChartBarOff} text={t('emptyText')} />;
  if (kind.type === 'control') {
    const own = picked.find((one) => one.widget === id);
    return <Control id={id} kind={kind} base={base} picked={own} locale={locale} onPick={(one) => onPick(id, one)} />;
  }
  if (error && !shown) return <Message sign={IconAlertTriangle} text={problemText(error)} />;
  if (!shown) return <Skeleton height="100%" radius="sm" aria-label={t('loading')} />;
  return (
    <Told
      {...props}
      shown={shown}
      title={title || t(kind.type === 'chart' ? `form.${kind.form}` : `kind.${kind.type}`)}
    />
  );
}

function Told({ kind, base, shown, title, locale, picture, onBehind, onRecord }: Props & { shown: Shown }) {
  const { t } = useTranslation('dashboards');
  const words = useTold(locale);
  const read = useReading(locale);
  const table = base.tables.find((one) => one.id === tableOf(kind));
  if (kind.type === 'list' && shown.shows === 'records') {
    const view = table?.views.find((one) => one.id === kind.view);
    const fields = table && view ? fieldsOf(table, view).filter((one) => !one.hidden) : [];
    if (shown.page.items.length === 0) return <Message sign={IconChartBarOff} text={t('nothing')} />;
    return (
      <div className={classes.scroll}>
        <table className={classes.list} aria-label={title}>
          <thead>
            <tr>
              {fields.map(({ field }) => (
                <th key={field.id} scope="col">
                  {field.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.page.items.map((record) => (
              <tr key={record.id}>
                {fields.map(({ field }, at) => {
                  const text = formatCell(field, record.fields[field.id] as CellValue, locale);
                  return (
                    <td key={field.id}>
                      {at === 0 && onRecord && table ? (
                        <button type="button" onClick={() => onRecord(table.id, record.id)}>
                          {text || t('untitled')}
                        </button>
                      ) : (
                        text
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    );
  }
  if (kind.type === 'number' && shown.shows === 'number') {
    const press = onBehind && { onPress: () => onBehind([], title) };
    return <NumberCard kind={kind} number={shown.number} table={table} words={words} locale={locale} {...press} />;
  }
  if (shown.shows !== 'cube' || (kind.type !== 'chart' && kind.type !== 'pivot')) return null;
  const { cube } = shown;
  if (cube.count === 0 && (kind.query.rows?.length ?? 0) > 0)
    return <Message sign={IconChartBarOff} text={t('nothing')} />;
  if (kind.type === 'pivot') {
    const press = onBehind && { onPress: (at: Pick[]) => onBehind(at, title) };
    return <Pivot query={kind.query} cube={cube} table={table} words={words} label={title} {...press} />;
  }
  const reading = read(kind.query, cube, table);
  const behind = (row: number | null, column: number | null) => {
    const at = [
      ...cube.rows.map((axis) => (row === null ? null : pickOf(axis.groups[row]))),
      ...cube.columns.map((axis) => (column === null ? null : pickOf(axis.groups[column]))),
    ];
    const names = [row === null ? '' : reading.rows[row], column === null ? '' : reading.columns[column]];
    onBehind?.(at, [title, ...names].filter(Boolean).join(' · '));
  };
  if (kind.form === 'word_cloud') {
    const press = onBehind && { onPress: (row: number) => behind(row, null) };
    return <WordCloud cube={cube} reading={reading} label={title} {...press} />;
  }
  return (
    <Suspense fallback={<Skeleton height="100%" radius="sm" />}>
      <ChartCanvas
        kind={kind}
        cube={cube}
        reading={reading}
        label={title}
        {...(picture ? { handle: picture } : {})}
        {...(onBehind ? { onPress: behind } : {})}
      />
    </Suspense>
  );
}
