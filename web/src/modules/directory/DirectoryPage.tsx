import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../app/commands';
import { useIsAdmin } from '../../data/me';
import { departmentsQuery, membersQuery } from '../../data/queries';
import { PageBody, PageHead, Split, usePageTitle } from '../../ui/Page';
import { EmptyState, ErrorState, ListSkeleton } from '../../ui/States';
import { Departments } from './Departments';
import classes from './Directory.module.css';
import { MemberList } from './MemberList';
import { MemberPanel } from './MemberPanel';
import { membersMatching, subtree } from './tree';

/** Members by department, and one of them in detail. */
export default function DirectoryPage() {
  const { t } = useTranslation('directory');
  const { department } = useParams({ strict: false });
  const { member: shown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const departments = useQuery(departmentsQuery).data ?? [];
  const name = departments.find(({ id }) => id === department)?.name ?? t('all');
  usePageTitle(department ? name : t('title'));
  const narrow = useMediaQuery('(max-width: 1000px)') ?? false;
  const close = () =>
    void navigate({ to: '/members/{-$department}', params: { department }, search: {}, replace: true });
  useCommands([
    {
      id: 'members.close',
      title: t('panel.close'),
      group: t('title'),
      keys: ['Escape'],
      keyOnly: true,
      when: () => shown !== undefined,
      run: close,
    },
  ]);
  return (
    <Split list={<Departments selected={department ?? null} />}>
      <div className={classes.columns}>
        <div className={classes.main} hidden={narrow && shown !== undefined}>
          <Members department={department ?? null} title={name} shown={shown ?? null} />
        </div>
        {narrow && shown && <h1 className="only-read">{name}</h1>}
        {shown && <MemberPanel key={shown} id={shown} onClose={close} />}
      </div>
    </Split>
  );
}

function Members({ department, title, shown }: { department: string | null; title: string; shown: string | null }) {
  const { t } = useTranslation('directory');
  const admin = useIsAdmin();
  const members = useQuery(membersQuery);
  const departments = useQuery(departmentsQuery);
  const [query, setQuery] = useState('');
  const [inactive, setInactive] = useState(false);
  const matching = useMemo(() => {
    const within = department ? subtree(departments.data ?? [], department) : null;
    return membersMatching(members.data ?? [], { departments: within, query, inactive });
  }, [members.data, departments.data, department, query, inactive]);
  return (
    <>
      <PageHead title={title}>
        <span className={classes.count}>{members.data && t('count', { count: matching.length })}</span>
        {admin && (
          <Button
            component={Link}
            to="/settings/{-$section}"
            params={{ section: 'invitations' } as never}
            leftSection={<IconUserPlus size={15} />}
          >
            {t('invite')}
          </Button>
        )}
      </PageHead>
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          aria-label={t('search')}
          placeholder={t('search')}
          leftSection={<IconSearch size={15} />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        {admin && (
          <Checkbox
            size="xs"
            label={t('showInactive')}
            checked={inactive}
            onChange={(event) => setInactive(event.currentTarget.checked)}
          />
        )}
      </div>
      <PageBody>
        {members.error ? (
          <ErrorState error={members.error} onRetry={() => void members.refetch()} />
        ) : members.isPending ? (
          <ListSkeleton height={56} />
        ) : matching.length === 0 ? (
          <EmptyState icon={IconUsers} title={t('empty')} hint={t('emptyHint')} />
        ) : (
          <MemberList members={matching} shown={shown} />
        )}
      </PageBody>
    </>
  );
}
