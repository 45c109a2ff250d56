/** The filter while it is being built: a tree of groups and conditions, addressed by paths. Pure. */
import type { Field } from '../../../grid/model';
import { type Condition, comparedAs, type Filter, type Operator, type SortKey } from '../model';
import { comparable, formOf, operatorsOf, type ValueForm } from './operators';
import { isDatePoint } from './relative';

export interface Group {
  kind: 'group';
  all: boolean;
  parts: Part[];
}
export interface Draft {
  kind: 'condition';
  field: string;
  op: Condition['op'];
  value: unknown;
}
export type Part = Group | Draft;
/** Indexes from the root group down. */
export type Path = readonly number[];

export const emptyGroup: Group = { kind: 'group', all: true, parts: [] };

export function fromFilter(filter: Filter | null | undefined): Group {
  if (!filter) return emptyGroup;
  const part = partOf(filter);
  return part.kind === 'group' ? part : { ...emptyGroup, parts: [part] };
}

function partOf(filter: Filter): Part {
  if ('and' in filter) return { kind: 'group', all: true, parts: filter.and.map(partOf) };
  if ('or' in filter) return { kind: 'group', all: false, parts: filter.or.map(partOf) };
  return { kind: 'condition', field: filter.field, op: filter.op, value: filter.value ?? null };
}

/** A condition may compare with another field instead of a value. */
export interface FieldValue {
  field: string;
}
export const isFieldValue = (value: unknown): value is FieldValue =>
  typeof value === 'object' && value !== null && typeof (value as FieldValue).field === 'string';

/** A box of degrees, as sides are filled in. */
export const sidesOf = (value: unknown): readonly unknown[] => {
  const box = typeof value === 'object' && value !== null ? (value as { box?: unknown }).box : undefined;
  return Array.isArray(box) ? box : [];
};

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isPick = (value: unknown) => isText(value) || (typeof value === 'object' && value !== null);

const itemTests: Partial<Record<ValueForm, (item: unknown) => boolean>> = {
  texts: isText,
  numbers: isNumber,
  dates: isDatePoint,
  picks: isPick,
};

/** The items of a list that say something. */
function filled(form: ValueForm, value: unknown): unknown[] {
  const test = itemTests[form];
  return test && Array.isArray(value) ? value.filter(test) : [];
}

function fits(form: ValueForm, value: unknown): boolean {
  const pair = Array.isArray(value) ? value : [];
  switch (form) {
    case 'nothing':
    case 'yes':
      return true;
    case 'text':
    case 'pick':
      return isText(value);
    case 'number':
      return isNumber(value);
    case 'date':
      return isDatePoint(value);
    case 'numberRange':
      return pair.length === 2 && pair.every(isNumber);
    case 'dateRange':
      return pair.length === 2 && pair.every(isDatePoint);
    case 'box':
      return sidesOf(value).length === 4 && sidesOf(value).every(isNumber);
    default:
      return filled(form, value).length > 0;
  }
}

/** Whether the condition says something already; one without its value does not filter yet. */
export function isComplete(draft: Draft, fields: readonly Field[]): boolean {
  const field = fields.find((f) => f.id === draft.field);
  if (!field || !operatorsOf(field).includes(draft.op)) return false;
  if (isFieldValue(draft.value)) return draft.value.field !== '';
  return fits(formOf(field, draft.op), draft.value);
}

function asSent(draft: Draft, field: Field): unknown {
  const form = formOf(field, draft.op);
  if (isFieldValue(draft.value)) return draft.value;
  if (form === 'yes') return draft.value === true;
  return form in itemTests ? filled(form, draft.value) : draft.value;
}

/** What the server is asked; null when nothing is filtered. */
export function toFilter(group: Group, fields: readonly Field[]): Filter | null {
  const parts = group.parts.flatMap((part): Filter[] => {
    if (part.kind === 'group') {
      const inner = toFilter(part, fields);
      return inner ? [inner] : [];
    }
    const field = fields.find((f) => f.id === part.field);
    if (!field || !isComplete(part, fields)) return [];
    if (formOf(field, part.op) === 'nothing') return [{ field: part.field, op: part.op }];
    return [{ field: part.field, op: part.op, value: asSent(part, field) }];
  });
  if (parts.length === 0) return null;
  return group.all ? { and: parts } : { or: parts };
}

/** Conditions that do not filter: incomplete, or on a field that is gone. */
export function countIncomplete(group: Group, fields: readonly Field[]): number {
  const of = (part: Part) =>
    part.kind === 'group' ? countIncomplete(part, fields) : Number(!isComplete(part, fields));
  return group.parts.reduce((sum, part) => sum + of(part), 0);
}

export function newCondition(field: Field): Draft {
  const op = operatorsOf(field)[0] ?? 'is';
  return { kind: 'condition', field: field.id, op, value: blankOf(formOf(field, op)) };
}

