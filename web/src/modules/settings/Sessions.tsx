import { Badge, Button } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { useFormat } from '../../data/me';
import { queryClient, sessionsQuery } from '../../data/queries';
import type { Session } from '../../data/types';
import { notifyProblem } from '../../ui/notify';
import { ErrorState, ListSkeleton } from '../../ui/States';
import { deviceOf, isPhone } from './device';
import classes from './Settings.module.css';

export default function Sessions() {
  const { t } = useTranslation('settings');
  const sessions = useQuery(sessionsQuery);
  if (sessions.error) return <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />;
  if (!sessions.data) return <ListSkeleton rows={3} height={60} />;
  return (
    <div className={classes.section}>
      <p className={classes.hint}>{t('sessions.hint')}</p>
      <ul className={classes.list}>
        {sessions.data.map((session) => (
          <SessionLine key={session.id} session={session} />
        ))}
      </ul>
    </div>
  );
}

function SessionLine({ session }: { session: Session }) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const Sign = isPhone(session.user_agent) ? IconDeviceMobile : IconDeviceDesktop;
  async function end() {
    await api.delete(`/me/sessions/${session.id}`).catch(notifyProblem);
    await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  }
  const facts = [
    session.ip,
    t('sessions.seen', { time: format.ago(session.last_seen) }),
    t('sessions.began', { time: format.dateTime(session.created) }),
  ];
  return (
    <li className={classes.item}>
      <Sign size={22} stroke={1.5} aria-hidden="true" />
      <div className={classes.text}>
        <strong>
          {deviceOf(session.user_agent) ?? t('sessions.unknown')}
          {session.current && (
            <Badge size="sm" variant="light" color="teal" tt="none">
              {t('sessions.current')}
            </Badge>
          )}
        </strong>
        <small>{facts.filter(Boolean).join(' · ')}</small>
      </div>
      {!session.current && (
        <Button variant="default" onClick={() => void end()}>
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}
