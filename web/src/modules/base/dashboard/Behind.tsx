/** The records behind a part of a chart. */
import { Button, Drawer, Loader } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatCell, type Locale } from '../../../grid/format';
import type { CellValue } from '../../../grid/model';
import { ErrorState } from '../../../ui/States';
import { fieldsOf, type Table } from '../model';
import { dashboardApi } from './api';
import classes from './Dashboard.module.css';
import type { Pick, Picked, Widget } from './model';

/** Fields beside the first that tell records apart. */
const details = 3;
const page = 100;

interface Props {
  base: string;
  dashboard: string;
  widget: Widget;
  table: Table;
  at: readonly Pick[];
  picked: readonly Picked[];
  title: string;
  locale: Locale;
  onOpen: (record: string) => void;
  onClose: () => void;
}

export function Behind({ base, dashboard, widget, table, at, picked, title, locale, onOpen, onClose }: Props) {
  const { t } = useTranslation('dashboards');
  const query = useInfiniteQuery({
    queryKey: ['base', base, 'dashboard', dashboard, 'widget', widget.id, 'behind', at, picked],
    queryFn: ({ signal, pageParam }) =>
      dashboardApi.behind(base, dashboard, widget.id, { at, picked, offset: pageParam, limit: page }, signal),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const shown = all.reduce((count, one) => count + one.items.length, 0);
      return last.items.length > 0 && shown < last.total ? shown : undefined;
    },
    retry: false,
  });
  const shown = table.views[0] ? fieldsOf(table, table.views[0]) : [];
  const [primary, ...others] = shown.filter((one) => !one.hidden).map((one) => one.field);
  const total = query.data?.pages.at(-1)?.total;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(480px, 100vw)"
      title={title}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {query.isPending && <Loader size="sm" />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {total !== undefined && <p className={classes.note}>{t('recordCount', { count: total })}</p>}
      <ul className={classes.behind}>
        {query.data?.pages
          .flatMap((one) => one.items)
          .map((record) => (
            <li key={record.id}>
              <button type="button" onClick={() => onOpen(record.id)}>
                <strong>
                  {(primary && formatCell(primary, record.fields[primary.id] as CellValue, locale)) || t('untitled')}
                </strong>
                <span>
                  {others
                    .slice(0, details)
                    .map((field) => formatCell(field, record.fields[field.id] as CellValue, locale))
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </button>
            </li>
          ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="default"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </Drawer>
  );
}
