import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Shell } from './Shell';

const root = createRootRoute();
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

const index = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/base/$base/{-$table}/{-$view}', params: { base: 'res_1' } });
  },
});
const base = createRoute({
  getParentRoute: () => shell,
  path: '/base/$base/{-$table}/{-$view}',
  component: lazyRouteComponent(() => import('../modules/base/BasePage')),
});

export const router = createRouter({
  routeTree: root.addChildren([shell.addChildren([index, base])]),
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
