import { Portal } from '@mantine/core';
import { useLayoutEffect, useRef, useState } from 'react';
import classes from '../Grid.module.css';
import type { Rect } from '../keyboard';

interface Props {
  label: string;
  anchor: React.RefObject<HTMLElement | null>;
  bounds: Rect;
  width: number | undefined;
  panel: React.RefObject<HTMLDivElement | null>;
  children: React.ReactNode;
}

/** A panel under the cell, or above it where there is no room. A press in it does not take the focus from the text field. */
export function Floating(props: Props) {
  return (
    <Portal>
      <Panel {...props} />
    </Portal>
  );
}

function Panel({ label, anchor, bounds, width, panel, children }: Props) {
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  const latest = useRef(() => {});
  latest.current = () => {
    const cell = anchor.current?.getBoundingClientRect();
    const own = panel.current?.getBoundingClientRect();
    if (!cell || !own) return;
    const below = cell.bottom + 5;
    const fits = below + own.height < innerHeight - 8 || cell.top < own.height + 8;
    const next = {
      left: Math.max(8, Math.min(cell.left, innerWidth - own.width - 8)),
      top: fits ? Math.min(below, Math.max(8, innerHeight - own.height - 8)) : cell.top - own.height - 5,
    };
    setPlace((old) => (old && old.left === next.left && old.top === next.top ? old : next));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cell may have moved
  useLayoutEffect(() => latest.current(), [bounds]);
  // What is in it comes and goes.
  useLayoutEffect(() => {
    if (!panel.current) return;
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(panel.current);
    return () => observer.disconnect();
  }, [panel]);
  return (
    <div
      ref={panel}
      role="dialog"
      aria-label={label}
      className={classes.panel}
      style={{ width, left: place?.left ?? 0, top: place?.top ?? 0, visibility: place ? 'visible' : 'hidden' }}
      onMouseDown={(event) => {
        if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
      }}
    >
      {children}
    </div>
  );
}
