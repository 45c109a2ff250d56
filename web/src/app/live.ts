/**
 * Keeps the caches fresh: what the socket says has changed is asked for again; so is everything when a subscription
 * begins, since what changed before it was not told.
 */
import { useEffect } from 'react';
import { useMe } from '../data/me';
import { meQuery, queryClient } from '../data/queries';
import { socket } from '../data/socket';
import { useMemberTheme } from './appearance';

const isNews = (op: string) => op === 'changed' || op === 'subscribed';

export function useLiveUpdates(): void {
  useMemberTheme();
  const isMember = useMe().link === null;
  useEffect(() => {
    if (!isMember) return;
    const stopDrive = socket.subscribe({ topic: 'drive' }, (message) => {
      if (isNews(message.op)) void queryClient.invalidateQueries({ queryKey: ['resources'] });
    });
    const stopDirectory = socket.subscribe({ topic: 'directory' }, (message) => {
      if (!isNews(message.op)) return;
      void queryClient.invalidateQueries({ queryKey: ['directory'] });
      void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
    });
    return () => {
      stopDrive();
      stopDirectory();
    };
  }, [isMember]);
}
