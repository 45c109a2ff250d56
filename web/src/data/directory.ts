/** People, departments and groups by id. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { departmentsQuery, membersQuery } from './queries';
import type { Department, Member } from './types';

function byId<T extends { id: string }>(items: readonly T[] | undefined): ReadonlyMap<string, T> {
  return new Map(items?.map((item) => [item.id, item]));
}

export function useMembersById(): ReadonlyMap<string, Member> {
  const { data } = useQuery(membersQuery);
  return useMemo(() => byId(data), [data]);
}

export function useDepartmentsById(): ReadonlyMap<string, Department> {
  const { data } = useQuery(departmentsQuery);
  return useMemo(() => byId(data), [data]);
}
