/** For tests: renders with what the application puts around every page, and answers its requests. */
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { act, render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { vi } from 'vitest';
import { queryClient } from '../data/queries';
import type { Me, Member, Resource } from '../data/types';
import { initI18n, loadStrings } from '../i18n';
import { theme } from './theme';

export const member = (id: string, more: Partial<Member> = {}): Member => ({
  id,
  name: id,
  email: `${id}@example.org`,
  role: 'member',
  active: true,
  language: 'en',
  time_zone: 'UTC',
  status: null,
  avatar: null,
  departments: [],
  title: '',
  supervisor: null,
  created: '2026-01-01T00:00:00Z',
  ...more,
});

export const me: Me = {
  member: member('mem_me', { name: 'Lin', role: 'owner' }),
  organization: { id: 'org_1', name: 'Wild Goose' },
  session: 'ses_1',
  link: null,
  limits: { file: 1024 ** 3, import: 2 * 1024 ** 3 },
};

export const resource = (id: string, more: Partial<Resource> = {}): Resource => ({
  id,
  kind: 'base',
  name: id,
  parent: null,
  owner: 'mem_me',
  role: 'manage',
  starred: false,
  created: '2026-01-01T00:00:00Z',
  updated: '2026-01-01T00:00:00Z',
  trashed: null,
  inherits: true,
  shared: false,
  opened: null,
  ...more,
});

type Answer = (request: { path: string; method: string; body: unknown; headers: Headers }) => unknown;

/** Answers requests by `METHOD /path`; a `Response` is passed on, anything else becomes JSON. */
export function serve(answers: Record<string, Answer>) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const path = String(input).replace('/api/v1', '').split('?')[0] ?? '';
    const method = init?.method ?? 'GET';
    const answer = answers[`${method} ${path}`];
    if (!answer) return problem(404, 'http.404');
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : init?.body;
    const result = answer({ path, method, body, headers: new Headers(init?.headers) });
    if (result instanceof Response) return result;
    return result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
  });
}

export function problem(status: number, code: string, more: object = {}): Response {
  return Response.json({ status, code, detail: code, ...more }, { status });
}

/** Renders inside theme, cache and router, with `me` signed in. */
export async function renderApp(element: ReactElement, path = '/') {
  await initI18n('en');
  await loadStrings('tables');
  queryClient.clear();
  queryClient.setQueryData(['me'], me);
  const root = createRootRoute({ component: () => element });
  const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in' });
  const any = createRoute({ getParentRoute: () => root, path: '$' });
  const router = createRouter({
    routeTree: root.addChildren([signIn, any]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  await router.load();
  const view = await act(async () =>
    render(
      <MantineProvider theme={theme} env="test">
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router as never} />
        </QueryClientProvider>
      </MantineProvider>,
    ),
  );
  return { ...view, router };
}
