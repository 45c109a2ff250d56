/** The commands that are there on every page. */
import { useComputedColorScheme } from '@mantine/core';
import {
  IconCloud,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMoodSmile,
  IconMoon,
  IconSearch,
  IconSettings,
  IconStar,
  IconTable,
  IconUsers,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../data/me';
import { currentLanguage, languageNames, languages } from '../i18n';
import { canUndo, undoLast } from '../ui/notify';
import { chooseLanguage, useThemeChoice } from './appearance';
import { type Command, useCommands } from './commands';
import { openPalette, openShortcuts, openStatus } from './overlays';
import { signOut } from './session';

export function useShellCommands(): void {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { choose } = useThemeChoice();
  const scheme = useComputedColorScheme('light');
  const member = () => me.link === null;
  const go = t('group.go');
  const general = t('group.general');
  const look = t('group.look');
  const section = (name?: string) => () => void navigate({ to: '/settings/{-$section}', params: { section: name } });
  const list: Command[] = [
    {
      id: 'app.palette',
      title: t('command.palette'),
      group: general,
      icon: IconSearch,
      keys: ['mod+k'],
      keyOnly: true,
      when: member,
      run: openPalette,
    },
    {
      id: 'app.shortcuts',
      title: t('command.shortcuts'),
      group: general,
      icon: IconKeyboard,
      keys: ['?'],
      run: openShortcuts,
    },
    {
      id: 'go.drive',
      title: t('command.drive'),
      group: go,
      icon: IconCloud,
      keys: ['g d'],
      when: member,
      run: () => void navigate({ to: '/drive' }),
    },
    {
      id: 'go.bases',
      title: t('command.bases'),
      group: go,
      icon: IconTable,
      keys: ['g b'],
      when: member,
      run: () => void navigate({ to: '/bases' }),
    },
    {
      id: 'go.starred',
      title: t('command.starred'),
      group: go,
      icon: IconStar,
      keys: ['g s'],
      when: member,
      run: () => void navigate({ to: '/drive/starred' }),
    },
    {
      id: 'go.members',
      title: t('command.members'),
      group: go,
      icon: IconUsers,
      keys: ['g m'],
      when: member,
      run: () => void navigate({ to: '/members/{-$department}', params: { department: undefined } }),
    },
    {
      id: 'go.settings',
      title: t('command.settings'),
      group: go,
      icon: IconSettings,
      keys: ['g ,'],
      when: member,
      run: section(),
    },
    {
      id: 'app.invite',
      title: t('command.invite'),
      group: general,
      icon: IconUsers,
      when: () => member() && ['owner', 'admin'].includes(me.member.role),
      run: section('invitations'),
    },
    {
      id: 'app.undo',
      title: t('undo'),
      group: general,
      keys: ['mod+z'],
      keyOnly: true,
      inText: false,
      when: canUndo,
      run: undoLast,
    },
    {
      id: 'app.status',
      title: t('shell.setStatus'),
      group: general,
      icon: IconMoodSmile,
      when: member,
      run: openStatus,
    },
    {
      id: 'app.theme',
      title: t('command.theme'),
      words: t('shell.theme'),
      group: look,
      icon: IconMoon,
      keys: ['mod+shift+l'],
      run: () => choose(scheme === 'dark' ? 'light' : 'dark'),
    },
    ...languages.map((language) => ({
      id: `app.language.${language}`,
      title: t('command.language', { name: languageNames[language] }),
      group: look,
      icon: IconLanguage,
      when: () => currentLanguage() !== language,
      run: () => chooseLanguage(language, me),
    })),
    {
      id: 'app.signOut',
      title: t('command.signOut'),
      group: general,
      icon: IconLogout,
      when: member,
      run: () => void signOut(),
    },
  ];
  useCommands(list);
}
