import { Badge } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDepartmentsById } from '../../data/directory';
import { useFormat } from '../../data/me';
import type { Member } from '../../data/types';
import { MemberAvatar } from '../../ui/MemberAvatar';
import classes from './Directory.module.css';

/** Members, a line each. */
export function MemberList({ members, shown }: { members: readonly Member[]; shown: string | null }) {
  const { t } = useTranslation('directory');
  return (
    <ul className={classes.list} aria-label={t('list')}>
      {members.map((member) => (
        <MemberLine key={member.id} member={member} current={member.id === shown} />
      ))}
    </ul>
  );
}

function MemberLine({ member, current }: { member: Member; current: boolean }) {
  const departments = useDepartmentsById();
  const format = useFormat();
  const names = member.departments.flatMap((id) => departments.get(id)?.name ?? []);
  return (
    <li>
      <Link
        from="/members/{-$department}"
        search={{ member: member.id }}
        className={classes.line}
        data-inactive={!member.active || undefined}
        data-current={current || undefined}
        aria-current={current ? 'true' : undefined}
      >
        <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={36} />
        <span className={classes.who}>
          <span className={classes.name}>
            <span className="truncate">{member.name}</span>
            {member.status && <span title={member.status.text}>{member.status.emoji}</span>}
            <RoleBadge member={member} />
          </span>
          <small className="truncate">{member.title}</small>
        </span>
        <span className={`${classes.departments} truncate`}>{names.join(' · ')}</span>
        <span className={classes.time}>{format.localTime(member.time_zone)}</span>
      </Link>
    </li>
  );
}

/** Says what is out of the ordinary: an owner, an administrator, a guest, a deactivated member. */
export function RoleBadge({ member }: { member: Member }) {
  const { t } = useTranslation('directory');
  if (!member.active) {
    return (
      <Badge size="sm" variant="light" color="gray" tt="none">
        {t('inactive')}
      </Badge>
    );
  }
  if (member.role === 'member') return null;
  return (
    <Badge size="sm" variant="light" color={member.role === 'guest' ? 'orange' : 'skein'} tt="none">
      {t(`common:role.${member.role}`)}
    </Badge>
  );
}
