/** Changes that take long, as the socket tells of them (docs/spec/socket.md, S28). Pure. */

export interface Job {
  id: string;
  kind: 'retype' | 'compute' | 'undo' | 'restore';
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  table: string;
  field?: string;
  by: string;
  done: number;
  total: number;
}

export const isUnderWay = ({ state }: Job) => state === 'waiting' || state === 'running';

/** How much of it is done, from 0 to 1. */
export const partDone = ({ done, total }: Job) => (total > 0 ? Math.min(done / total, 1) : 0);

/** The jobs to show after a message, which names all that are under way. */
export const afterMessage = (told: readonly Job[]): readonly Job[] => told.filter(isUnderWay);
