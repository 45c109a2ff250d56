/** Theme and language: what the member chose, kept by the server, shown at once. */
import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../data/client';
import { acceptMe } from '../data/me';
import { meQuery, queryClient } from '../data/queries';
import type { Me, Theme } from '../data/types';
import { type Language, setLanguage } from '../i18n';
import { notifyProblem } from '../ui/notify';

const toScheme = (theme: Theme) => (theme === 'system' ? 'auto' : theme);

export function useThemeChoice(): { theme: Theme; choose: (theme: Theme) => void } {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  function choose(theme: Theme) {
    setColorScheme(toScheme(theme));
    const me = queryClient.getQueryData(meQuery.queryKey);
    if (!me?.member || me.link) return;
    queryClient.setQueryData(meQuery.queryKey, { ...me, member: { ...me.member, theme } });
    api.patch<Me>('/me', { theme }).catch(notifyProblem);
  }
  return { theme: colorScheme === 'auto' ? 'system' : colorScheme, choose };
}

/** Takes over what the member chose on another machine. */
export function useMemberTheme(): void {
  const { setColorScheme } = useMantineColorScheme();
  const { data } = useQuery(meQuery);
  const theme = data?.link ? undefined : data?.member?.theme;
  useEffect(() => {
    if (theme) setColorScheme(toScheme(theme));
  }, [theme, setColorScheme]);
}

/** Changes the language at once and remembers it for the member. */
export function chooseLanguage(language: Language, me: Me): void {
  void setLanguage(language);
  if (!me.link) api.patch<Me>('/me', { language }).then(acceptMe, notifyProblem);
}
