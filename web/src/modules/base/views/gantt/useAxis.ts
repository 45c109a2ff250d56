/** Where days are on a scrolled axis. What is in the middle stays there when days become wider or the axis longer. */
import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react';
import type { TimeScale } from '../model';
import { parseDay, pixelsPerDay, spanOf } from './axis';

interface Options {
  area: RefObject<HTMLElement | null>;
  scale: TimeScale;
  today: number;
  /** When the first task begins and the last one ends, as the server tells it. */
  told: readonly unknown[];
  /** Whether that has come. */
  known: boolean;
  /** Pixels of the table before the axis. */
  table: number;
}

const dayIn = (value: unknown): number | undefined =>
  typeof value === 'string' ? parseDay(value.slice(0, 10)) : undefined;

/** The days of the first task and the last one. */
export function extentOf(told: readonly unknown[] | undefined): { from: number; to: number } | undefined {
  const [from, to] = [dayIn(told?.[0]), dayIn(told?.[1])];
  const first = from ?? to;
  return first === undefined ? undefined : { from: first, to: Math.max(first, to ?? first) + 1 };
}

export function useAxis({ area, scale, today, told, known, table }: Options) {
  const pixels = pixelsPerDay[scale];
  const extent = extentOf(told);
  const span = spanOf(extent ? [extent.from, extent.to] : [], today);
  const before = useRef({ origin: span.from, pixels });
  const began = useRef(false);
  const { from: origin, to: end } = span;

  const scrollTo = useCallback(
    (day: number, share = 0.5) => {
      const element = area.current;
      if (!element) return;
      element.scrollLeft = (day - origin) * pixels - Math.max(0, element.clientWidth - table) * share;
    },
    [area, origin, pixels, table],
  );

  useLayoutEffect(() => {
    const element = area.current;
    const last = before.current;
    before.current = { origin, pixels };
    if (!element || (last.origin === origin && last.pixels === pixels)) return;
    const middle = Math.max(0, element.clientWidth - table) / 2;
    const day = last.origin + (element.scrollLeft + middle) / last.pixels;
    element.scrollLeft = (day - origin) * pixels - middle;
  }, [area, origin, pixels, table]);

  // It opens with today, or with the first task where none is near today.
  useLayoutEffect(() => {
    if (!known || began.current) return;
    began.current = true;
    const isNear = extent === undefined || (extent.from - 60 <= today && today <= extent.to + 60);
    scrollTo(isNear || !extent ? today : extent.from, isNear ? 0.35 : 0.1);
  }, [known, extent, today, scrollTo]);

  return { origin, end, pixels, width: (end - origin) * pixels, scrollTo };
}
