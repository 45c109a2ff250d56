/** What a chart is drawn from: the options of ECharts for what a cube tells. Pure. */
import type { EChartsCoreOption } from 'echarts/core';
import { type ChartForm, type ChartKind, type Cube, cellsOf, placeKey } from './model';

/** Colours of the page. */
export interface Paint {
  text: string;
  faint: string;
  line: string;
  paper: string;
  series: readonly string[];
}

/** Names and numbers as people read them. */
export interface Reading {
  /** Of the groups of the rows and of the columns, in order. */
  rows: readonly string[];
  columns: readonly string[];
  measures: readonly string[];
  /** A value of a measure. */
  told: (measure: number, value: unknown) => string;
}

interface Series {
  name: string;
  measure: number;
  column: number | null;
  values: (number | null)[];
}

/** Dates are told as texts; only numbers are drawn. */
const numeric = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** The values of each measure and group of the columns along the rows. */
export function seriesOf(cube: Cube, reading: Reading): Series[] {
  const cells = cellsOf(cube);
  const along = cube.rows.length > 0 ? (cube.rows[0]?.groups.map((_, at) => at) ?? []) : [null];
  const across: (number | null)[] =
    cube.columns.length > 0 ? (cube.columns[0]?.groups.map((_, at) => at) ?? []) : [null];
  const at = (row: number | null, column: number | null) =>
    placeKey([...(cube.rows.length > 0 ? [row] : []), ...(cube.columns.length > 0 ? [column] : [])]);
  return across.flatMap((column) =>
    reading.measures.map((name, measure) => ({
      name: column === null ? name : nameOf(reading.columns[column] ?? '', name, reading.measures.length),
      measure,
      column,
      values: along.map((row) => numeric(cells.get(at(row, column))?.values[measure])),
    })),
  );
}

const nameOf = (column: string, measure: string, measures: number) =>
  measures > 1 ? `${column} · ${measure}` : column;

type Context = { kind: ChartKind; reading: Reading; paint: Paint; series: Series[] };

/** The options of a chart; none for forms that are not drawn by ECharts. */
export function optionsOf(kind: ChartKind, cube: Cube, reading: Reading, paint: Paint): EChartsCoreOption {
  const context: Context = { kind, reading, paint, series: seriesOf(cube, reading) };
  return { ...common(context), ...shapes[kind.form](context) };
}

function common({ kind, paint, series, reading }: Context): EChartsCoreOption {
  const legend = !kind.look?.no_legend && (series.length > 1 || kind.form === 'pie' || kind.form === 'ring');
  return {
    animationDuration: 250,
    color: [...paint.series],
    textStyle: { color: paint.text, fontFamily: 'inherit' },
    legend: legend
      ? { type: 'scroll', top: 0, textStyle: { color: paint.text }, pageTextStyle: { color: paint.text } }
      : undefined,
    grid: { left: 8, right: 16, top: legend ? 34 : 14, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'item',
      backgroundColor: paint.paper,
      borderColor: paint.line,
      textStyle: { color: paint.text },
      confine: true,
      formatter: (one: { seriesIndex?: number; name?: string; seriesName?: string; value?: unknown }) => {
        const told = series[one.seriesIndex ?? 0];
        const value = Array.isArray(one.value) ? one.value.at(-1) : one.value;
        const shown = reading.told(told?.measure ?? 0, value);
        const head = [one.name, series.length > 1 ? one.seriesName : ''].filter(Boolean).join(' · ');
        return head ? `${escaped(head)}<br><b>${escaped(shown)}</b>` : `<b>${escaped(shown)}</b>`;
      },
    },
  };
}

