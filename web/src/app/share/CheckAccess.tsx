import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { useMembersById } from '../../data/directory';
import type { PathStep, Role, Subject } from '../../data/types';
import { MemberSelect } from '../../ui/MemberSelect';
import { problemText } from '../../ui/problem';
import { subjectName } from './AccessList';
import classes from './Share.module.css';

interface Explanation {
  role: Role | null;
  why: { role: Role; source: 'owner' | 'grant' | 'link'; subject: Subject; resource: PathStep | null }[];
}

/** What one person may do and through what: a department, a group, a folder above. */
export function CheckAccess({ id }: { id: string }) {
  const { t } = useTranslation('share');
  const [member, setMember] = useState<string | null>(null);
  const name = useMembersById().get(member ?? '')?.name ?? '';
  const { data, error } = useQuery({
    queryKey: ['resources', 'access', id, member],
    queryFn: () => api.get<Explanation>(`/resources/${id}/access/${member}`),
    enabled: member !== null,
  });
  return (
    <section aria-labelledby="share-check" className={classes.check}>
      <h3 id="share-check" className={classes.heading}>
        {t('check.title')}
      </h3>
      <MemberSelect
        aria-label={t('check.label')}
        placeholder={t('check.placeholder')}
        value={member}
        onChange={setMember}
        clearable
      />
      {error && <p role="alert">{problemText(error)}</p>}
      {member && data && (
        <div className={classes.explanation} role="status">
          <p>{data.role ? t('check.has', { name, role: t(`role.${data.role}`) }) : t('check.none', { name })}</p>
          <ul>
            {data.why.map((reason) => (
              <li key={`${reason.role} ${reason.subject.kind} ${reason.subject.id} ${reason.resource?.id}`}>
                {t(`role.${reason.role}`)} — {throughText(reason, id, member, t)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function throughText(
  { source, subject, resource }: Explanation['why'][number],
  id: string,
  member: string,
  t: TFunction<'share'>,
): string {
  const parts = [];
  if (source === 'owner') parts.push(t('why.owner'));
  else if (subject.id !== member) parts.push(t('why.through', { subject: subjectName(subject, t) }));
  if (!resource) parts.push(t('why.inheritedHidden'));
  else if (resource.id !== id) parts.push(t('why.inherited', { name: resource.name }));
  return parts.join(' · ') || t('why.direct');
}
