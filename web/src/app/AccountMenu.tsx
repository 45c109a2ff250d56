import { Menu, SegmentedControl, Text, UnstyledButton } from '@mantine/core';
import { IconLogin2, IconLogout, IconMoodSmile, IconMoodX, IconUser } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../data/client';
import { acceptMe, useMe } from '../data/me';
import type { Me, Theme } from '../data/types';
import { currentLanguage, type Language, languageNames, languages, setLanguage } from '../i18n';
import { MemberAvatar } from '../ui/MemberAvatar';
import { notifyProblem } from '../ui/notify';
import { useThemeChoice } from './appearance';
import { openStatus } from './overlays';
import classes from './Shell.module.css';
import { signOut } from './session';

/** Changes the language at once and remembers it for the member. */
export function chooseLanguage(language: Language, me: Me): void {
  void setLanguage(language);
  if (!me.link) api.patch<Me>('/me', { language }).then(acceptMe, notifyProblem);
}

/** The member's face: status, profile, theme, language, sign out. */
export function AccountMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { theme, choose } = useThemeChoice();
  const { member } = me;
  const visitor = me.link !== null;
  return (
    <Menu width={260} position="right-start" offset={10}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={t('shell.account', { name: member.name })}>
          <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={36} />
          {member.status && (
            <span className={classes.statusMark} aria-hidden="true">
              {member.status.emoji}
            </span>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} c="var(--sk-text)" truncate>
            {member.name}
          </Text>
          <Text size="xs" truncate>
            {visitor ? t('shell.visitor') : `${me.organization.name} · ${member.email}`}
          </Text>
        </Menu.Label>
        {!visitor && (
          <>
            <Menu.Item leftSection={member.status?.emoji ?? <IconMoodSmile size={16} />} onClick={openStatus}>
              {member.status?.text || t('shell.setStatus')}
            </Menu.Item>
            {member.status && (
              <Menu.Item
                leftSection={<IconMoodX size={16} />}
                onClick={() => api.patch<Me>('/me', { status: null }).then(acceptMe, notifyProblem)}
              >
                {t('shell.clearStatus')}
              </Menu.Item>
            )}
            <Menu.Item
              leftSection={<IconUser size={16} />}
              onClick={() => navigate({ to: '/settings/{-$section}', params: { section: 'profile' } })}
            >
              {t('shell.profile')}
            </Menu.Item>
          </>
        )}
        <Menu.Divider />
        <Menu.Label id="account-theme">{t('shell.theme')}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          mx={4}
          aria-labelledby="account-theme"
          value={theme}
          onChange={(value) => choose(value as Theme)}
          data={(['light', 'dark', 'system'] as const).map((value) => ({ value, label: t(`theme.${value}`) }))}
        />
        <Menu.Label id="account-language">{t('shell.language')}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          mx={4}
          aria-labelledby="account-language"
          value={currentLanguage()}
          onChange={(value) => chooseLanguage(value as Language, me)}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
        />
        <Menu.Divider />
        {visitor ? (
          <Menu.Item leftSection={<IconLogin2 size={16} />} onClick={() => location.assign('/sign-in')}>
            {t('shell.signIn')}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
            {t('shell.signOut')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
