import { ActionIcon, Button } from '@mantine/core';
import { IconBuilding, IconUsersGroup, IconWorld, IconX } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Access, AccessEntry, Subject } from '../../data/types';
import { MemberAvatar } from '../../ui/MemberAvatar';
import { Tip } from '../../ui/Tip';
import type { AccessChanges } from './changes';
import { type Line, linesOf, subjectKey } from './entries';
import { RoleSelect } from './RoleSelect';
import classes from './Share.module.css';
import { TransferDialog } from './TransferDialog';

const signs = { department: IconBuilding, group: IconUsersGroup, everyone: IconWorld, link: IconWorld };

/** The sign of a subject: a face, or what kind of group it is. */
export function SubjectFace({ subject, size = 32 }: { subject: Subject; size?: number }) {
  if (subject.kind === 'member') {
    return <MemberAvatar id={subject.id ?? ''} name={subject.name} avatar={subject.avatar} size={size} />;
  }
  const Sign = signs[subject.kind];
  return (
    <span className={classes.sign} style={{ width: size, height: size }} aria-hidden="true">
      <Sign size={Math.round(size * 0.56)} stroke={1.7} />
    </span>
  );
}

interface Props {
  access: Access;
  manage: boolean;
  changes: AccessChanges;
}

/** One line a subject: what they may do, why, and how to change it. */
export function AccessList({ access, manage, changes }: Props) {
  const { t } = useTranslation('share');
  const [transferring, setTransferring] = useState(false);
  return (
    <section aria-labelledby="share-who">
      <h3 id="share-who" className={classes.heading}>
        {t('who')}
      </h3>
      <ul className={classes.lines}>
        {linesOf(access).map((line) => (
          <li key={subjectKey(line.subject)} className={classes.line}>
            <SubjectFace subject={line.subject} />
            <div className={classes.who}>
              <span className="truncate">{subjectName(line.subject, t)}</span>
              <Reasons line={line} />
            </div>
            {line.isOwner && manage ? (
              <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setTransferring(true)}>
                {t('transfer.action')}
              </Button>
            ) : (
              <LineRole line={line} manage={manage} changes={changes} />
            )}
          </li>
        ))}
      </ul>
      {transferring && (
        <TransferDialog owner={access.owner.id} changes={changes} onClose={() => setTransferring(false)} />
      )}
    </section>
  );
}

function Reasons({ line }: { line: Line }) {
  const { t } = useTranslation('share');
  const reasons = line.reasons.map((entry) => reasonText(entry, t));
  const all = line.isOwner ? [t('why.owner'), ...reasons] : reasons;
  return <small className={classes.why}>{[...new Set(all)].join(' · ')}</small>;
}

function reasonText({ source }: AccessEntry, t: TFunction<'share'>): string {
  if (!source.inherited) return t(source.kind === 'owner' ? 'why.owner' : 'why.direct');
  if (!source.resource) return t('why.inheritedHidden');
  return t(source.kind === 'owner' ? 'why.ownerAbove' : 'why.inherited', { name: source.resource.name });
}

/** What a subject is called; everyone and links have no name of their own. */
export function subjectName({ kind, name }: Subject, t: TFunction<'share'>): string {
  if (kind === 'everyone') return t('kind.everyone');
  return kind === 'link' ? t('link.on') : name;
}

function LineRole({ line, manage, changes }: { line: Line; manage: boolean; changes: AccessChanges }) {
  const { t } = useTranslation('share');
  const { subject, direct } = line;
  if (!direct || !manage) return <span className={classes.fixedRole}>{t(`role.${line.role}`)}</span>;
  const name = subjectName(subject, t);
  const remove = t('remove', { name });
  return (
    <>
      <RoleSelect
        label={t('roleOf', { name })}
        value={direct}
        quiet
        onChange={(role) => void changes.grant([subject], role)}
      />
      <Tip label={remove}>
        <ActionIcon size={28} aria-label={remove} onClick={() => void changes.revoke(subject)}>
          <IconX size={15} />
        </ActionIcon>
      </Tip>
    </>
  );
}
