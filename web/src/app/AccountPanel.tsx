import { Popover, SegmentedControl, Text, UnstyledButton } from '@mantine/core';
import { type Icon, IconLogin2, IconLogout, IconMoodSmile, IconMoodX, IconUser } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../data/client';
import { acceptMe, useMe } from '../data/me';
import type { Me, Theme } from '../data/types';
import { currentLanguage, type Language, languageNames, languages } from '../i18n';
import type { Point } from '../ui/ContextMenu';
import { notifyProblem } from '../ui/notify';
import { useFocusBack } from '../ui/useFocusBack';
import classes from './AccountMenu.module.css';
import { chooseLanguage, useThemeChoice } from './appearance';
import { openStatus } from './overlays';
import { signOut } from './session';

/** Status, profile, theme, language, sign out; `at` is where its corner is. */
export default function AccountPanel({ at, close }: { at: Point; close: () => void }) {
  const { t } = useTranslation();
  const { member, link, organization } = useMe();
  useFocusBack();
  return (
    <Popover
      opened
      onDismiss={close}
      onClose={close}
      width={272}
      position="right-start"
      offset={10}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <span aria-hidden="true" style={{ position: 'fixed', left: at.x, top: at.y, width: 0, height: 0 }} />
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label={t('shell.account', { name: member.name })}>
        <div className={classes.head}>
          <Text fw={600} truncate>
            {member.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {link ? t('shell.visitor') : [organization.name, member.email].filter(Boolean).join(' · ')}
          </Text>
        </div>
        {!link && <MemberItems close={close} />}
        <Choices />
        <hr className={classes.line} />
        {link ? (
          <Item icon={IconLogin2} label={t('shell.signIn')} onClick={() => location.assign('/sign-in')} />
        ) : (
          <Item icon={IconLogout} label={t('shell.signOut')} onClick={() => void signOut()} />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function MemberItems({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { status } = useMe().member;
  const navigate = useNavigate();
  function go(action: () => void) {
    close();
    action();
  }
  return (
    <>
      <Item
        icon={IconMoodSmile}
        sign={status?.emoji}
        label={status?.text || t('shell.setStatus')}
        onClick={() => go(openStatus)}
      />
      {status && (
        <Item
          icon={IconMoodX}
          label={t('shell.clearStatus')}
          onClick={() => go(() => api.patch<Me>('/me', { status: null }).then(acceptMe, notifyProblem))}
        />
      )}
      <Item
        icon={IconUser}
        label={t('shell.profile')}
        onClick={() => go(() => navigate({ to: '/settings/{-$section}', params: { section: 'profile' } }))}
      />
      <hr className={classes.line} />
    </>
  );
}

function Choices() {
  const { t } = useTranslation();
  const me = useMe();
  const { theme, choose } = useThemeChoice();
  return (
    <div className={classes.choices}>
      <span id="account-theme">{t('shell.theme')}</span>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-labelledby="account-theme"
        value={theme}
        onChange={(value) => choose(value as Theme)}
        data={(['light', 'dark', 'system'] as const).map((value) => ({ value, label: t(`theme.${value}`) }))}
      />
      <span id="account-language">{t('shell.language')}</span>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-labelledby="account-language"
        value={currentLanguage()}
        onChange={(value) => chooseLanguage(value as Language, me)}
        data={languages.map((value) => ({ value, label: languageNames[value] }))}
      />
    </div>
  );
}

interface ItemProps {
  icon: Icon;
  /** Instead of the icon. */
  sign?: ReactNode;
  label: string;
  onClick: () => void;
}

function Item({ icon: Sign, sign, label, onClick }: ItemProps) {
  return (
    <UnstyledButton className={classes.item} onClick={onClick}>
      <span className={classes.sign} aria-hidden="true">
        {sign ?? <Sign size={16} stroke={1.7} />}
      </span>
      <span className="truncate">{label}</span>
    </UnstyledButton>
  );
}
