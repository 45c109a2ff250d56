/** One record of any table of a base: its cells, kept fresh; changing them; and why a change was refused. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { ProblemError } from '../../../data/client';
import type { Change } from '../../../data/edits';
import type { LiveView } from '../../../data/live-view';
import type { Refusal } from '../../../data/outbox';
import { queryClient } from '../../../data/queries';
import { randomKey } from '../../../data/random';
import { outbox } from '../../../data/records';
import type { CellValue } from '../../../grid/model';
import { problemText } from '../../../ui/problem';
import { baseApi } from '../api';

export type Errors = Readonly<Record<string, string>>;

/** The field that a refusal is about: the one it names, or the only one that was changed. */
export function refusedField(change: Change, refusal: Refusal, record: string): string | undefined {
  const named = /fld_[0-9a-z]+/.exec(refusal.field ?? '')?.[0];
  if (named) return named;
  const fields = Object.keys(change.records.find((one) => one.id === record)?.fields ?? {});
  return fields.length === 1 ? fields[0] : undefined;
}

const unchanging = () => () => undefined;
const zero = () => 0;

/** `live`: the view that shows the table of the record, when there is one. */
export function useRecord(base: string, table: string, record: string, live: LiveView | null) {
  useSyncExternalStore(live?.subscribe ?? unchanging, live?.version ?? zero);
  const [errors, setErrors] = useState<Errors>({});
  const row = live?.record(record);
  const queryKey = ['base', base, 'record', record];
  const loaded = useQuery({
    queryKey,
    queryFn: () => baseApi.record(base, table, record),
    enabled: row === undefined && (live === null || live.known),
  });
  const { refetch } = loaded;

  useEffect(() => {
    setErrors({});
    const mine = (change: Change) => change.table === table && change.records.some((one) => one.id === record);
    return outbox.listen({
      accepted: (change) => {
        if (mine(change) && !live) void refetch();
      },
      refused: (change, refusal) => {
        if (!mine(change)) return;
        const field = refusedField(change, refusal, record);
        const text = problemText(new ProblemError({ status: 422, ...refusal, field: refusal.field ?? null }));
        if (field) setErrors((old) => ({ ...old, [field]: text }));
        void refetch();
      },
    });
  }, [table, record, live, refetch]);

  const edit = useCallback(
    (field: string, value: CellValue) => {
      setErrors(({ [field]: _, ...rest }) => rest);
      const records = [{ id: record, fields: { [field]: value ?? null } }];
      if (live) live.edit(records);
      else outbox.enqueue({ id: randomKey(), base, table, kind: 'update', records, at: Date.now() });
      queryClient.setQueryData<{ id: string; fields: Record<string, unknown> }>(
        ['base', base, 'record', record],
        (old) => old && { ...old, fields: { ...old.fields, [field]: value } },
      );
    },
    [base, table, record, live],
  );

  return {
    cells: row?.cells ?? loaded.data?.fields,
    deleted: row?.deleted ?? false,
    error: loaded.isError ? loaded.error : undefined,
    errors,
    edit,
    retry: () => void refetch(),
  };
}