function blankOf(form: ValueForm): unknown {
  if (form === 'yes') return true;
  if (form === 'numberRange' || form === 'dateRange') return [null, null];
  if (form === 'box') return { box: [null, null, null, null] };
  return form in itemTests ? [] : null;
}

function edit(group: Group, path: Path, change: (parts: Part[], at: number) => void): Group {
  const [at, ...rest] = path;
  const parts = [...group.parts];
  if (at === undefined) return group;
  if (rest.length === 0) change(parts, at);
  else {
    const inner = parts[at];
    if (inner?.kind === 'group') parts[at] = edit(inner, rest, change);
  }
  return { ...group, parts };
}

export function partAt(group: Group, path: Path): Part | undefined {
  return path.reduce<Part | undefined>((part, at) => (part?.kind === 'group' ? part.parts[at] : undefined), group);
}

export function replacePart(group: Group, path: Path, part: Part): Group {
  if (path.length === 0) return part.kind === 'group' ? part : group;
  return edit(group, path, (parts, at) => {
    parts[at] = part;
  });
}

/** Removes a part, and a group that is left without any. */
export function removePart(group: Group, path: Path): Group {
  const parent = path.slice(0, -1);
  const left = edit(group, path, (parts, at) => parts.splice(at, 1));
  const inner = partAt(left, parent);
  const empty = parent.length > 0 && inner?.kind === 'group' && inner.parts.length === 0;
  return empty ? removePart(left, parent) : left;
}

/** Adds at the end of the group at `path`. */
export function addPart(group: Group, path: Path, part: Part): Group {
  const inner = partAt(group, path);
  if (inner?.kind !== 'group') return group;
  return replacePart(group, path, { ...inner, parts: [...inner.parts, part] });
}

const isTyped = (field: Field) => ['text', 'file', 'place'].includes(comparedAs(field));

/** Another field: the operator stays if it is usual for the field, the value if the type is the same. */
export function withFieldOf(draft: Draft, field: Field, before: Field | undefined): Draft {
  if (before?.id === field.id) return draft;
  const known = operatorsOf(field).includes(draft.op) && (formOf(field, draft.op) !== 'text' || isTyped(field));
  const op = known ? draft.op : (operatorsOf(field)[0] ?? 'is');
  const form = formOf(field, op);
  const same = before && comparedAs(before) === comparedAs(field) && formOf(before, draft.op) === form;
  const keeps = form === 'text' || ['text', 'number', 'date', 'member', 'group'].includes(comparedAs(field));
  const value = known && same && keeps && !isFieldValue(draft.value) ? draft.value : blankOf(form);
  return { kind: 'condition', field: field.id, op, value };
}

/** What one form has in common with another: values of the same kind. */
const kinds: Record<ValueForm, string> = {
  nothing: 'nothing',
  yes: 'yes',
  text: 'text',
  texts: 'text',
  number: 'number',
  numbers: 'number',
  numberRange: 'number',
  date: 'date',
  dates: 'date',
  dateRange: 'date',
  pick: 'pick',
  picks: 'pick',
  box: 'box',
};

/** Another operator: a value becomes a list of one or the start of a range, and these their first. */
export function withOperator(draft: Draft, op: Operator, field: Field): Draft {
  const [from, to] = [formOf(field, draft.op), formOf(field, op)];
  const { value } = draft;
  if (isFieldValue(value)) {
    const stays = comparable(field, field, op);
    return { ...draft, op, value: stays ? value : blankOf(to) };
  }
  if (from === to) return { ...draft, op };
  if (kinds[from] !== kinds[to]) return { ...draft, op, value: blankOf(to) };
  const all = Array.isArray(value) ? value : fits(from, value) ? [value] : [];
  if (to in itemTests) return { ...draft, op, value: filled(to, all) };
  const range = to === 'numberRange' || to === 'dateRange';
  return { ...draft, op, value: range ? [all[0] ?? null, all[1] ?? null] : (all[0] ?? null) };
}

export function countConditions(filter: Filter | null | undefined): number {
  if (!filter) return 0;
  if ('and' in filter) return filter.and.reduce((sum, part) => sum + countConditions(part), 0);
  if ('or' in filter) return filter.or.reduce((sum, part) => sum + countConditions(part), 0);
  return 1;
}

export function fieldsInFilter(filter: Filter | null | undefined): Set<string> {
  if (!filter) return new Set();
  if ('field' in filter) return new Set([filter.field]);
  const parts = 'and' in filter ? filter.and : filter.or;
  return new Set(parts.flatMap((part) => [...fieldsInFilter(part)]));
}

/** What a sort of nothing, or by fields that are gone, amounts to. */
export function cleanSort(sort: readonly SortKey[] | undefined, fields: readonly Field[]): SortKey[] {
  const seen = new Set<string>();
  return (sort ?? []).filter((key) => {
    const known = fields.some((field) => field.id === key.field) && !seen.has(key.field);
    seen.add(key.field);
    return known;
  });
}
