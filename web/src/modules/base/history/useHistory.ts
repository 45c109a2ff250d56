/** The history of a place, page by page; asked for again when the base changes. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { queryClient } from '../../../data/queries';
import { type Filter, historyApi, type Place } from './api';

export const historyKey = (base: string) => ['base', base, 'history'];

export function useHistory(place: Place, filter: Filter) {
  return useInfiniteQuery({
    queryKey: [...historyKey(place.base), place, filter],
    queryFn: ({ pageParam, signal }) => historyApi.list(place, filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 0,
  });
}

/** After a change of the base: what is shown of its past is asked for again. */
export function refreshHistory(base: string): void {
  void queryClient.invalidateQueries({ queryKey: historyKey(base) });
}
