/** What day and time it is where the reader is; it moves on with the minutes. */
import { useEffect, useState } from 'react';
import { momentOf, type Side } from './spans';

const minute = 60_000;

const read = (zone: string) => {
  const side: Side = { field: { id: '', name: '', type: 'date', time: true }, time: true, zone, writable: false };
  const { day, minute } = momentOf(new Date().toISOString(), side) ?? { day: 0, minute: 0 };
  return { day, minute: minute ?? 0 };
};

export function useNow(zone: string): { day: number; minute: number } {
  const [now, setNow] = useState(() => read(zone));
  useEffect(() => {
    setNow(read(zone));
    const timer = setInterval(() => setNow(read(zone)), minute / 2);
    return () => clearInterval(timer);
  }, [zone]);
  return now;
}
