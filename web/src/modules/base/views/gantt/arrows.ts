/** The ways of arrows from bar to bar. Pure. */
import type { Waiting } from '../model';

export interface Box {
  left: number;
  right: number;
  /** Its middle. */
  y: number;
}

const gap = 10;
const head = 5;

/** Which ends of two bars an arrow joins. */
export const endsOf = (kind: Waiting['kind']): { from: 'start' | 'end'; to: 'start' | 'end' } => ({
  from: kind.startsWith('start') ? 'start' : 'end',
  to: kind.endsWith('start') ? 'start' : 'end',
});

/** The kind of waiting of an arrow drawn from an end of a bar to one of another. */
export function kindOf(from: 'start' | 'end', to: 'start' | 'end'): Waiting['kind'] {
  const ends = {
    start: { start: 'start_to_start', end: 'start_to_finish' },
    end: { start: 'finish_to_start', end: 'finish_to_finish' },
  } as const;
  return ends[from][to];
}

/** The path of an arrow, and its head: out of the bar sideways, along between the rows, into the other one. */
export function arrow(from: Box, to: Box, kind: Waiting['kind'], rowHeight: number): { path: string; head: string } {
  const ends = endsOf(kind);
  const out = ends.from === 'end' ? 1 : -1;
  const into = ends.to === 'start' ? 1 : -1;
  const x1 = out === 1 ? from.right : from.left;
  const x2 = into === 1 ? to.left : to.right;
  const tip = `M${x2} ${to.y}l${-into * head} ${-head * 0.7}v${head * 1.4}z`;
  const leave = x1 + out * gap;
  const enter = x2 - into * gap;
  const base = x2 - into * head;
  if (out !== into) {
    const turn = out === 1 ? Math.max(leave, enter) : Math.min(leave, enter);
    return { path: `M${x1} ${from.y}H${turn}V${to.y}H${base}`, head: tip };
  }
  if (out * (enter - leave) >= 0) return { path: `M${x1} ${from.y}H${leave}V${to.y}H${base}`, head: tip };
  const between = from.y + (to.y >= from.y ? 1 : -1) * (rowHeight / 2);
  return { path: `M${x1} ${from.y}H${leave}V${between}H${enter}V${to.y}H${base}`, head: tip };
}
