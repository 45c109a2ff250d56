/** Dragging the lines of a list into another order, by pointer or with Alt and the arrow keys. */
import { type DragEvent, type KeyboardEvent, useState } from 'react';

export function useDrag(count: number, onMove: (from: number, to: number) => void, axis: 'x' | 'y' = 'y') {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const end = () => {
    setDragged(null);
    setOver(null);
  };
  const [back, forth] = axis === 'y' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
  return {
    /** For the line itself. */
    line: (index: number) => ({
      'data-drop': dragged !== null && over === index && over !== dragged,
      draggable: true,
      onDragStart: (event: DragEvent) => {
        event.dataTransfer.effectAllowed = 'move' as const;
        event.dataTransfer.setData('text/x-skein-line', String(index));
        setDragged(index);
      },
      onDragOver: (event: DragEvent) => {
        if (dragged === null) return;
        event.preventDefault();
        setOver(index);
      },
      onDrop: (event: DragEvent) => {
        if (dragged === null) return;
        event.preventDefault();
        if (dragged !== index) onMove(dragged, dragged < index ? index - 1 : index);
        end();
      },
      onDragEnd: end,
    }),
    /** For its handle. */
    handle: (index: number) => ({
      onKeyDown: (event: KeyboardEvent) => {
        const by = event.key === back ? -1 : event.key === forth ? 1 : 0;
        if (by === 0 || index + by < 0 || index + by >= count) return;
        event.preventDefault();
        event.stopPropagation();
        onMove(index, index + by);
      },
    }),
  };
}
