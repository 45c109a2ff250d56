import { Button } from '@mantine/core';
import { IconFilterOff, IconTableOff, IconTablePlus } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../data/client';
import type { LiveView } from '../../data/live-view';
import { EmptyState, ErrorState } from '../../ui/States';
import classes from './Base.module.css';
import { GridSkeleton } from './GridSkeleton';

interface CoverProps {
  live: LiveView;
  filtered: boolean;
  editable: boolean;
  onClear: () => void;
  onAdd: () => void;
  onImport: () => void;
}

/** What lies over a view when there are no records to show. */
export function Cover({ live, filtered, editable, onClear, onAdd, onImport }: CoverProps) {
  const { t } = useTranslation('base');
  useSyncExternalStore(live.subscribe, live.version);
  if (live.failure) {
    const error = new ProblemError({ status: 0, ...live.failure });
    return (
      <div className={classes.cover}>
        <ErrorState error={error} onRetry={() => live.retry()} />
      </div>
    );
  }
  if (!live.known) return <GridSkeleton />;
  if (live.changing) return <div className={classes.bar} />;
  if (live.total > 0) return null;
  return (
    <div className={classes.cover} data-row={editable}>
      {filtered ? (
        <EmptyState icon={IconTableOff} title={t('empty.noMatch')} hint={t('empty.noMatchHint')}>
          <Button variant="default" leftSection={<IconFilterOff size={15} />} onClick={onClear}>
            {t('empty.clear')}
          </Button>
        </EmptyState>
      ) : (
        <EmptyState icon={IconTablePlus} title={t('empty.title')} {...(editable ? { hint: t('empty.hint') } : {})}>
          {editable && (
            <>
              <Button onClick={onAdd}>{t('record.add')}</Button>
              <Button variant="default" onClick={onImport}>
                {t('import.title')}
              </Button>
            </>
          )}
        </EmptyState>
      )}
    </div>
  );
}
