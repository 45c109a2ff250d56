import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { commentsApi } from './api';
import { countsKey } from './counts';

const none: ReadonlyMap<string, number> = new Map();

/** How many comments records have. `member`: who looks; a visitor by a link is not told. */
export function useCommentCounts(base: string, table: string, member: string | null): ReadonlyMap<string, number> {
  const { data } = useQuery({
    queryKey: countsKey(base, table),
    queryFn: ({ signal }) => commentsApi.counts(base, table, signal),
    enabled: member !== null,
  });
  return useMemo(() => (data ? new Map(Object.entries(data.counts)) : none), [data]);
}
