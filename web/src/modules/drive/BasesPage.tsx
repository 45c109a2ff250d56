import { Button } from '@mantine/core';
import { IconPlus, IconTable } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMembersById } from '../../data/directory';
import { useFormat, useMe } from '../../data/me';
import { type Listing, resourcesQuery } from '../../data/queries';
import type { Resource, ResourceKind } from '../../data/types';
import { MemberAvatar } from '../../ui/MemberAvatar';
import { PageBody, PageHead, usePageTitle } from '../../ui/Page';
import { ResourceIcon } from '../../ui/ResourceIcon';
import { EmptyState, ErrorState, ListSkeleton } from '../../ui/States';
import classes from './Drive.module.css';
import { useDriveCommands } from './drive-commands';

const CreateDialog = lazy(() => import('./CreateDialog'));

/** Recent ones first, then the others one owns or is given. */
const listings: Listing[] = [{ view: 'recent' }, { in: 'root' }, { view: 'shared' }];
/** Folders that are looked into, at most. */
const mostFolders = 24;

function useBases() {
  const top = useQueries({ queries: listings.map(resourcesQuery) });
  const folders = top.flatMap((list) => list.data ?? []).filter(({ kind }) => kind === 'folder');
  const ids = [...new Set(folders.map(({ id }) => id))].slice(0, mostFolders);
  const below = useQueries({ queries: ids.map((id) => resourcesQuery({ in: id })) });
  const all = [...top, ...below];
  const bases = all.flatMap((list) => list.data ?? []).filter(({ kind }) => kind === 'base');
  return {
    bases: [...new Map(bases.map((base) => [base.id, base])).values()],
    pending: all.some((list) => list.isPending),
    error: top.find((list) => list.error)?.error,
    retry: () => {
      for (const list of all) void list.refetch();
    },
  };
}

/** All bases at hand, as cards. */
export default function BasesPage() {
  const { t } = useTranslation('drive');
  usePageTitle(t('bases'));
  const { bases, pending, error, retry } = useBases();
  const [creating, setCreating] = useState<ResourceKind | null>(null);
  const create = () => setCreating('base');
  const mayCreate = useMe().member.role !== 'guest';
  useDriveCommands({ actions: [], create: mayCreate ? setCreating : null });
  return (
    <>
      <PageHead title={t('bases')}>
        {mayCreate && (
          <Button leftSection={<IconPlus size={15} />} onClick={create}>
            {t('newBase')}
          </Button>
        )}
      </PageHead>
      <PageBody>
        {error ? (
          <ErrorState error={error} onRetry={retry} />
        ) : pending ? (
          <ListSkeleton />
        ) : bases.length === 0 ? (
          <EmptyState icon={IconTable} title={t('empty.bases')} hint={t('empty.basesHint')}>
            {mayCreate && <Button onClick={create}>{t('newBase')}</Button>}
          </EmptyState>
        ) : (
          <div className={classes.cards}>
            {bases.map((base) => (
              <BaseCard key={base.id} base={base} />
            ))}
          </div>
        )}
      </PageBody>
      <Suspense fallback={null}>
        {creating && <CreateDialog kind={creating} parent={null} opens onClose={() => setCreating(null)} />}
      </Suspense>
    </>
  );
}

function BaseCard({ base }: { base: Resource }) {
  const { t } = useTranslation('drive');
  const format = useFormat();
  const owner = useMembersById().get(base.owner ?? '');
  return (
    <Link className={classes.card} to="/base/$base/{-$table}/{-$view}" params={{ base: base.id }}>
      <ResourceIcon kind="base" size={34} />
      <span className={`${classes.cardName} truncate`}>{base.name}</span>
      <span className={classes.cardFoot}>
        {owner && <MemberAvatar id={owner.id} name={owner.name} avatar={owner.avatar} size={18} />}
        <span className="truncate">{t('updatedAt', { time: format.ago(base.updated) })}</span>
      </span>
    </Link>
  );
}
