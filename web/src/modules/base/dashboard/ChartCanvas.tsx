/** A chart drawn by ECharts, with its numbers in a table for who cannot see it. */
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useImperativeHandle, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { solid } from '../../../grid/palette';
import { type Chart, init } from './charts';
import classes from './Dashboard.module.css';
import type { ChartKind, Cube } from './model';
import { optionsOf, type Paint, pressed, type Reading, seriesOf } from './options';

export interface Picture {
  /** The chart as an image. */
  png: () => string | undefined;
}

interface Props {
  kind: ChartKind;
  cube: Cube;
  reading: Reading;
  label: string;
  handle?: React.Ref<Picture>;
  onPress?: (row: number | null, column: number | null) => void;
}

const paints: Record<'light' | 'dark', Paint> = {
  light: { text: '#1f2329', faint: '#545b68', line: '#e4e7ec', paper: '#ffffff', series: [] },
  dark: { text: '#e6e8eb', faint: '#a9aeb8', line: '#2e3138', paper: '#17181b', series: [] },
};
const series = [
  solid.blue,
  solid.teal,
  solid.orange,
  solid.purple,
  solid.cyan,
  solid.red,
  solid.lime,
  solid.pink,
  solid.green,
  solid.yellow,
  solid.indigo,
];

export default function ChartCanvas({ kind, cube, reading, label, handle, onPress }: Props) {
  const scheme = useComputedColorScheme('light');
  const paint = useMemo(() => ({ ...paints[scheme], series }), [scheme]);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const press = useRef(onPress);
  press.current = onPress;
  const options = useMemo(() => optionsOf(kind, cube, reading, paint), [kind, cube, reading, paint]);
  const latest = useRef({ kind, cube });
  latest.current = { kind, cube };

  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current);
    chart.current = made;
    made.on('click', (part) => {
      const { row, column } = pressed(latest.current.kind, latest.current.cube, part);
      press.current?.(row, column);
    });
    const resized = new ResizeObserver(() => made.resize());
    resized.observe(place.current);
    return () => {
      resized.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.setOption(options, { notMerge: true }), [options]);
  useImperativeHandle(
    handle,
    () => ({ png: () => chart.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: paint.paper }) }),
    [paint],
  );
  return (
    <>
      <div ref={place} className={classes.canvas} aria-hidden="true" />
      <Numbers cube={cube} reading={reading} label={label} {...(onPress ? { onPress } : {})} />
    </>
  );
}

/** What the chart tells, as a table that only readers of the screen meet, and who goes by keyboard. */
export function Numbers({ cube, reading, label, onPress }: Pick<Props, 'cube' | 'reading' | 'label' | 'onPress'>) {
  const { t } = useTranslation('dashboards');
  const all = seriesOf(cube, reading);
  const rows = reading.rows.length > 0 ? reading.rows : [''];
  return (
    <table className={classes.numbers} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t('group')}</th>
          {all.map((one) => (
            <th key={one.name} scope="col">
              {one.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((name, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups are what they are by their place
          <tr key={row}>
            <th scope="row">
              {onPress ? (
                <button type="button" onClick={() => onPress(cube.rows.length > 0 ? row : null, null)}>
                  {name || t('total')}
                </button>
              ) : (
                name || t('total')
              )}
            </th>
            {all.map((one) => (
              <td key={one.name}>{reading.told(one.measure, one.values[row])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
