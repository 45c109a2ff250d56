/** Changing the records of a table from the grid and the record panel; what goes wrong is said. */
import { useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../data/client';
import type { LiveView } from '../../data/live-view';
import { newId } from '../../data/records';
import type { CellEdit, CellValue, Choice, Field } from '../../grid/model';
import { choicesOf } from '../../grid/model';
import { nextColor } from '../../grid/palette';
import type { Notice } from '../../grid/types';
import { notify, notifyProblem, notifyUndo } from '../../ui/notify';
import { baseApi } from './api';
import type { Table } from './model';
import { changeBase, mapTable } from './useBase';

export function useRecords(base: string, table: Table, live: LiveView | null, undo: () => void) {
  const { t } = useTranslation('base');

  useEffect(
    () =>
      live?.onRefused((change, refusal) => {
        const count = change.records.length;
        const problem = new ProblemError({ status: 422, ...refusal, field: refusal.field ?? null });
        notifyProblem(problem, t(`refused.${change.kind}`, { count }));
      }),
    [live, t],
  );

  const edit = useCallback(
    (edits: readonly CellEdit[]) => {
      const records = new Map<string, Record<string, CellValue>>();
      for (const { record, field, value } of edits) {
        records.set(record, { ...records.get(record), [field]: value === '' ? null : (value ?? null) });
      }
      live?.edit([...records].map(([id, fields]) => ({ id, fields })));
    },
    [live],
  );

  const create = useCallback(
    (rows: readonly Record<string, CellValue>[], line?: number) => {
      const records = rows.map((fields) => ({ id: newId('rec'), fields }));
      live?.create(records, line);
      return records[0]?.id;
    },
    [live],
  );

  const remove = useCallback(
    (ids: readonly string[]) => {
      if (!live || ids.length === 0) return;
      live.delete(ids);
      notifyUndo(t('record.deleted', { count: ids.length }), undo);
    },
    [live, undo, t],
  );

  /** Adds choices to a field and answers all it has then. */
  const createChoices = useCallback(
    async (field: Field, names: readonly string[]): Promise<readonly Choice[] | undefined> => {
      const choices: { id?: string; name: string; color: Choice['color'] }[] = choicesOf(field).map(
        ({ id, name, color }) => ({ id, name, color }),
      );
      for (const name of names) choices.push({ name, color: nextColor(choices.map((choice) => choice.color)) });
      const answer = await changeBase(
        base,
        null,
        () => baseApi.updateField(base, table.id, field.id, { choices }),
        t('field.notChanged', { name: field.name }),
      );
      if (!answer) return undefined;
      await changeBase(
        base,
        (old) =>
          mapTable(old, table.id, (x) => ({
            ...x,
            fields: x.fields.map((f) => (f.id === field.id ? answer.field : f)),
          })),
        async () => undefined,
      );
      return choicesOf(answer.field);
    },
    [base, table.id, t],
  );

  const notice = useCallback(
    (said: Notice) => {
      if (said.kind === 'unreadable') notify(t('paste.unreadable', { count: said.count }));
      if (said.kind === 'skipped') notify(t('paste.skipped', { count: said.count }));
      if (said.kind === 'tooMany') notify(t('paste.tooMany', { most: said.most }));
      if (said.kind === 'copied') notify(t('paste.copied', { count: said.cells }));
      if (said.kind === 'failed') {
        const denied = said.error instanceof DOMException && said.error.name === 'NotAllowedError';
        if (denied) notify(t('paste.denied'));
        else notifyProblem(said.error);
      }
    },
    [t],
  );

  return { edit, create, remove, createChoices, notice };
}
