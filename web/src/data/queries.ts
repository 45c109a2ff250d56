/** The cache: what is asked under which key, and what a change makes stale. */
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { api, ProblemError } from './client';
import type { Me } from './types';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal does not change by asking again; a lost connection may.
      retry: (count, error) => count < 2 && !(error instanceof ProblemError && error.status > 0 && error.status < 500),
    },
  },
});

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get<Me>('/me', { signal }),
  staleTime: 5 * 60_000,
});
