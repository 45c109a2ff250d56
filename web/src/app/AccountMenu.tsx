import { UnstyledButton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../data/me';
import type { Point } from '../ui/ContextMenu';
import { MemberAvatar } from '../ui/MemberAvatar';
import classes from './AccountMenu.module.css';

const AccountPanel = lazy(() => import('./AccountPanel'));

/** The member's face, which opens what concerns the member. */
export function AccountMenu() {
  const { t } = useTranslation();
  const { member } = useMe();
  const [at, setAt] = useState<Point | null>(null);
  return (
    <>
      <UnstyledButton
        className={classes.account}
        aria-label={t('shell.account', { name: member.name })}
        aria-haspopup="dialog"
        aria-expanded={at !== null}
        onClick={(event) => {
          const { right, top } = event.currentTarget.getBoundingClientRect();
          setAt({ x: right, y: top });
        }}
      >
        <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={36} />
        {member.status && (
          <span className={classes.mark} aria-hidden="true">
            {member.status.emoji}
          </span>
        )}
      </UnstyledButton>
      <Suspense fallback={null}>{at && <AccountPanel at={at} close={() => setAt(null)} />}</Suspense>
    </>
  );
}
