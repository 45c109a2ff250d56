/** The line at the end of the columns that stay in place; dragged, others stay. */
import { type PointerEvent, useState } from 'react';
import classes from './Grid.module.css';

interface Props {
  label: string;
  /** Where the columns that stay end, and where each column on the screen does; CSS pixels. */
  at: number;
  edges: () => readonly { columns: number; x: number }[];
  onFreeze: (columns: number) => void;
}

export function FreezeDivider({ label, at, edges, onFreeze }: Props) {
  const [drag, setDrag] = useState<{ columns: number; x: number } | null>(null);

  /** The end of a column that is nearest to the pointer. */
  function nearest(event: PointerEvent<HTMLElement>) {
    const own = event.currentTarget.parentElement?.getBoundingClientRect();
    const x = event.clientX - (own?.x ?? 0);
    return edges().reduce<{ columns: number; x: number } | null>(
      (best, edge) => (best && Math.abs(best.x - x) <= Math.abs(edge.x - x) ? best : edge),
      null,
    );
  }

  return (
    <>
      <div
        className={classes.divider}
        data-dragged={drag !== null}
        style={{ left: at - 3 }}
        title={label}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag(nearest(event));
        }}
        onPointerMove={(event) => drag && setDrag(nearest(event))}
        onPointerUp={() => {
          if (drag) onFreeze(drag.columns);
          setDrag(null);
        }}
        onPointerCancel={() => setDrag(null)}
      />
      {drag && <div className={classes.dividerLine} style={{ left: drag.x - 1 }} />}
    </>
  );
}
