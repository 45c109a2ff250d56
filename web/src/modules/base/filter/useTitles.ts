/** What records are called that something names by id only. */
import { useEffect, useState } from 'react';
import { useServices } from '../../../grid/services';

const none: ReadonlyMap<string, string> = new Map();

export function useTitles(table: string | undefined, records: readonly string[]): ReadonlyMap<string, string> {
  const services = useServices();
  const [titles, setTitles] = useState(none);
  const key = `${table} ${records.join()}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for table and records
  useEffect(() => {
    if (table === undefined || records.length === 0) return;
    let current = true;
    void services.titles(table, records).then((found) => current && setTitles(found));
    return () => {
      current = false;
    };
  }, [key]);
  return titles;
}
