import { ActionIcon, Alert, Button, Menu } from '@mantine/core';
import {
  IconDots,
  IconKey,
  IconPencil,
  IconUserCheck,
  IconUserOff,
  IconUserQuestion,
  IconX,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { useDepartmentsById, useMembersById } from '../../data/directory';
import { useFormat, useIsAdmin, useMe } from '../../data/me';
import { membersQuery, queryClient } from '../../data/queries';
import type { Member } from '../../data/types';
import { CopyField } from '../../ui/CopyField';
import { confirm } from '../../ui/confirm';
import { MemberAvatar } from '../../ui/MemberAvatar';
import { notify, notifyProblem } from '../../ui/notify';
import { EmptyState, ErrorState, ListSkeleton } from '../../ui/States';
import { Tip } from '../../ui/Tip';
import classes from './Directory.module.css';
import { RoleBadge } from './MemberList';

const MemberDialog = lazy(() => import('./MemberDialog'));

/** One member in detail; administrators change it here. */
export function MemberPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('directory');
  const members = useQuery(membersQuery);
  const member = members.data?.find((one) => one.id === id);
  return (
    <aside className={classes.panel} aria-label={t('panel.label', { name: member?.name ?? '' })}>
      <div className={classes.panelHead}>
        <Tip label={t('panel.close')}>
          <ActionIcon size={30} aria-label={t('panel.close')} onClick={onClose}>
            <IconX size={17} />
          </ActionIcon>
        </Tip>
      </div>
      {member ? (
        <Details member={member} />
      ) : members.error ? (
        <ErrorState error={members.error} onRetry={() => void members.refetch()} />
      ) : members.isPending ? (
        <ListSkeleton rows={4} />
      ) : (
        <EmptyState icon={IconUserQuestion} title={t('panel.notFound')} />
      )}
    </aside>
  );
}

function Details({ member }: { member: Member }) {
  const admin = useIsAdmin();
  const [editing, setEditing] = useState(false);
  const [password, setPassword] = useState<string | null>(null);
  return (
    <div className={classes.details}>
      <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={72} />
      <h2 className={classes.panelName}>
        {member.name} <RoleBadge member={member} />
      </h2>
      {member.title && <p className={classes.jobTitle}>{member.title}</p>}
      {member.status && (
        <p className={classes.status}>
          {member.status.emoji} {member.status.text}
        </p>
      )}
      {admin && <AdminActions member={member} onEdit={() => setEditing(true)} onPassword={setPassword} />}
      {password && <NewPassword member={member} password={password} onClose={() => setPassword(null)} />}
      <Facts member={member} />
      <Suspense fallback={null}>
        {editing && <MemberDialog member={member} onClose={() => setEditing(false)} />}
      </Suspense>
    </div>
  );
}

function NewPassword({ member, password, onClose }: { member: Member; password: string; onClose: () => void }) {
  const { t } = useTranslation('directory');
  return (
    <Alert
      color="teal"
      w="100%"
      title={t('reset.done', { name: member.name })}
      withCloseButton
      closeButtonLabel={t('common:close')}
      onClose={onClose}
    >
      {t('reset.doneHint')}
      <CopyField label={t('reset.password')} value={password} />
    </Alert>
  );
}

function Facts({ member }: { member: Member }) {
  const { t } = useTranslation('directory');
  const format = useFormat();
  const members = useMembersById();
  const departments = useDepartmentsById();
  const supervisor = member.supervisor ? members.get(member.supervisor) : undefined;
  const reports = [...members.values()].filter((one) => one.supervisor === member.id && one.active);
  return (
    <dl className={classes.facts}>
      {member.email && (
        <Fact name={t('panel.email')}>
          <a href={`mailto:${member.email}`}>{member.email}</a>
        </Fact>
      )}
      <Fact name={t('panel.departments')}>
        {member.departments.length === 0 && t('panel.noDepartment')}
        {member.departments.flatMap((id) => {
          const department = departments.get(id);
          if (!department) return [];
          return (
            <Link key={id} to="/members/{-$department}" params={{ department: id }} search={{ member: member.id }}>
              {department.name}
            </Link>
          );
        })}
      </Fact>
      {supervisor && (
        <Fact name={t('panel.supervisor')}>
          <Person member={supervisor} />
        </Fact>
      )}
      {reports.length > 0 && (
        <Fact name={t('panel.reports')}>
          {reports.map((report) => (
            <Person key={report.id} member={report} />
          ))}
        </Fact>
      )}
      <Fact name={t('panel.localTime')}>
        {format.localTime(member.time_zone)} <small>{member.time_zone.replaceAll('_', ' ')}</small>
      </Fact>
      <Fact name={t('panel.role')}>{t(`common:role.${member.role}`)}</Fact>
      <Fact name={t('panel.joined')}>{format.date(member.created)}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Person({ member }: { member: Member }) {
  return (
    <Link from="/members/{-$department}" search={{ member: member.id }} className={classes.person}>
      <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={20} />
      {member.name}
    </Link>
  );
}

interface AdminProps {
  member: Member;
  onEdit: () => void;
  onPassword: (password: string) => void;
}

function AdminActions({ member, onEdit, onPassword }: AdminProps) {
  const { t } = useTranslation('directory');
  const me = useMe().member;
  const { name } = member;

  async function run(action: () => Promise<unknown>) {
    try {
      await action();
      await queryClient.invalidateQueries({ queryKey: ['directory'] });
    } catch (error) {
      notifyProblem(error, t('failed'));
    }
  }
  async function deactivate() {
    const question = {
      title: t('deactivate.title', { name }),
      body: t('deactivate.body'),
      action: t('deactivate.action'),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await run(async () => {
      await api.post(`/members/${member.id}/deactivate`);
      notify(t('deactivate.done', { name }));
    });
  }
  const reactivate = () =>
    run(async () => {
      await api.post(`/members/${member.id}/reactivate`);
      notify(t('reactivate.done', { name }));
    });
  async function reset() {
    const question = {
      title: t('reset.title', { name }),
      body: t('reset.body'),
      action: t('reset.action'),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await run(async () => {
      const { password } = await api.post<{ password: string }>(`/members/${member.id}/reset-password`);
      onPassword(password);
    });
  }

  return (
    <div className={classes.adminActions}>
      <Button variant="default" leftSection={<IconPencil size={15} />} onClick={onEdit}>
        {t('edit.action')}
      </Button>
      {member.id !== me.id && (
        <Menu position="bottom-start" width={200}>
          <Menu.Target>
            <ActionIcon size={30} variant="default" aria-label={t('actions', { name })}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {member.active && (
              <Menu.Item leftSection={<IconKey size={16} />} onClick={() => void reset()}>
                {t('reset.action')}
              </Menu.Item>
            )}
            {member.active ? (
              <Menu.Item color="red" leftSection={<IconUserOff size={16} />} onClick={() => void deactivate()}>
                {t('deactivate.action')}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconUserCheck size={16} />} onClick={() => void reactivate()}>
                {t('reactivate.action')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
