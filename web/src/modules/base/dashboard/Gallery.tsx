/** What can be put on a dashboard. */
import { Button, Menu } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconChartArea,
  IconChartBar,
  IconChartBubble,
  IconChartDonut,
  IconChartFunnel,
  IconChartHistogram,
  IconChartLine,
  IconChartPie,
  IconChartRadar,
  IconGauge,
  IconGridDots,
  IconList,
  IconNumbers,
  IconPlus,
  IconTable,
  IconTextCaption,
  IconTypography,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './Dashboard.module.css';
import type { NewWidget } from './model';

const entries: [NewWidget, typeof IconChartBar][] = [
  ['column', IconChartHistogram],
  ['bar', IconChartBar],
  ['line', IconChartLine],
  ['area', IconChartArea],
  ['pie', IconChartPie],
  ['ring', IconChartDonut],
  ['combo', IconChartHistogram],
  ['scatter', IconChartBubble],
  ['funnel', IconChartFunnel],
  ['radar', IconChartRadar],
  ['word_cloud', IconTypography],
  ['gauge', IconGauge],
  ['heat_map', IconGridDots],
  ['number', IconNumbers],
  ['pivot', IconTable],
  ['list', IconList],
  ['text', IconTextCaption],
  ['control', IconAdjustmentsHorizontal],
];

const others: readonly string[] = ['number', 'pivot', 'list', 'text', 'control'];

export function Gallery({ onAdd }: { onAdd: (what: NewWidget) => void }) {
  const { t } = useTranslation('dashboards');
  return (
    <Menu position="bottom-end" width={380}>
      <Menu.Target>
        <Button leftSection={<IconPlus size={14} />}>{t('add')}</Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.gallery}>
        {entries.map(([what, Sign]) => (
          <Menu.Item key={what} leftSection={<Sign size={17} stroke={1.6} />} onClick={() => onAdd(what)}>
            {t(others.includes(what) ? `kind.${what}` : `form.${what}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
