/**
 * Dragging cards by mouse, pen or finger: a copy follows the pointer, what lies under it is told, the board scrolls at its edges. A
 * finger drags after resting on a card for a moment; before that it scrolls.
 */
import { type PointerEvent as ReactPointer, type RefObject, useCallback, useEffect, useRef, useState } from 'react';

export interface Target {
  column: string;
  /** The line a card would have in it. */
  at: number;
}

export interface Dragged<T> {
  card: T;
  over: Target | null;
}

interface Options<T> {
  board: RefObject<HTMLElement | null>;
  onDrop: (card: T, target: Target) => void;
}

/** Pixels a pointer moves before it drags, and milliseconds a finger rests. */
const slack = 5;
const rest = 260;
/** Pixels from an edge at which the board scrolls, and how fast at most. */
const edge = 56;
const fastest = 18;

/** What a point is over: a column by `data-column`, and in it a card by `data-line`. */
function targetAt(x: number, y: number): Target | null {
  const found = document.elementsFromPoint(x, y);
  const column = found.map((one) => one.closest<HTMLElement>('[data-column]')).find(Boolean);
  if (!column?.dataset.column) return null;
  const cards = [...column.querySelectorAll<HTMLElement>('[data-line]')];
  const before = cards.find((card) => {
    const box = card.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  const last = cards.at(-1);
  const at = before ? Number(before.dataset.line) : last ? Number(last.dataset.line) + 1 : 0;
  return { column: column.dataset.column, at };
}

function scrollNear(board: HTMLElement, x: number, y: number) {
  const speed = (distance: number) =>
    distance < edge ? Math.ceil(((edge - Math.max(0, distance)) / edge) * fastest) : 0;
  const box = board.getBoundingClientRect();
  board.scrollLeft += speed(box.right - x) - speed(x - box.left);
  const list = document
    .elementsFromPoint(x, y)
    .map((one) => one.closest<HTMLElement>('[data-column]')?.querySelector<HTMLElement>('[data-list]'))
    .find(Boolean);
  if (!list) return;
  const area = list.getBoundingClientRect();
  list.scrollTop += speed(area.bottom - y) - speed(y - area.top);
}

export function useDragCards<T>({ board, onDrop }: Options<T>) {
  const [dragged, setDragged] = useState<Dragged<T> | null>(null);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  const stop = useRef<(() => void) | undefined>(undefined);
  useEffect(() => () => stop.current?.(), []);

  const start = useCallback(
    (event: ReactPointer<HTMLElement>, card: T) => {
      if (event.button !== 0 || stop.current) return;
      const element = event.currentTarget;
      const { pointerId, pointerType, clientX: fromX, clientY: fromY } = event;
      const finger = pointerType === 'touch';
      let [x, y] = [fromX, fromY];
      let ghost: HTMLElement | undefined;
      let over: Target | null = null;
      let frame = 0;

      const look = () => {
        frame = requestAnimationFrame(look);
        if (!ghost || !board.current) return;
        scrollNear(board.current, x, y);
        const next = targetAt(x, y);
        if (next?.column === over?.column && next?.at === over?.at) return;
        over = next;
        setDragged({ card, over });
      };
      const lift = () => {
        const box = element.getBoundingClientRect();
        ghost = element.cloneNode(true) as HTMLElement;
        ghost.removeAttribute('data-line');
        ghost.setAttribute('data-ghost', 'true');
        ghost.style.cssText = `position:fixed;left:${box.left}px;top:${box.top}px;width:${box.width}px;z-index:400;pointer-events:none;margin:0`;
        document.body.append(ghost);
        document.body.style.userSelect = 'none';
        if (element.hasPointerCapture(pointerId)) element.releasePointerCapture(pointerId);
        setDragged({ card, over: null });
        frame = requestAnimationFrame(look);
      };
      const timer = finger ? setTimeout(lift, rest) : undefined;
      const end = (drop: boolean) => {
        clearTimeout(timer);
        cancelAnimationFrame(frame);
        stop.current?.();
        if (!ghost) return;
        ghost.remove();
        document.body.style.userSelect = '';
        // The release is no click on the card.
        const swallow = (click: MouseEvent) => click.stopPropagation();
        addEventListener('click', swallow, { capture: true, once: true });
        setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0);
        setDragged(null);
        const target = targetAt(x, y);
        if (drop && target) latest.current(card, target);
      };
      const move = (now: PointerEvent) => {
        if (now.pointerId !== pointerId) return;
        [x, y] = [now.clientX, now.clientY];
        const far = Math.hypot(x - fromX, y - fromY) > slack;
        if (!ghost && far) {
          if (finger) return end(false);
          lift();
        }
        if (ghost) ghost.style.translate = `${x - fromX}px ${y - fromY}px`;
      };
      const up = (now: PointerEvent) => now.pointerId === pointerId && end(true);
      const cancel = (now: PointerEvent) => now.pointerId === pointerId && end(false);
      const key = (now: KeyboardEvent) => {
        if (now.key !== 'Escape' || !ghost) return;
        now.preventDefault();
        now.stopPropagation();
        end(false);
      };
      // While a card is dragged the page does not scroll under the finger.
      const hold = (now: TouchEvent) => ghost && now.preventDefault();
      addEventListener('pointermove', move);
      addEventListener('pointerup', up);
      addEventListener('pointercancel', cancel);
      addEventListener('keydown', key, true);
      addEventListener('touchmove', hold, { passive: false });
      stop.current = () => {
        removeEventListener('pointermove', move);
        removeEventListener('pointerup', up);
        removeEventListener('pointercancel', cancel);
        removeEventListener('keydown', key, true);
        removeEventListener('touchmove', hold);
        stop.current = undefined;
      };
    },
    [board],
  );
  return { dragged, start };
}
