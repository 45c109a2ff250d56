/** Records as bars over time, with what waits for what. Only what is in sight is drawn. */
import { IconChartBar } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { AskField } from '../AskField';
import type { KindProps } from '../kinds';
import { takes } from '../model';
import { fieldsOf } from './bars';
import { Chart } from './Chart';

export default function Gantt(props: KindProps<'gantt'>) {
  const { table, kind, onKind } = props;
  const { t } = useTranslation('view');
  const fields = fieldsOf(kind, table);
  if (fields.start) return <Chart {...props} ganttFields={fields} />;
  const dates = table.fields.filter(takes.date);
  return (
    <AskField
      icon={IconChartBar}
      title={t('gantt.ask')}
      hint={t('gantt.askHint')}
      label={t('gantt.start')}
      fields={dates}
      onPick={(start) => {
        const end = kind.end ?? dates.find((field) => field.id !== start && field.type === 'date')?.id ?? null;
        onKind({ ...kind, start, end });
      }}
    />
  );
}
