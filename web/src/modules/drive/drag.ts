/** What is being dragged. The browser does not tell while it hovers, so it is kept here. */
import type { DragEvent } from 'react';
import { useState } from 'react';
import type { Resource } from '../../data/types';

let dragged: readonly Resource[] = [];

export function startDrag(event: DragEvent, resources: readonly Resource[]): void {
  dragged = resources;
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', resources.map((resource) => resource.name).join('\n'));
}

export function endDrag(): void {
  dragged = [];
}

/** Props of a place that takes resources: `accepts` says whether it takes these. */
export function useDrop(
  accepts: (resources: readonly Resource[]) => boolean,
  onDrop: (resources: readonly Resource[]) => void,
) {
  const [over, setOver] = useState(false);
  const takes = () => dragged.length > 0 && accepts(dragged);
  return {
    over,
    props: {
      onDragOver: (event: DragEvent) => {
        if (!takes()) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        setOver(false);
        if (!takes()) return;
        event.preventDefault();
        const taken = dragged;
        endDrag();
        onDrop(taken);
      },
    },
  };
}
