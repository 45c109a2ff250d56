/** Changes of a base, a table, a record or a cell, newest first, each with what can be done with it. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconHistory, IconRestore } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { EmptyState, ErrorState, ListSkeleton } from '../../../ui/States';
import type { Base } from '../model';
import type { Entry, Filter, Moment, Place } from './api';
import { EntryCard } from './EntryCard';
import classes from './History.module.css';
import { RestoreDialog } from './RestoreDialog';
import { useHistory } from './useHistory';

interface Props {
  base: Base;
  place: Place;
  filter: Filter;
  locale: Locale;
}

export function HistoryList({ base, place, filter, locale }: Props) {
  const { t } = useTranslation('history');
  const [restoring, setRestoring] = useState<Moment | null>(null);
  const history = useHistory(place, filter);
  if (history.error) return <ErrorState error={history.error} onRetry={() => void history.refetch()} />;
  if (!history.data) return <ListSkeleton rows={6} height={56} />;
  const entries = history.data.pages.flatMap((page) => page.items);
  const filtered = Object.values(filter).some((value) => value !== undefined);
  const narrow = (moment: Moment): Moment =>
    place.record && filter.field ? { ...moment, fields: [filter.field] } : moment;
  return (
    <>
      {entries.length === 0 && !history.hasNextPage ? (
        <EmptyState icon={IconHistory} title={t(filtered ? 'emptyFiltered' : 'empty')} hint={t('emptyHint')} />
      ) : (
        <ol className={classes.list}>
          {entries.map((entry) => (
            <EntryCard
              key={entry.seq}
              base={base}
              entry={entry}
              locale={locale}
              own={place.record !== undefined}
              actions={
                place.table && (
                  <RestoreMenu
                    entry={entry}
                    cell={place.record !== undefined && filter.field !== undefined}
                    onPick={(moment) => setRestoring(narrow(moment))}
                  />
                )
              }
            />
          ))}
        </ol>
      )}
      {history.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {t('common:loadMore')}
          </Button>
        </div>
      )}
      {restoring && (
        <RestoreDialog
          base={base}
          place={place}
          moment={restoring}
          locale={locale}
          onClose={() => setRestoring(null)}
        />
      )}
    </>
  );
}

interface MenuProps {
  entry: Entry;
  cell: boolean;
  onPick: (moment: Moment) => void;
}

function RestoreMenu({ entry, cell, onPick }: MenuProps) {
  const { t } = useTranslation('history');
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={26} aria-label={t('restore.menu')}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconRestore size={15} />} onClick={() => onPick({ to: entry.seq })}>
          {t(cell ? 'restore.value' : 'restore.after')}
        </Menu.Item>
        <Menu.Item leftSection={<IconRestore size={15} />} onClick={() => onPick({ to: entry.seq - 1 })}>
          {t(cell ? 'restore.valueBefore' : 'restore.before')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
