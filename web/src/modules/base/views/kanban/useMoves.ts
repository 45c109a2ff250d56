/** Cards on their way into another column: shown there at once, until the server shows them or refuses. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { outbox } from '../../../../data/records';
import type { Move } from './model';

/** Milliseconds after which what the server has accepted is shown by its rows in any case. */
const patience = 4000;

/** `fields`: those that moving a card writes. */
export function useMoves(table: string, fields: readonly string[]) {
  const [moves, setMoves] = useState<readonly Move[]>([]);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const mine = (change: { table: string; records: readonly { id: string; fields: object }[] }) =>
      change.table === table
        ? change.records.filter((one) => fields.some((field) => field in one.fields)).map((one) => one.id)
        : [];
    const drop = (ids: readonly string[], seq?: number) =>
      setMoves((all) => all.filter((move) => !ids.includes(move.record) || (seq !== undefined && move.seq !== seq)));
    const unlisten = outbox.listen({
      accepted: (change, { seq }) => {
        const ids = mine(change);
        if (ids.length === 0) return;
        setMoves((all) => all.map((move) => (ids.includes(move.record) ? { ...move, seq } : move)));
        const timer = setTimeout(() => {
          timers.current.delete(timer);
          drop(ids, seq);
        }, patience);
        timers.current.add(timer);
      },
      refused: (change) => drop(mine(change)),
      discarded: (change) => drop(mine(change)),
    });
    const waiting = timers.current;
    return () => {
      unlisten();
      for (const timer of waiting) clearTimeout(timer);
    };
  }, [table, fields]);
  const add = useCallback(
    (move: Move) => setMoves((all) => [...all.filter((other) => other.record !== move.record), move]),
    [],
  );
  return { moves, add };
}
