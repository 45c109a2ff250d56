/** The cache: what is asked under which key. */
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import i18next from 'i18next';
import { api, ProblemError } from './client';
import type {
  Access,
  AuditEntry,
  Department,
  Group,
  Invitation,
  Me,
  Member,
  Page,
  Resource,
  SearchResult,
  Session,
  Setup,
  Token,
} from './types';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal does not change by asking again; a lost connection may.
      retry: (count, error) => count < 2 && !(error instanceof ProblemError && error.status > 0 && error.status < 500),
    },
  },
});

/** Follows the cursors of a list to its end. */
export async function everyPage<T>(
  path: string,
  query: Record<string, string | number | undefined>,
  signal?: AbortSignal,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get<Page<T>>(path, {
      query: { limit: 200, ...query, cursor },
      ...(signal ? { signal } : {}),
    });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => api.get<Setup>('/setup', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Stands for somebody who came by a link and is no member, so that pages need not ask everywhere. */
function visitor(): Member {
  return {
    id: 'visitor',
    name: i18next.t('shell.visitorName'),
    email: null,
    role: 'guest',
    active: true,
    language: i18next.language,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    status: null,
    avatar: null,
    departments: [],
    title: '',
    supervisor: null,
    created: new Date(0).toISOString(),
  };
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    // Not `/me`, whose refusal of a page that only asks would stand in the browser's console as an error.
    const session = await api.get<{ me: (Omit<Me, 'member'> & { member: Member | null }) | null }>('/auth/session', {
      signal,
    });
    if (!session.me) throw new ProblemError({ status: 401, code: 'auth.required', detail: 'sign in first' });
    const { member, ...me } = session.me;
    return { ...me, member: member ?? visitor() };
  },
  staleTime: 5 * 60_000,
});

export const membersQuery = queryOptions({
  queryKey: ['directory', 'members'],
  queryFn: ({ signal }) => everyPage<Member>('/members', {}, signal),
  staleTime: 5 * 60_000,
});

export const departmentsQuery = queryOptions({
  queryKey: ['directory', 'departments'],
  queryFn: ({ signal }) => everyPage<Department>('/departments', {}, signal),
  staleTime: 5 * 60_000,
});

export const groupsQuery = queryOptions({
  queryKey: ['directory', 'groups'],
  queryFn: ({ signal }) => everyPage<Group>('/groups', {}, signal),
  staleTime: 5 * 60_000,
});

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: ({ signal }) => everyPage<Invitation>('/invitations', {}, signal),
});

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => everyPage<Session>('/me/sessions', {}, signal),
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => everyPage<Token>('/me/tokens', {}, signal),
});

export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam, signal }) =>
    api.get<Page<AuditEntry>>('/audit', { query: { limit: 50, cursor: pageParam }, signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last) => last.next ?? undefined,
});

/** Where a list of resources comes from: a place in the tree, or a view across it. */
export type Listing = { in: string } | { view: 'recent' | 'starred' | 'shared' | 'trash' };

export const resourcesQuery = (listing: Listing) =>
  queryOptions({
    queryKey: ['resources', 'list', listing],
    queryFn: ({ signal }) => everyPage<Resource>('/resources', listing, signal),
  });

export const resourceQuery = (id: string) =>
  queryOptions({
    queryKey: ['resources', 'one', id],
    queryFn: ({ signal }) => api.get<Resource>(`/resources/${id}`, { signal }),
  });

export const accessQuery = (id: string) =>
  queryOptions({
    queryKey: ['resources', 'access', id],
    queryFn: ({ signal }) => api.get<Access>(`/resources/${id}/access`, { signal }),
  });

export const searchQuery = (query: string) =>
  queryOptions({
    queryKey: ['search', query],
    queryFn: ({ signal }) => api.get<SearchResult>('/search', { query: { query }, signal }),
    enabled: query.trim() !== '',
  });
