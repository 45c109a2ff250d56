/** Which operators a field knows, in the order they are offered, and what each compares with. Pure. */
import type { Field } from '../../../grid/model';
import { type Compared, comparedAs, type Operator } from '../model';

const blank = ['empty', 'not_empty'] as const;
const numeric = ['is', 'is_not', 'gt', 'gte', 'lt', 'lte', 'between', 'any_of', 'none_of'] as const;
const several = ['any_of', 'all_of', 'none_of', 'is', 'is_not', 'contains', 'not_contains', ...blank] as const;
const textual = ['contains', 'not_contains', 'starts_with', 'ends_with'] as const;

const operators: Record<Compared, readonly Operator[]> = {
  text: ['contains', 'not_contains', 'is', 'is_not', 'starts_with', 'ends_with', 'any_of', 'none_of', ...blank],
  number: [...numeric, ...blank],
  date: ['is', 'lt', 'lte', 'gt', 'gte', 'between', 'is_not', 'any_of', 'none_of', ...blank],
  select: ['is', 'is_not', 'any_of', 'none_of', 'contains', 'not_contains', ...blank],
  multi_select: several,
  checkbox: ['is', 'is_not'],
  member: several,
  group: several,
  record: several,
  file: ['not_empty', 'empty', 'contains', 'not_contains', 'is', 'is_not', 'gt', 'gte', 'lt', 'lte', 'between'],
  place: ['not_empty', 'empty', 'contains', 'not_contains', 'within'],
  none: [],
};

/** What the server makes of computed lists, and of what may be anything: each item is compared for itself. */
const items: readonly Operator[] = [...textual, ...numeric, 'all_of', ...blank];
const listed: ReadonlySet<string> = new Set(['bool', 'number', 'duration', 'text', 'date', 'place']);
const formulas: ReadonlySet<string> = new Set(['lookup', 'rollup', 'formula']);

function known(field: Field): readonly Operator[] {
  const { computed } = field;
  if (!computed || comparedAs(field) === 'none') return operators[comparedAs(field)];
  const any = computed.type === 'any' || (computed.list && listed.has(computed.type));
  return any ? items : operators[comparedAs(field)];
}

export function operatorsOf(field: Field): readonly Operator[] {
  if (field.type === 'auto_number') return [...numeric, ...textual, ...blank];
  const all = known(field);
  return formulas.has(field.type) && all.length > 0 ? [...all, 'is_error', 'not_error'] : all;
}

export const takesNothing = (op: Operator) => ['empty', 'not_empty', 'is_error', 'not_error'].includes(op);

/** In which form a value is given. */
export type ValueForm =
  | 'nothing'
  | 'yes'
  | 'text'
  | 'texts'
  | 'number'
  | 'numbers'
  | 'numberRange'
  | 'date'
  | 'dates'
  | 'dateRange'
  | 'pick'
  | 'picks'
  | 'box';

const lists: ReadonlySet<Operator> = new Set<Operator>(['any_of', 'all_of', 'none_of']);
const texts: ReadonlySet<Operator> = new Set<Operator>(textual);

export function formOf(field: Field, op: Operator): ValueForm {
  if (takesNothing(op)) return 'nothing';
  if (op === 'within') return 'box';
  if (texts.has(op)) return 'text';
  switch (field.type === 'auto_number' ? 'number' : comparedAs(field)) {
    case 'checkbox':
      return 'yes';
    case 'number':
    case 'file':
      return op === 'between' ? 'numberRange' : lists.has(op) ? 'numbers' : 'number';
    case 'date':
      return op === 'between' ? 'dateRange' : lists.has(op) ? 'dates' : 'date';
    case 'select':
      return lists.has(op) ? 'picks' : 'pick';
    case 'multi_select':
    case 'member':
    case 'group':
    case 'record':
      return 'picks';
    default:
      return lists.has(op) ? 'texts' : 'text';
  }
}

const kindOf = (compared: Compared) =>
  compared === 'multi_select' || compared === 'select' ? 'text' : compared === 'file' ? 'number' : compared;

/** Whether a condition on the one may compare with the other. */
export function comparable(field: Field, other: Field, op: Operator): boolean {
  const form = formOf(field, op);
  if (['nothing', 'numberRange', 'dateRange', 'box'].includes(form)) return false;
  const [a, b] = [kindOf(comparedAs(field)), kindOf(comparedAs(other))];
  if (a === 'none' || b === 'none') return false;
  if (form === 'text') return b !== 'checkbox';
  if (['gt', 'gte', 'lt', 'lte'].includes(op)) return a === b;
  return a === b || a === 'text' || b === 'text';
}
