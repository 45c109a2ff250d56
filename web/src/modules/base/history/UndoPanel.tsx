/** What one did oneself and can take back, and what one took back and can do again. */
import { Button } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { notify, notifyProblem } from '../../../ui/notify';
import { EmptyState, ErrorState, ListSkeleton } from '../../../ui/States';
import type { Base } from '../model';
import { type Entry, historyApi } from './api';
import { EntryCard } from './EntryCard';
import classes from './History.module.css';
import { historyKey, refreshHistory } from './useHistory';

export function UndoPanel({ base, locale }: { base: Base; locale: Locale }) {
  const { t } = useTranslation('history');
  const id = base.resource.id;
  const [busy, setBusy] = useState<number | null>(null);
  const list = useQuery({
    queryKey: [...historyKey(id), 'undo'],
    queryFn: ({ signal }) => historyApi.undoList(id, signal),
    staleTime: 0,
  });
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <ListSkeleton rows={6} height={56} />;
  const { undo, redo } = list.data;
  if (undo.length + redo.length === 0) {
    return <EmptyState icon={IconArrowBackUp} title={t('undo.empty')} hint={t('undo.emptyHint')} />;
  }

  async function takeBack(seq: number, done: 'undone' | 'redone') {
    setBusy(seq);
    try {
      await historyApi.takeBack(id, seq);
      notify(t(`undo.${done}`));
    } catch (error) {
      notifyProblem(error, t('undo.refused'));
    } finally {
      setBusy(null);
      refreshHistory(id);
    }
  }

  const entries = (all: readonly Entry[], again: boolean) => (
    <ol className={classes.list}>
      {all.map((entry) => (
        <EntryCard
          key={entry.seq}
          base={base}
          entry={entry}
          locale={locale}
          actions={
            <Button
              variant="default"
              size="compact-sm"
              leftSection={again ? <IconArrowForwardUp size={14} /> : <IconArrowBackUp size={14} />}
              loading={busy === entry.seq}
              disabled={busy !== null && busy !== entry.seq}
              onClick={() => void takeBack(entry.seq, again ? 'redone' : 'undone')}
            >
              {t(again ? 'undo.redo' : 'undo.undo')}
            </Button>
          }
        />
      ))}
    </ol>
  );
  return (
    <>
      {redo.length > 0 && (
        <>
          <h3 className={classes.subtitle}>{t('undo.again')}</h3>
          {entries(redo, true)}
        </>
      )}
      {undo.length > 0 && (
        <>
          <h3 className={classes.subtitle}>{t('undo.mine')}</h3>
          {entries(undo, false)}
        </>
      )}
    </>
  );
}
