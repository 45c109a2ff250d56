/** A filter in words, with the titles of the records it names. */
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import type { Field } from '../../../grid/model';
import { useServices } from '../../../grid/services';
import type { Filter } from '../model';
import { recordsIn, sentenceOf } from './sentence';

export function useSentence(filter: Filter | null, fields: readonly Field[], locale: Locale): string | undefined {
  const { t } = useTranslation('base');
  const services = useServices();
  const [titles, setTitles] = useState<ReadonlyMap<string, string>>(new Map());
  const named = useMemo(() => recordsIn(filter, fields), [filter, fields]);
  useEffect(() => {
    if (named.size === 0) return;
    let current = true;
    const asked = [...named].map(([table, records]) => services.titles(table, [...records]));
    void Promise.all(asked).then((found) => current && setTitles(new Map(found.flatMap((some) => [...some]))));
    return () => {
      current = false;
    };
  }, [named, services]);
  return useMemo(
    () => (filter ? sentenceOf(filter, fields, { t, locale, titles }) : undefined),
    [filter, fields, t, locale, titles],
  );
}
