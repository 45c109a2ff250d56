/** Adding, changing and deleting fields, and the window in which it is done. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Field } from '../../grid/model';
import type { Anchor } from '../../grid/types';
import { confirm } from '../../ui/confirm';
import { notifyUndo } from '../../ui/notify';
import { baseApi, type FieldInput, type FieldPatch } from './api';
import { byTable, namesOf, viewsUsing } from './fields/dependents';
import { type Base, freeName, type Table, type View } from './model';
import { changeBase, mapTable } from './useBase';
import type { ViewState } from './useViewState';

interface Editing {
  field: Field | null;
  at: Anchor;
  /** Where a new one goes in the view: before the field with this id. */
  before?: string;
}

export function useFieldActions(all: Base, table: Table, view: View, state: ViewState, onUndo: () => void) {
  const { t } = useTranslation('base');
  const [editing, setEditing] = useState<Editing | null>(null);
  const [explained, setExplained] = useState<Field | null>(null);
  const base = all.resource.id;

  async function create(input: FieldInput, before = editing?.before) {
    const answer = await changeBase(
      base,
      null,
      () => baseApi.createField(base, table.id, input),
      t('field.notCreated'),
    );
    if (!answer || !before) return answer?.field;
    const rest = state.shown.map((entry) => ({
      field: entry.field.id,
      hidden: entry.hidden,
      ...(entry.width === undefined ? {} : { width: entry.width }),
    }));
    const at = rest.findIndex((entry) => entry.field === before);
    rest.splice(at < 0 ? rest.length : at, 0, { field: answer.field.id, hidden: false });
    await changeBase(base, null, () => baseApi.updateView(base, table.id, view.id, { fields: rest }));
    return answer.field;
  }

  async function update(field: Field, change: FieldPatch) {
    const answer = await changeBase(
      base,
      change.type === undefined
        ? (old) => mapTable(old, table.id, (x) => ({ ...x, fields: shown(x, field, change) }))
        : null,
      () => baseApi.updateField(base, table.id, field.id, change),
      t('field.notChanged', { name: field.name }),
    );
    if (answer && change.type !== undefined) notifyUndo(t('field:retype.done', { name: answer.field.name }), onUndo);
  }

  /** Another field with the same options, beside it; without values. */
  async function duplicate(field: Field) {
    const { draftOf, inputOf } = await import('./fields/draft');
    const taken = table.fields.map((one) => one.name);
    const draft = draftOf(field, table, all.tables);
    const picked = field.type === 'select' || field.type === 'multi_select';
    // Choices get ids of their own; what every record must have, or have alone, no record has yet.
    const own = {
      choices: draft.choices.map(({ id: _, ...choice }) => choice),
      default: picked ? null : draft.default,
      twoWay: false,
      required: false,
      unique: false,
    };
    const input = inputOf({ ...draft, ...own }, freeName(t('copyOf', { name: field.name }), taken), table, all.tables);
    const visible = state.shown.map((entry) => entry.field.id);
    await create(input, visible[visible.indexOf(field.id) + 1]);
  }

  /** What would not work as before without the field; nothing when the server cannot be asked. */
  async function dependentsOf(field: Field): Promise<string[]> {
    const readers = await baseApi.explain(base, table.id, field.id).then(
      (explained) => explained.read_by,
      () => [],
    );
    const named = readers.flatMap((place) => namesOf(all, place) ?? []);
    const fields = byTable(named, table.name).map((one) => {
      const names = one.fields.join(', ');
      return one.table === null ? names : `${one.table}: ${names}`;
    });
    const views = viewsUsing(table, field.id);
    return [
      ...(fields.length > 0 ? [t('field.deleteReaders', { names: fields.join('; ') })] : []),
      ...(views.length > 0 ? [t('field.deleteViews', { names: views.map((one) => one.name).join(', ') })] : []),
    ];
  }

  async function remove(field: Field) {
    const dependents = await dependentsOf(field);
    const yes = await confirm({
      title: t('field.deleteTitle', { name: field.name }),
      body: [t('field.deleteBody'), ...dependents].join('\n'),
      action: t('delete'),
      danger: true,
    });
    if (!yes) return;
    const done = await changeBase(
      base,
      (old) => mapTable(old, table.id, (x) => ({ ...x, fields: x.fields.filter((f) => f.id !== field.id) })),
      () => baseApi.deleteField(base, table.id, field.id).then(() => true),
      t('field.notDeleted', { name: field.name }),
    );
    if (done) notifyUndo(t('field.deleted', { name: field.name }), onUndo);
  }

  return {
    editing,
    open: (field: Field | null, at: Anchor) => setEditing({ field, at }),
    openBeside: (field: Field, after: boolean, at: Anchor) => {
      const visible = state.shown.map((entry) => entry.field.id);
      const before = visible[visible.indexOf(field.id) + (after ? 1 : 0)];
      setEditing({ field: null, at, ...(before ? { before } : {}) });
    },
    close: () => setEditing(null),
    create: (input: FieldInput) => create(input),
    update,
    remove,
    duplicate,
    explained,
    explain: setExplained,
  };
}

/** Options that look the same before the server has taken them; choices get their ids, links and formulas their meaning there. */
const shownAtOnce = [
  'name',
  'description',
  'required',
  'unique',
  'format',
  'precision',
  'thousands',
  'separators',
] as const;

function shown(table: Table, field: Field, change: FieldPatch): Field[] {
  const known = shownAtOnce.filter((name) => change[name] !== undefined);
  const part = Object.fromEntries(known.map((name) => [name, change[name]]));
  return table.fields.map((one) => (one.id === field.id ? ({ ...one, ...part } as Field) : one));
}
