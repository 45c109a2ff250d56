/** Widgets moved and resized by pointer: where they would stand is shown at once, and asked for when they are let go. */
import { type PointerEvent, type RefObject, useRef, useState } from 'react';
import { type Placed, withSpot } from './layout';
import { columnsOfGrid } from './model';

/** Height of a row with the gap below it, in CSS pixels; as `--row` and `--gap` say. */
export const rowHeight = 64;
export const gap = 12;

export function useGrab(grid: RefObject<HTMLElement | null>, all: readonly Placed[], onDone: (next: Placed[]) => void) {
  const [shown, setShown] = useState<Placed[] | null>(null);
  const [held, setHeld] = useState<string | null>(null);
  const latest = useRef<Placed[] | null>(null);

  function grab(event: PointerEvent, id: string, how: 'move' | 'size') {
    const box = grid.current?.getBoundingClientRect();
    const start = all.find((one) => one.id === id);
    if (!box || !start || (event.target as HTMLElement).closest('button, input, a, select')) return;
    const [x0, y0] = [event.clientX, event.clientY];
    const column = (box.width + gap) / columnsOfGrid;
    const head = event.currentTarget as HTMLElement;
    head.setPointerCapture(event.pointerId);
    const move = (next: globalThis.PointerEvent) => {
      const right = Math.round((next.clientX - x0) / column);
      const down = Math.round((next.clientY - y0) / (rowHeight + gap));
      const { x, y, w, h } = start;
      const spot = how === 'move' ? { x: x + right, y: y + down, w, h } : { x, y, w: w + right, h: h + down };
      latest.current = withSpot(all, id, spot);
      setShown(latest.current);
      setHeld(id);
    };
    const end = (done: boolean) => {
      head.removeEventListener('pointermove', move);
      head.removeEventListener('pointerup', drop);
      head.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', leave, true);
      if (done && latest.current) onDone(latest.current);
      latest.current = null;
      setShown(null);
      setHeld(null);
    };
    const drop = () => end(true);
    const cancel = () => end(false);
    const leave = (pressed: KeyboardEvent) => {
      if (pressed.key !== 'Escape') return;
      pressed.stopPropagation();
      end(false);
    };
    head.addEventListener('pointermove', move);
    head.addEventListener('pointerup', drop);
    head.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', leave, true);
  }
  return { grab, shown, held };
}
