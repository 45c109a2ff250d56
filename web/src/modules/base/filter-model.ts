/** The filter while it is being built: a tree of groups and conditions, addressed by paths. Pure. */
import type { Field } from '../../grid/model';
import { type Condition, comparedAs, type Filter, operatorsOf, type SortKey, takesList, takesNothing } from './model';

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

function isBlank(value: unknown): boolean {
  if (isFieldValue(value)) return value.field === '';
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Whether the condition says something already; one without its value does not filter yet. */
export function isComplete(draft: Draft, fields: readonly Field[]): boolean {
  const field = fields.find((f) => f.id === draft.field);
  if (!field || !operatorsOf(field).includes(draft.op)) return false;
  return takesNothing(draft.op) || comparedAs(field) === 'checkbox' || !isBlank(draft.value);
}

/** What the server is asked; null when nothing is filtered. */
export function toFilter(group: Group, fields: readonly Field[]): Filter | null {
  const parts = group.parts.flatMap((part): Filter[] => {
    if (part.kind === 'group') {
      const inner = toFilter(part, fields);
      return inner ? [inner] : [];
    }
    if (!isComplete(part, fields)) return [];
    if (takesNothing(part.op)) return [{ field: part.field, op: part.op }];
    const field = fields.find((f) => f.id === part.field);
    const tick = field && comparedAs(field) === 'checkbox' && !isFieldValue(part.value);
    return [{ field: part.field, op: part.op, value: tick ? part.value === true : part.value }];
  });
  if (parts.length === 0) return null;
  return group.all ? { and: parts } : { or: parts };
}

export function newCondition(field: Field): Draft {
  const op = operatorsOf(field)[0] ?? 'is';
  return { kind: 'condition', field: field.id, op, value: blankFor(field, op) };
}

function blankFor(field: Field, op: Condition['op']): unknown {
  if (comparedAs(field) === 'checkbox') return true;
  return takesList(field, op) ? [] : null;
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

/** Another field: the operator stays if its type knows it, the value if the type is the same. */
export function withFieldOf(draft: Draft, field: Field, before: Field | undefined): Draft {
  if (before?.id === field.id) return draft;
  const known = operatorsOf(field).includes(draft.op);
  const op = known ? draft.op : (operatorsOf(field)[0] ?? 'is');
  const compared = comparedAs(field);
  const keeps = known && before && comparedAs(before) === compared && ['text', 'number', 'date'].includes(compared);
  return { kind: 'condition', field: field.id, op, value: keeps ? draft.value : blankFor(field, op) };
}

/** Another operator: a value becomes a list of one, a list its first. */
export function withOperator(draft: Draft, op: Condition['op'], field: Field): Draft {
  const list = takesList(field, op);
  let { value } = draft;
  if (isFieldValue(value) && !takesNothing(op)) return { ...draft, op };
  if (takesNothing(op)) value = blankFor(field, op);
  else if (list && !Array.isArray(value)) value = isBlank(value) ? [] : [value];
  else if (!list && Array.isArray(value)) value = value[0] ?? null;
  return { ...draft, op, value };
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
