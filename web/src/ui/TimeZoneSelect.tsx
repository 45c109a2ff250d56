import { Select, type SelectProps } from '@mantine/core';
import { useMemo } from 'react';
import { formatter } from '../data/format';
import { currentLanguage } from '../i18n';

/** The zone that the browser says it is in. */
export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** All zones by their IANA names, each with the time it is there. */
export function TimeZoneSelect(props: Omit<SelectProps<string>, 'data'>) {
  const language = currentLanguage();
  const data = useMemo(() => {
    const format = formatter(language);
    const known = Intl.supportedValuesOf('timeZone');
    const zones = known.includes('UTC') ? known : ['UTC', ...known];
    return zones.map((value) => ({ value, label: `${value.replaceAll('_', ' ')} · ${format.localTime(value)}` }));
  }, [language]);
  return <Select searchable limit={200} allowDeselect={false} {...props} data={data} />;
}
