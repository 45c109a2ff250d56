/** Keeps the caches fresh: what the socket says has changed is asked for again. */
import { useEffect } from 'react';
import { useMe } from '../data/me';
import { meQuery, queryClient } from '../data/queries';
import { socket } from '../data/socket';
import { useMemberTheme } from './appearance';

export function useLiveUpdates(): void {
  useMemberTheme();
  const isMember = useMe().link === null;
  useEffect(() => {
    if (!isMember) return;
    const stopDrive = socket.subscribe({ topic: 'drive' }, (message) => {
      if (message.op === 'changed') void queryClient.invalidateQueries({ queryKey: ['resources'] });
    });
    const stopDirectory = socket.subscribe({ topic: 'directory' }, (message) => {
      if (message.op !== 'changed') return;
      void queryClient.invalidateQueries({ queryKey: ['directory'] });
      void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
    });
    return () => {
      stopDrive();
      stopDirectory();
    };
  }, [isMember]);
}
