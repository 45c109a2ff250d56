/** What tasks wait for: how each waits for each, and what changes with that. Pure. */
import type { GanttKind, Waiting } from '../model';

export const usual: Waiting = { kind: 'finish_to_start', lag: 0 };

/** How a task waits for another. */
export function waitingOf(kind: GanttKind, task: string, predecessor: string): Waiting {
  const own = kind.exceptions?.find((one) => one.task === task && one.predecessor === predecessor);
  const { kind: ends, lag } = own ?? kind.waits ?? usual;
  return { kind: ends, lag };
}

/** The settings in which a task waits for another so; what is usual is not said. */
export function withWaiting(kind: GanttKind, task: string, predecessor: string, waiting: Waiting): GanttKind {
  const rest = withoutWaiting(kind, task, predecessor);
  const otherwise = kind.waits ?? usual;
  if (waiting.kind === otherwise.kind && waiting.lag === otherwise.lag) return rest;
  return { ...rest, exceptions: [...(rest.exceptions ?? []), { task, predecessor, ...waiting }] };
}

/** The settings without what is said of a task and one it waits for. */
export function withoutWaiting(kind: GanttKind, task: string, predecessor: string): GanttKind {
  if (!kind.exceptions) return kind;
  const exceptions = kind.exceptions.filter((one) => one.task !== task || one.predecessor !== predecessor);
  return { ...kind, exceptions };
}
