/** Files on their way into cells. They go on when the editor that began them is closed. */
import { useSyncExternalStore } from 'react';
import { checkSize } from '../../data/files';
import type { Field } from '../model';
import type { CellServices } from '../services';

export interface Upload {
  key: number;
  cell: string;
  name: string;
  /** From 0 to 1. */
  part: number;
  error: unknown;
  stop: () => void;
}

let all: readonly Upload[] = [];
let next = 0;
const listeners = new Set<() => void>();

function set(uploads: readonly Upload[]): void {
  all = uploads;
  for (const listener of listeners) listener();
}
const change = (key: number, part: Partial<Upload>) =>
  set(all.map((upload) => (upload.key === key ? { ...upload, ...part } : upload)));
const drop = (key: number) => set(all.filter((upload) => upload.key !== key));

const cellOf = (record: string, field: string) => `${record} ${field}`;

/** Uploads files one after the other and adds each to the cell when it is there. */
export async function uploadInto(
  services: CellServices,
  record: string,
  field: Field,
  files: readonly File[],
): Promise<void> {
  const queued = files.map((file) => {
    const abort = new AbortController();
    const key = next++;
    const stop = () => {
      abort.abort();
      drop(key);
    };
    set([...all, { key, cell: cellOf(record, field.id), name: file.name, part: 0, error: undefined, stop }]);
    return { file, key, signal: abort.signal };
  });
  for (const { file, key, signal } of queued) {
    if (signal.aborted) continue;
    try {
      checkSize(file, services.fileLimit());
      const stored = await services.upload(file, (part) => change(key, { part }), signal);
      drop(key);
      services.attach(record, field, stored);
    } catch (error) {
      if (!signal.aborted) change(key, { error });
    }
  }
}

const none: readonly Upload[] = [];
let memo: { all: readonly Upload[]; cell: string; mine: readonly Upload[] } | undefined;

/** Those into one cell. */
export function useUploads(record: string, field: string): readonly Upload[] {
  const cell = cellOf(record, field);
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => {
      if (!all.some((upload) => upload.cell === cell)) return none;
      if (memo?.all !== all || memo.cell !== cell) {
        memo = { all, cell, mine: all.filter((upload) => upload.cell === cell) };
      }
      return memo.mine;
    },
  );
}
