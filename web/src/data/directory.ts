/** People, departments and groups by id. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { departmentsQuery, membersQuery, meQuery } from './queries';
import type { Department, Member } from './types';

function byId<T extends { id: string }>(items: readonly T[] | undefined): ReadonlyMap<string, T> {
  return new Map(items?.map((item) => [item.id, item]));
}

/** Visitors may not see the directory, so they know nobody. */
function useIsMember(): boolean {
  return useQuery(meQuery).data?.link === null;
}

export function useMembersById(): ReadonlyMap<string, Member> {
  const { data } = useQuery({ ...membersQuery, enabled: useIsMember() });
  return useMemo(() => byId(data), [data]);
}

export function useDepartmentsById(): ReadonlyMap<string, Department> {
  const { data } = useQuery({ ...departmentsQuery, enabled: useIsMember() });
  return useMemo(() => byId(data), [data]);
}
