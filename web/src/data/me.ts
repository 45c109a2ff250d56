/** Who is signed in, and how dates look to them. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { setLanguage } from '../i18n';
import { formatter } from './format';
import { meQuery, queryClient } from './queries';
import type { Me, Member } from './types';

/** Inside the shell there always is a `Me`: its route does not open without. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error('useMe is for pages inside the shell');
  return data;
}

export function useIsAdmin(): boolean {
  const { role } = useMe().member;
  return role === 'owner' || role === 'admin';
}

/** Puts a new state of the signed-in member into every cache that shows it. */
export function acceptMe(me: Me): void {
  queryClient.setQueryData(meQuery.queryKey, me);
  acceptMember(me.member);
  void setLanguage(me.member.language as Parameters<typeof setLanguage>[0]);
}

export function acceptMember(member: Member): void {
  queryClient.setQueryData<Member[]>(['directory', 'members'], (all) =>
    all?.map((other) => (other.id === member.id ? { ...other, ...member } : other)),
  );
  queryClient.setQueryData(meQuery.queryKey, (me) =>
    me?.member?.id === member.id ? { ...me, member: { ...me.member, ...member } } : me,
  );
}

/** Dates and numbers in the member's language and time zone. */
export function useFormat() {
  const { i18n } = useTranslation();
  const { data } = useQuery(meQuery);
  const zone = data?.member?.time_zone;
  return useMemo(() => formatter(i18n.language, zone), [i18n.language, zone]);
}
