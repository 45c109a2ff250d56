/** What of a scrolled area is in sight, in steps, so that little is drawn again while one scrolls. */
import { type RefObject, useEffect, useState } from 'react';

export interface Viewport {
  left: number;
  top: number;
  width: number;
  height: number;
}

export function useViewport(area: RefObject<HTMLElement | null>, step: { x: number; y: number }): Viewport {
  const [viewport, setViewport] = useState<Viewport>({ left: 0, top: 0, width: 0, height: 0 });
  const { x, y } = step;
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    let frame = 0;
    const look = () => {
      frame = 0;
      const now = {
        left: Math.floor(element.scrollLeft / x) * x,
        top: Math.floor(element.scrollTop / y) * y,
        width: element.clientWidth,
        height: element.clientHeight,
      };
      setViewport((old) =>
        old.left === now.left && old.top === now.top && old.width === now.width && old.height === now.height
          ? old
          : now,
      );
    };
    const soon = () => {
      frame ||= requestAnimationFrame(look);
    };
    const observer = new ResizeObserver(soon);
    observer.observe(element);
    element.addEventListener('scroll', soon, { passive: true });
    look();
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      element.removeEventListener('scroll', soon);
    };
  }, [area, x, y]);
  return viewport;
}
