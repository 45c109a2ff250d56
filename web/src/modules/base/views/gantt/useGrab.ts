/** Dragging bars, their ends and their progress, and drawing lines from bar to bar. */
import { type PointerEvent as ReactPointerEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { GridRow } from '../../../../grid/model';
import { type Bar, clampDays, type Grip } from './bars';

export interface Grabbed {
  row: GridRow;
  bar: Bar;
  grip: Grip;
  /** By how many days it was dragged. */
  days: number;
  /** Where progress was dragged to. */
  share: number;
}

export interface Drawn {
  row: GridRow;
  end: 'start' | 'end';
  /** Where the pointer is. */
  x: number;
  y: number;
}

interface Options {
  /** Pixels of a day. */
  pixels: number;
  onDrop: (grabbed: Grabbed) => void;
  onClick: (record: string) => void;
  onJoin: (from: { record: string; end: 'start' | 'end' }, to: { record: string; end: 'start' | 'end' }) => void;
}

/** Less than this is a click. */
const threshold = 3;

export function useGrab(options: Options) {
  const [grabbed, setGrabbed] = useState<Grabbed | null>(null);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  /** Hears the pointer until it is let go, or Escape. */
  const follow = useCallback((move: (event: PointerEvent) => void, end: (event: PointerEvent | null) => void) => {
    const over = (event: PointerEvent | null) => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', over);
      removeEventListener('pointercancel', cancel);
      removeEventListener('keydown', onEscape, true);
      stop.current = null;
      end(event);
    };
    const cancel = () => over(null);
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      over(null);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', over);
    addEventListener('pointercancel', cancel);
    addEventListener('keydown', onEscape, true);
    stop.current = cancel;
  }, []);

  const grab = useCallback(
    (event: ReactPointerEvent<HTMLElement>, row: GridRow, bar: Bar, grip: Grip, allowed: boolean) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      const from = event.clientX;
      const element = event.currentTarget.closest<HTMLElement>('[data-bar]')?.getBoundingClientRect();
      let now: Grabbed = { row, bar, grip, days: 0, share: bar.progress ?? 0 };
      let moved = false;
      follow(
        ({ clientX }) => {
          moved ||= Math.abs(clientX - from) > threshold;
          if (!moved || !allowed) return;
          const days = clampDays(grip, bar, Math.round((clientX - from) / latest.current.pixels));
          const part = element ? (clientX - element.left) / element.width : 0;
          const share = Math.round(Math.min(1, Math.max(0, part)) * 100) / 100;
          if (now.days === days && (grip !== 'progress' || now.share === share)) return;
          now = { ...now, days: grip === 'progress' ? 0 : days, share };
          setGrabbed(now);
        },
        (end) => {
          setGrabbed(null);
          if (!end) return;
          if (!moved) latest.current.onClick(row.id);
          else if (allowed && (now.days !== 0 || now.grip === 'progress')) latest.current.onDrop(now);
        },
      );
    },
    [follow],
  );

  const draw = useCallback(
    (event: ReactPointerEvent<HTMLElement>, row: GridRow, end: 'start' | 'end') => {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.preventDefault();
      setDrawn({ row, end, x: event.clientX, y: event.clientY });
      follow(
        ({ clientX, clientY }) => setDrawn({ row, end, x: clientX, y: clientY }),
        (last) => {
          setDrawn(null);
          const at = last && document.elementFromPoint(last.clientX, last.clientY)?.closest<HTMLElement>('[data-bar]');
          const record = at?.dataset.bar;
          if (!at || !record || record === row.id) return;
          const { left, width } = at.getBoundingClientRect();
          const side = last.clientX > left + width / 2 ? 'end' : 'start';
          latest.current.onJoin({ record: row.id, end }, { record, end: side });
        },
      );
    },
    [follow],
  );
  return { grabbed, drawn, grab, draw };
}
