import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ProblemError } from '../data/client';
import { meQuery, queryClient, setupQuery } from '../data/queries';
import { isLanguage, loadStrings, setLanguage } from '../i18n';
import { CenteredError, NotFound, Pending } from './pages';

const root = createRootRouteWithContext()({ component: Outlet, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' ? { next: search.next } : {},
  beforeLoad: async () => {
    const setup = await queryClient.ensureQueryData(setupQuery);
    if (setup.needed) throw redirect({ to: '/setup' });
  },
  component: lazyRouteComponent(() => import('../modules/auth/SignInPage')),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async () => {
    const { needed } = await queryClient.ensureQueryData(setupQuery);
    if (!needed) throw redirect({ to: '/' });
  },
  component: lazyRouteComponent(() => import('../modules/setup/SetupPage')),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join/$token',
  component: lazyRouteComponent(() => import('../modules/auth/JoinPage')),
});
const link = createRoute({
  getParentRoute: () => root,
  path: '/s/$token',
  component: lazyRouteComponent(() => import('../modules/auth/LinkPage')),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ location }) => {
    try {
      const { member } = await queryClient.ensureQueryData(meQuery);
      if (isLanguage(member?.language)) await setLanguage(member.language);
    } catch (error) {
      if (!(error instanceof ProblemError && error.status === 401)) throw error;
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.href } });
    }
  },
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
});

const index = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    const link = queryClient.getQueryData(meQuery.queryKey)?.link;
    throw link ? redirect({ to: '/open/$resource', params: { resource: link.resource } }) : redirect({ to: '/drive' });
  },
});
const page = <P extends string>(path: P, load: () => Promise<{ default: () => React.ReactNode }>) =>
  createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load) });

const drivePage = () => import('../modules/drive/DrivePage');
const shellRoutes = [
  index,
  page('/drive', drivePage),
  page('/drive/mine', drivePage),
  page('/drive/shared', drivePage),
  page('/drive/starred', drivePage),
  page('/drive/trash', drivePage),
  page('/drive/folder/$folder', drivePage),
  page('/bases', () => import('../modules/drive/BasesPage')),
  page('/open/$resource', () => import('../modules/drive/OpenPage')),
  createRoute({
    getParentRoute: () => shell,
    path: '/members/{-$department}',
    validateSearch: (search: Record<string, unknown>): { member?: string } =>
      typeof search.member === 'string' ? { member: search.member } : {},
    component: lazyRouteComponent(() => import('../modules/directory/DirectoryPage')),
  }),
  page('/settings/{-$section}', () => import('../modules/settings/SettingsPage')),
  page('/base/$base/{-$table}/{-$view}', async () => {
    const [module] = await Promise.all([import('../modules/base/BasePage'), loadStrings('tables')]);
    return module;
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([signIn, setup, join, link, shell.addChildren([...shellRoutes])]),
  defaultPreload: 'intent',
  defaultPendingComponent: Pending,
  defaultPendingMs: 300,
  defaultErrorComponent: CenteredError,
  defaultNotFoundComponent: NotFound,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