/** Texts of records in a tooltip, which ECharts takes for HTML. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const category = ({ reading, paint }: Context) => ({
  type: 'category',
  data: [...reading.rows],
  axisLine: { lineStyle: { color: paint.line } },
  axisTick: { show: false },
  axisLabel: { color: paint.faint, hideOverlap: true, overflow: 'truncate', width: 110 },
});

const values = ({ reading, paint }: Context, measure = 0) => ({
  type: 'value',
  axisLabel: { color: paint.faint, formatter: (value: number) => reading.told(measure, value) },
  splitLine: { lineStyle: { color: paint.line } },
});

const label = ({ kind, reading, paint }: Context, measure: number) => ({
  show: kind.look?.labels ?? false,
  color: paint.text,
  formatter: ({ value }: { value: unknown }) => reading.told(measure, Array.isArray(value) ? value.at(-1) : value),
});

function bars(context: Context, lying: boolean): EChartsCoreOption {
  const { kind, series } = context;
  const along = lying ? { ...category(context), inverse: true } : category(context);
  return {
    xAxis: lying ? values(context) : along,
    yAxis: lying ? along : values(context),
    series: series.map((one) => ({
      type: 'bar',
      name: one.name,
      data: one.values,
      barMaxWidth: 36,
      ...(kind.look?.stacked
        ? { stack: `all ${one.measure}` }
        : { itemStyle: { borderRadius: lying ? [0, 3, 3, 0] : [3, 3, 0, 0] } }),
      label: { ...label(context, one.measure), position: kind.look?.stacked ? 'inside' : lying ? 'right' : 'top' },
    })),
  };
}

function lines(context: Context, filled: boolean): EChartsCoreOption {
  const { kind, series } = context;
  return {
    xAxis: { ...category(context), boundaryGap: false },
    yAxis: values(context),
    series: series.map((one) => ({
      type: 'line',
      name: one.name,
      data: one.values.map((value) => value ?? (isCounted(context, one.measure) ? 0 : null)),
      smooth: kind.look?.smooth ?? false,
      symbolSize: 6,
      showSymbol: one.values.length < 60,
      ...(filled ? { areaStyle: { opacity: kind.look?.stacked ? 0.5 : 0.14 } } : {}),
      ...(kind.look?.stacked ? { stack: `all ${one.measure}` } : {}),
      label: label(context, one.measure),
    })),
  };
}

/** Whether nothing counts as 0, as of sums and counts. */
const isCounted = ({ kind }: Context, measure: number): boolean =>
  ['count', 'sum', 'filled', 'checked', undefined].includes(kind.query.measures?.[measure]?.function);

function pies(context: Context, ring: boolean): EChartsCoreOption {
  const { reading, series, paint } = context;
  const one = series[0];
  const measure = one?.measure ?? 0;
  const data = reading.rows.map((name, at) => ({ name, value: one?.values[at] ?? 0 }));
  return {
    series: [
      {
        type: 'pie',
        name: one?.name,
        radius: ring ? ['45%', '72%'] : '72%',
        center: ['50%', '55%'],
        data,
        itemStyle: { borderColor: paint.paper, borderWidth: 1 },
        label: {
          color: paint.text,
          formatter: ({ name, value, percent }: { name: string; value: unknown; percent: number }) =>
            context.kind.look?.labels ? `${name}\n${reading.told(measure, value)} (${percent}%)` : name,
        },
      },
    ],
  };
}

function combo(context: Context): EChartsCoreOption {
  const { series } = context;
  return {
    xAxis: category(context),
    yAxis: [values(context), { ...values(context, 1), splitLine: { show: false } }],
    series: series.map((one) => ({
      type: one.measure === 0 ? 'bar' : 'line',
      yAxisIndex: one.measure === 0 ? 0 : 1,
      name: one.name,
      data: one.values,
      barMaxWidth: 36,
      smooth: context.kind.look?.smooth ?? false,
      label: label(context, one.measure),
    })),
  };
}

/** A point for each group: the first measure across, the second upwards. */
function scatter(context: Context): EChartsCoreOption {
  const { reading, series } = context;
  const groups = [...new Set(series.map((one) => one.column))];
  const of = (column: number | null, measure: number) =>
    series.find((one) => one.column === column && one.measure === measure)?.values ?? [];
  return {
    xAxis: values(context, 0),
    yAxis: values(context, 1),
    series: groups.map((column) => {
      const [across, upwards] = [of(column, 0), of(column, reading.measures.length > 1 ? 1 : 0)];
      const point = (name: string, at: number) => ({ name, value: [across[at], upwards[at]] });
      return {
        type: 'scatter',
        name: column === null ? reading.measures[1] : reading.columns[column],
        symbolSize: 11,
        data: (reading.rows.length > 0 ? reading.rows : ['']).map(point),
        label: {
          show: context.kind.look?.labels ?? false,
          formatter: '{b}',
          position: 'top',
          color: context.paint.text,
        },
      };
    }),
    tooltip: {
      ...(common(context).tooltip as object),
      formatter: ({ name, value }: { name: string; value: unknown[] }) =>
        `${escaped(name)}<br>${value.map((one, at) => `${escaped(reading.measures[at] ?? '')} <b>${escaped(reading.told(at, one))}</b>`).join('<br>')}`,
    },
  };
}

function funnel(context: Context): EChartsCoreOption {
  const { reading, series, paint } = context;
  const one = series[0];
  return {
    legend: undefined,
    series: [
      {
        type: 'funnel',
        name: one?.name,
        left: '8%',
        right: '28%',
        top: 8,
        bottom: 8,
        gap: 2,
        sort: 'none',
        data: reading.rows.map((name, at) => ({ name, value: one?.values[at] ?? 0 })),
        label: {
          color: paint.text,
          position: 'right',
          formatter: ({ name, value }: { name: string; value: unknown }) =>
            `${name}  ${reading.told(one?.measure ?? 0, value)}`,
        },
      },
    ],
  };
}

