/** The keys of a gantt: from task to task, along time, nearer and farther. */
import type { KeyboardEvent } from 'react';
import type { TimeScale } from '../model';
import { scales } from './axis';
import type { Line } from './layout';

interface Options {
  active: number;
  total: number;
  lineAt: (index: number) => Line | undefined;
  scale: TimeScale;
  onActive: (index: number) => void;
  onOpen: (record: string) => void;
  onRemove: (record: string) => void;
  onScale: (scale: TimeScale) => void;
  onToday: () => void;
  onScroll: (steps: number) => void;
  /** Moves the active task, or its end, by days. */
  onMove: (line: Line, grip: 'move' | 'end', days: number) => void;
}

export function useKeys(options: Options) {
  return (event: KeyboardEvent<HTMLElement>) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.target !== event.currentTarget) return;
    const { active, total, scale } = options;
    const zoom = (by: number) => {
      const next = scales[scales.indexOf(scale) + by];
      if (next) options.onScale(next);
    };
    const line = options.lineAt(active);
    const sideways = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (sideways !== 0 && event.altKey) {
      if (line) options.onMove(line, event.shiftKey ? 'end' : 'move', sideways);
    } else if (event.altKey) return;
    else if (sideways !== 0) options.onScroll(sideways);
    else if (event.key === 'ArrowDown') options.onActive(Math.min(total - 1, active + 1));
    else if (event.key === 'ArrowUp') options.onActive(Math.max(0, active - 1));
    else if (event.key === 'Home') options.onActive(0);
    else if (event.key === 'End') options.onActive(total - 1);
    else if (event.key === 'Enter' && line) options.onOpen(line.row.id);
    else if (event.key === 'Delete' && line) options.onRemove(line.row.id);
    else if (event.key === '+' || event.key === '=') zoom(-1);
    else if (event.key === '-') zoom(1);
    else if (event.key === 't' || event.key === 'T') options.onToday();
    else return;
    event.preventDefault();
  };
}
