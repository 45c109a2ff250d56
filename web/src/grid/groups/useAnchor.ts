/** Keeps the focus on its record while lines come and go above it. */
import type { GridSelection } from '@glideapps/glide-data-grid';
import { useEffect, useRef } from 'react';
import type { GridSource } from '../model';

/** A record that went further away is not followed: it would be off the screen. */
const most = 60;

export function shifted(selection: GridSelection, by: number): GridSelection {
  const { current } = selection;
  if (!current) return selection;
  const move = <T extends { y: number }>(rect: T): T => ({ ...rect, y: rect.y + by });
  return {
    ...selection,
    current: {
      cell: [current.cell[0], current.cell[1] + by],
      range: move(current.range),
      rangeStack: current.rangeStack.map(move),
    },
  };
}

export function useAnchor(
  source: GridSource,
  version: number,
  selection: GridSelection,
  select: (selection: GridSelection) => void,
): void {
  const anchor = useRef<{ selection: GridSelection; record: string | undefined } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: lines move with every version
  useEffect(() => {
    const line = selection.current?.cell[1];
    const here = line === undefined ? undefined : source.row(line)?.id;
    const { current } = anchor;
    if (line === undefined || current?.selection !== selection || !current.record) {
      anchor.current = { selection, record: here };
      return;
    }
    if (here === current.record) return;
    const at = source.indexOf(current.record);
    const range = selection.current?.range;
    const whole = range && range.height > 1;
    if (at !== undefined && !whole && Math.abs(at - line) <= most) {
      const next = shifted(selection, at - line);
      anchor.current = { selection: next, record: current.record };
      select(next);
    } else if (here) anchor.current = { selection, record: here };
  }, [source, version, selection, select]);
}