function radar(context: Context): EChartsCoreOption {
  const { reading, series, paint } = context;
  const largest = Math.max(1, ...series.flatMap((one) => one.values.map((value) => value ?? 0)));
  return {
    radar: {
      indicator: reading.rows.map((name) => ({ name, max: largest })),
      axisName: { color: paint.faint },
      splitLine: { lineStyle: { color: paint.line } },
      axisLine: { lineStyle: { color: paint.line } },
      splitArea: { show: false },
      radius: '62%',
      center: ['50%', '55%'],
    },
    tooltip: {
      ...(common(context).tooltip as object),
      formatter: ({ name, value }: { name: string; value: unknown[] }) => {
        const measure = series.find((one) => one.name === name)?.measure ?? 0;
        const line = (row: string, at: number) => `${escaped(row)} <b>${escaped(reading.told(measure, value[at]))}</b>`;
        return `${escaped(name)}<br>${reading.rows.map(line).join('<br>')}`;
      },
    },
    series: [
      {
        type: 'radar',
        areaStyle: { opacity: 0.12 },
        data: series.map((one) => ({ name: one.name, value: one.values.map((value) => value ?? 0) })),
      },
    ],
  };
}

function gauge({ kind, reading, series, paint }: Context): EChartsCoreOption {
  const value = series[0]?.values[0] ?? 0;
  return {
    legend: undefined,
    series: [
      {
        type: 'gauge',
        min: 0,
        max: kind.look?.goal || Math.max(1, value),
        progress: { show: true, width: 12 },
        axisLine: { lineStyle: { width: 12, color: [[1, paint.line]] } },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { color: paint.faint, distance: 16, formatter: (one: number) => reading.told(0, one) },
        pointer: { show: false },
        detail: {
          valueAnimation: false,
          offsetCenter: [0, 0],
          fontSize: 24,
          color: paint.text,
          formatter: (one: number) => reading.told(0, one),
        },
        data: [{ value, name: '' }],
      },
    ],
  };
}

function heat(context: Context): EChartsCoreOption {
  const { reading, series, paint } = context;
  const across = series.filter((one) => one.measure === 0);
  const points = across.flatMap((one, y) => one.values.map((value, x) => [x, y, value ?? '-']));
  const numbers = across.flatMap((one) => one.values.filter((value): value is number => value !== null));
  return {
    legend: undefined,
    grid: { left: 8, right: 16, top: 8, bottom: 44, containLabel: true },
    xAxis: category(context),
    yAxis: { ...category(context), data: across.map((one) => one.name) },
    visualMap: {
      min: Math.min(0, ...numbers),
      max: Math.max(1, ...numbers),
      calculable: false,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemHeight: 90,
      itemWidth: 10,
      textStyle: { color: paint.faint },
      inRange: { color: [paint.line, paint.series[0]] },
      formatter: (value: unknown) => reading.told(0, value),
    },
    tooltip: {
      ...(common(context).tooltip as object),
      formatter: ({ value }: { value: [number, number, unknown] }) =>
        `${escaped(reading.rows[value[0]] ?? '')} · ${escaped(across[value[1]]?.name ?? '')}<br><b>${escaped(reading.told(0, value[2]))}</b>`,
    },
    series: [{ type: 'heatmap', data: points, label: label(context, 0) }],
  };
}

const shapes: Record<ChartForm, (context: Context) => EChartsCoreOption> = {
  column: (context) => bars(context, false),
  bar: (context) => bars(context, true),
  line: (context) => lines(context, false),
  area: (context) => lines(context, true),
  pie: (context) => pies(context, false),
  ring: (context) => pies(context, true),
  combo,
  scatter,
  funnel,
  radar,
  gauge,
  heat_map: heat,
  word_cloud: () => ({}),
};

/** Which groups a press on a part of a chart picks: of the rows, and of the columns. */
export function pressed(
  kind: ChartKind,
  cube: Cube,
  part: { seriesIndex?: number; dataIndex?: number; value?: unknown },
): { row: number | null; column: number | null } {
  const measures = Math.max(1, kind.query.measures?.length ?? 1);
  const row = cube.rows.length > 0 ? (part.dataIndex ?? null) : null;
  if (kind.form === 'heat_map' && Array.isArray(part.value)) {
    return { row: cube.rows.length > 0 ? part.value[0] : null, column: cube.columns.length > 0 ? part.value[1] : null };
  }
  if (kind.form === 'gauge') return { row: null, column: null };
  if (kind.form === 'radar') {
    return { row: null, column: cube.columns.length > 0 ? Math.floor((part.dataIndex ?? 0) / measures) : null };
  }
  const series = part.seriesIndex ?? 0;
  const perColumn = kind.form === 'scatter' ? 1 : measures;
  return { row, column: cube.columns.length > 0 ? Math.floor(series / perColumn) : null };
}
