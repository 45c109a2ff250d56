/**
 * Dragging over what is drawn by time, by pointer. Elements say what they are: `data-record` a record, with `data-edge` inside for
 * its ends; `data-undated` one without a date; `data-day` the place of a day, with `data-hours` when its height is its hours, and
 * `data-lane` where there are rows. By touch one scrolls.
 */
import { type PointerEvent as ReactPointerEvent, useCallback, useEffect, useRef, useState } from 'react';
import { changeOf, type Gesture, type Spot, sameSpot } from './gesture';
import { type Axis, type Change, dayMinutes, readSpan, type Span } from './spans';
import type { Timed } from './useTimeRows';

export interface Dragged {
  gesture: Gesture;
  change: Change;
  /** When it would be. */
  span: Span | undefined;
  to: Spot;
}

export interface DragOptions {
  axis: Axis;
  /** Finds a record that is drawn. */
  find: (id: string) => Timed | { row: Timed['row']; span?: undefined } | undefined;
  mayMove: boolean;
  mayCreate: boolean;
  /** A place where days are not elements of their own. */
  spotAt?: (x: number, y: number) => Spot | undefined;
  onStart?: () => void;
  onDrop: (dragged: Dragged) => void;
}

/** Pixels the pointer goes before it is a drag. */
const threshold = 4;
/** Pixels from the edge of what scrolls where dragging scrolls it, and how much at a time. */
const edge = 36;
const pull = 14;

export function spotUnder(x: number, y: number): Spot | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    if (!(element instanceof HTMLElement) || element.dataset.day === undefined) continue;
    const { top, height } = element.getBoundingClientRect();
    const hours = element.dataset.hours !== undefined && height > 0;
    const minute = hours ? Math.max(0, Math.min(dayMinutes, ((y - top) / height) * dayMinutes)) : null;
    const { lane } = element.dataset;
    return { day: Number(element.dataset.day), minute, ...(lane === undefined ? {} : { lane }) };
  }
  return undefined;
}

function scrollNear(x: number, y: number) {
  const scroller = document.elementsFromPoint(x, y).find((one) => one.hasAttribute('data-scroller'));
  if (!scroller) return;
  const box = scroller.getBoundingClientRect();
  const toward = (at: number, low: number, high: number) => (at < low + edge ? -pull : at > high - edge ? pull : 0);
  scroller.scrollBy(toward(x, box.left, box.right), toward(y, box.top, box.bottom));
}

/** The click that a drag ends with opens nothing. */
function swallowClick() {
  const swallow = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
}

function gestureFor(target: Element, at: Spot, { find, mayMove, mayCreate, axis }: DragOptions): Gesture | undefined {
  const element = target.closest<HTMLElement>('[data-record], [data-undated]');
  const id = element?.dataset.record ?? element?.dataset.undated;
  if (id !== undefined) {
    const found = mayMove ? find(id) : undefined;
    if (!found) return undefined;
    if (!found.span) return { kind: 'drop', row: found.row, at };
    const side = target.closest<HTMLElement>('[data-edge]')?.dataset.edge as 'start' | 'end' | undefined;
    if (side) return axis[side]?.writable ? { kind: 'resize', row: found.row, edge: side, at } : undefined;
    return { kind: 'move', row: found.row, span: found.span, at };
  }
  const onEmpty = target.closest('[data-day]') && !target.closest('button, a, input');
  return mayCreate && onEmpty ? { kind: 'create', at } : undefined;
}

/** What is dragged now, and the handler for everything it can begin in. */
export function useTimeDrag(options: DragOptions) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);

  const onPointerDown = useCallback((event: ReactPointerEvent) => {
    if (event.button !== 0 || event.pointerType === 'touch' || !(event.target instanceof Element)) return;
    const under = (x: number, y: number) => latest.current.spotAt?.(x, y) ?? spotUnder(x, y);
    const { clientX, clientY, target } = event;
    const origin = under(clientX, clientY);
    const gesture = gestureFor(target, origin ?? { day: 0, minute: null }, latest.current);
    if (!gesture || (!origin && gesture.kind !== 'drop')) return;
    let now: Dragged | null = null;
    const move = (moving: PointerEvent) => {
      const far = Math.hypot(moving.clientX - clientX, moving.clientY - clientY) >= threshold;
      if (!now && !far) return;
      if (!now) latest.current.onStart?.();
      scrollNear(moving.clientX, moving.clientY);
      const to = under(moving.clientX, moving.clientY);
      if (!to || (now && sameSpot(now.to, to))) return;
      const { axis } = latest.current;
      const change = changeOf(gesture, axis, to);
      const cells = gesture.kind === 'create' ? change : { ...gesture.row.cells, ...change };
      now = { gesture, change, span: readSpan(cells, axis), to };
      setDragged(now);
    };
    const end = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', end);
      window.removeEventListener('keydown', key, { capture: true });
      stop.current = undefined;
      setDragged(null);
    };
    const up = () => {
      const done = now;
      end();
      if (!done) return;
      swallowClick();
      latest.current.onDrop(done);
    };
    const key = (pressed: KeyboardEvent) => {
      if (pressed.key !== 'Escape') return;
      pressed.preventDefault();
      pressed.stopPropagation();
      if (now) swallowClickUntilUp();
      end();
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', end);
    window.addEventListener('keydown', key, { capture: true });
    stop.current?.();
    stop.current = end;
  }, []);
  return { dragged, onPointerDown };
}

/** After Escape the pointer is still down. */
function swallowClickUntilUp() {
  window.addEventListener('pointerup', swallowClick, { once: true });
}
