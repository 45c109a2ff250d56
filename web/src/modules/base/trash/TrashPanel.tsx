/** What was deleted in a base, to be brought back or deleted for good. */
import { Button, Checkbox, SegmentedControl } from '@mantine/core';
import {
  IconChartBar,
  IconColumns3,
  IconForms,
  IconLayoutList,
  IconRestore,
  IconTable,
  IconTrash,
} from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMembersById } from '../../../data/directory';
import { useFormat } from '../../../data/me';
import { queryClient } from '../../../data/queries';
import { confirm } from '../../../ui/confirm';
import { notify, notifyProblem } from '../../../ui/notify';
import { EmptyState, ErrorState, ListSkeleton } from '../../../ui/States';
import { historyApi, type TrashItem } from '../history/api';
import classes from '../history/History.module.css';
import { historyKey, refreshHistory } from '../history/useHistory';
import { baseQuery } from '../useBase';

const icons = {
  record: IconForms,
  field: IconColumns3,
  view: IconLayoutList,
  dashboard: IconChartBar,
  table: IconTable,
};
const kinds = ['record', 'field', 'view', 'dashboard', 'table'] as const;

export function TrashPanel({ base }: { base: string }) {
  const { t } = useTranslation('history');
  const [kind, setKind] = useState<string>('');
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const trash = useInfiniteQuery({
    queryKey: [...historyKey(base), 'trash', kind],
    queryFn: ({ pageParam, signal }) => historyApi.trash(base, kind || undefined, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 0,
  });
  if (trash.error) return <ErrorState error={trash.error} onRetry={() => void trash.refetch()} />;
  const items = trash.data?.pages.flatMap((page) => page.items) ?? [];
  const ids = items.filter((item) => picked.has(item.id)).map((item) => item.id);

  async function act(work: () => Promise<string>, failed: string) {
    setBusy(true);
    try {
      notify(await work());
      setPicked(new Set());
    } catch (error) {
      notifyProblem(error, failed);
    } finally {
      setBusy(false);
      refreshHistory(base);
      void queryClient.invalidateQueries({ queryKey: baseQuery(base).queryKey, exact: true });
    }
  }
  const restore = (some: string[]) =>
    act(async () => {
      const { restored } = await historyApi.revive(base, some);
      return t('trash.restored', { count: restored.length });
    }, t('trash.notRestored'));
  async function purge(some: string[] | 'all') {
    const yes = await confirm({
      title: some === 'all' ? t('trash.emptyTitle') : t('trash.purgeTitle', { count: some.length }),
      body: t('trash.purgeBody'),
      action: t('trash.purge'),
      danger: true,
    });
    if (!yes) return;
    await act(async () => {
      const { count } = await historyApi.purge(base, some);
      return t('trash.purged', { count });
    }, t('trash.notPurged'));
  }

  return (
    <>
      <div className={classes.note}>{t('trash.hint')}</div>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('trash.kinds')}
        value={kind}
        onChange={(value) => {
          setKind(value);
          setPicked(new Set());
        }}
        data={[
          { value: '', label: t('trash.all') },
          ...kinds.map((one) => ({ value: one, label: t(`trash.kind.${one}`) })),
        ]}
      />
      {items.length > 0 && (
        <div className={classes.bar}>
          <Checkbox
            aria-label={t('trash.pickAll')}
            checked={ids.length === items.length}
            indeterminate={ids.length > 0 && ids.length < items.length}
            onChange={(event) => setPicked(new Set(event.currentTarget.checked ? items.map((item) => item.id) : []))}
          />
          <Button
            size="compact-sm"
            leftSection={<IconRestore size={14} />}
            disabled={ids.length === 0 || busy}
            onClick={() => void restore(ids)}
          >
            {t('trash.restore')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={ids.length === 0 || busy}
            onClick={() => void purge(ids)}
          >
            {t('trash.purge')}
          </Button>
          <span className={classes.grow} />
          <Button size="compact-sm" variant="subtle" color="red" disabled={busy} onClick={() => void purge('all')}>
            {t('trash.emptyAll')}
          </Button>
        </div>
      )}
      {!trash.data ? (
        <ListSkeleton rows={6} height={48} />
      ) : items.length === 0 ? (
        <EmptyState icon={IconTrash} title={t('trash.none')} />
      ) : (
        <ul className={classes.list}>
          {items.map((item) => (
            <Row
              key={item.id}
              item={item}
              picked={picked.has(item.id)}
              busy={busy}
              onPick={(on) => {
                const next = new Set(picked);
                if (on) next.add(item.id);
                else next.delete(item.id);
                setPicked(next);
              }}
              onRestore={() => void restore([item.id])}
            />
          ))}
        </ul>
      )}
      {trash.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={trash.isFetchingNextPage} onClick={() => void trash.fetchNextPage()}>
            {t('common:loadMore')}
          </Button>
        </div>
      )}
    </>
  );
}

interface RowProps {
  item: TrashItem;
  picked: boolean;
  busy: boolean;
  onPick: (on: boolean) => void;
  onRestore: () => void;
}

function Row({ item, picked, busy, onPick, onRestore }: RowProps) {
  const { t } = useTranslation('history');
  const format = useFormat();
  const members = useMembersById();
  const Sign = icons[item.kind];
  const name = item.name || t('untitled');
  const who = members.get(item.actor)?.name ?? t('somebody');
  return (
    <li className={classes.row}>
      <Checkbox aria-label={name} checked={picked} onChange={(event) => onPick(event.currentTarget.checked)} />
      <Sign size={17} stroke={1.6} aria-label={t(`trash.kind.${item.kind}`)} />
      <div className={classes.rowText}>
        <div className={classes.rowName}>{name}</div>
        <div className={classes.when} title={format.dateTime(item.at)}>
          {item.kind === 'table' || item.kind === 'dashboard' ? '' : `${item.table_name} · `}
          {t('trash.by', { who, when: format.ago(item.at) })}
        </div>
      </div>
      {item.restorable ? (
        <Button variant="subtle" size="compact-sm" disabled={busy} onClick={onRestore}>
          {t('trash.restore')}
        </Button>
      ) : (
        <span className={classes.when}>{t('trash.tooLarge')}</span>
      )}
    </li>
  );
}
