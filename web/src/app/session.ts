/** What happens when a session begins, ends or is found to have ended. */
import { api, ProblemError } from '../data/client';
import { meQuery, queryClient } from '../data/queries';
import type { Me } from '../data/types';
import { isLanguage, setLanguage } from '../i18n';

const open = ['/sign-in', '/setup', '/join/', '/s/'];

/** Whether a page is for people who are not signed in. */
export const isOpenPath = (path: string) => open.some((start) => path.startsWith(start));

/** Where to go after signing in: only a path of this site. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/';
}

/** Puts the answer of a sign-in into the cache and takes over the member's language. */
export async function begin(me: Me): Promise<void> {
  queryClient.clear();
  queryClient.setQueryData(meQuery.queryKey, me);
  if (isLanguage(me.member?.language)) await setLanguage(me.member.language);
}

/** Loads the page anew, so that nothing of the last member is left in memory. */
function toSignIn() {
  const here = location.pathname + location.search;
  if (isOpenPath(here)) return;
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}

export async function signOut(): Promise<void> {
  await api.post('/auth/sign-out').catch(() => {});
  location.assign('/sign-in');
}

/** Watches for a session that ended elsewhere: revoked, expired, or the member deactivated. */
export function watchSession(): void {
  addEventListener('skein:signed-out', toSignIn);
  queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'error' || event.query.queryKey[0] === 'me') return;
    const { error } = event.action;
    if (error instanceof ProblemError && error.code === 'auth.required') toSignIn();
  });
}
