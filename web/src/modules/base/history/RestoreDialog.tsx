/** Shows what going back to a moment would change, and does it. */
import { Button, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { notify, notifyProblem } from '../../../ui/notify';
import { ErrorState, ListSkeleton } from '../../../ui/States';
import type { Base } from '../model';
import { historyApi, type Line, type Moment, type Place } from './api';
import { Lines } from './EntryCard';
import classes from './History.module.css';
import { refreshHistory } from './useHistory';

interface Props {
  base: Base;
  place: Place;
  moment: Moment;
  locale: Locale;
  onClose: () => void;
}

export function RestoreDialog({ base, place, moment, locale, onClose }: Props) {
  const { t } = useTranslation('history');
  const [busy, setBusy] = useState(false);
  const preview = useQuery({
    queryKey: ['base', place.base, 'restore', place, moment],
    queryFn: () => historyApi.preview(place, moment),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const changes = preview.data?.changes ?? [];

  async function restore() {
    setBusy(true);
    try {
      await historyApi.restore(place, preview.data ? { ...moment, to: preview.data.to, at: undefined } : moment);
      notify(t('restore.done'));
      refreshHistory(place.base);
      onClose();
    } catch (error) {
      notifyProblem(error, t('restore.failed'));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t(place.record ? 'restore.record' : 'restore.table')}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {preview.error ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : !preview.data ? (
        <ListSkeleton rows={4} />
      ) : (
        <>
          <div>{changes.length === 0 ? t('restore.nothing') : t('restore.counts', counts(changes))}</div>
          {preview.data.lost > 0 && (
            <div className={classes.lost}>{t('restore.lost', { count: preview.data.lost })}</div>
          )}
          {changes.length > 0 && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            <div className={classes.preview} tabIndex={0} role="region" aria-label={t('restore.preview')}>
              <Lines base={base} lines={changes} known={preview.data.names} locale={locale} />
            </div>
          )}
        </>
      )}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button data-autofocus loading={busy} disabled={changes.length === 0} onClick={() => void restore()}>
          {t('restore.action')}
        </Button>
      </Group>
    </Modal>
  );
}

/** Records that would come back, change and go. */
export function counts(changes: readonly Line[]): { back: number; changed: number; gone: number } {
  const of = (kind: Line['kind']) =>
    changes.filter((line) => line.kind === kind).reduce((sum, line) => sum + line.records, 0);
  return { back: of('create_records'), changed: of('update_records'), gone: of('delete_records') };
}
