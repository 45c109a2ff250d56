/** A field while it is being edited: what its form holds, and what of that the server is told. Pure. */
import {
  type Aggregate,
  type ButtonAction,
  type CellValue,
  type Color,
  choicesOf,
  type DateStyle,
  type Field,
  type FieldType,
  isWritable,
  type LookupFrom,
  type NumberStyle,
  type TextFormat,
} from '../../../grid/model';
import type { ChoiceInput, FieldInput, FieldPatch } from '../api';
import { emptyGroup, fromFilter, type Group, toFilter } from '../filter/model';
import type { Filter, Table } from '../model';
import { lookedAt } from '../resolve';

export type ChoiceDraft = ChoiceInput & { key: string };

/** Options of all types at once, so that one may change one's mind and come back. */
export interface FieldDraft {
  name: string;
  type: FieldType;
  description: string;
  required: boolean;
  unique: boolean;
  default: CellValue;
  text: TextFormat;
  number: Required<NumberStyle>;
  date: Required<DateStyle>;
  choices: ChoiceDraft[];
  multiple: boolean;
  pattern: string;
  label: string;
  color: Color;
  action: ButtonAction;
  /** Of a link. */
  table: string;
  twoWay: boolean;
  mirrorName: string;
  mirrorMultiple: boolean;
  filter: Group;
  /** Of a lookup or rollup. */
  from: LookupFrom;
  field: string;
  aggregate: Aggregate;
  formula: string;
  /** Whether a style was chosen for what is computed; without, it is shown as it comes. */
  styled: boolean;
}

let nextKey = 0;
export const keyed = (choice: ChoiceInput): ChoiceDraft => ({ ...choice, key: choice.id ?? `new${nextKey++}` });

const plainNumber: Required<NumberStyle> = {
  format: 'plain',
  precision: 0,
  thousands: false,
  separators: 'local',
  currency: '',
  max: 0,
};
const plainDate: Required<DateStyle> = { time: false, format: 'local', zone: null };

const blank: Omit<FieldDraft, 'table' | 'from'> = {
  name: '',
  type: 'text',
  description: '',
  required: false,
  unique: false,
  default: null,
  text: 'plain',
  number: plainNumber,
  date: plainDate,
  choices: [],
  multiple: true,
  pattern: '{n}',
  label: '',
  color: 'blue',
  action: { do: 'open', formula: '' },
  twoWay: true,
  mirrorName: '',
  mirrorMultiple: true,
  filter: emptyGroup,
  field: '',
  aggregate: 'sum',
  formula: '',
  styled: false,
};

function numberOf(style: NumberStyle | undefined): Required<NumberStyle> {
  if (!style) return plainNumber;
  const { format, precision, thousands, separators, currency, max } = style;
  return {
    format: format ?? 'plain',
    precision,
    thousands,
    separators: separators ?? 'local',
    currency: currency ?? '',
    max: max ?? 0,
  };
}
const dateOf = (style: DateStyle | undefined): Required<DateStyle> =>
  style ? { time: style.time, format: style.format ?? 'local', zone: style.zone ?? null } : plainDate;

/** The form for a field, or for a new one of a table. */
export function draftOf(field: Field | null, own: Table, tables: readonly Table[]): FieldDraft {
  const other = tables.find((table) => table.id !== own.id) ?? own;
  const link = own.fields.find((one) => one.type === 'link' || one.type === 'backlink');
  const draft: FieldDraft = {
    ...blank,
    table: other.id,
    from: link ? { link: link.id } : { table: other.id },
  };
  if (!field) return draft;
  const { name, type, description = '', required = false, unique = false } = field;
  Object.assign(draft, {
    name,
    type,
    description,
    required,
    unique,
    default: (field.default_value ?? null) as CellValue,
  });
  draft.choices = choicesOf(field).map(({ id, name, color }) => keyed({ id, name, color }));
  if ('multiple' in field) draft.multiple = field.multiple;
  switch (field.type) {
    case 'text':
      draft.text = field.format ?? 'plain';
      break;
    case 'number':
      draft.number = numberOf(field);
      break;
    case 'date':
    case 'created_at':
    case 'updated_at':
      draft.date = dateOf(field);
      break;
    case 'auto_number':
      draft.pattern = field.pattern;
      break;
    case 'button':
      Object.assign(draft, { label: field.label, color: field.color, action: shownAction(field) });
      break;
    case 'link':
      Object.assign(draft, { table: field.table, twoWay: field.mirror !== undefined });
      draft.filter = fromFilter(field.filter as Filter | undefined);
      break;
    case 'rollup':
      draft.aggregate = field.aggregate;
      styleInto(draft, field.style);
      lookupInto(draft, field);
      break;
    case 'lookup':
      lookupInto(draft, field);
      break;
    case 'formula':
      draft.formula = field.computed?.formula ?? field.formula;
      styleInto(draft, field.style);
      break;
    default:
      break;
  }
  return draft;
}

function lookupInto(draft: FieldDraft, field: Extract<Field, { type: 'lookup' | 'rollup' }>): void {
  draft.from = field.from;
  draft.field = field.field;
  draft.filter = fromFilter(field.filter as Filter | undefined);
}

function styleInto(draft: FieldDraft, style: { number?: NumberStyle; date?: DateStyle } | undefined): void {
  draft.styled = style?.number !== undefined || style?.date !== undefined;
  draft.number = numberOf(style?.number);
  draft.date = dateOf(style?.date);
}

function shownAction(field: Extract<Field, { type: 'button' }>): ButtonAction {
  const { action, computed } = field;
  return action.do === 'open' ? { do: 'open', formula: computed?.formula ?? action.formula } : action;
}

const numberDefaults: Record<string, unknown> = { format: 'plain', separators: 'local', currency: '', max: 0 };
const dateDefaults: Record<string, unknown> = { format: 'local', zone: null };

function without(options: object, usual: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => !(name in usual) || usual[name] !== value),
  );
}

/** A style holds the options that its format has. */
function numberOptions(style: Required<NumberStyle>): Record<string, unknown> {
  const { format, currency, max, ...rest } = style;
  return {
    ...rest,
    format,
    currency: format === 'currency' ? currency || 'USD' : '',
    max: format === 'rating' ? max : 0,
  };
}

/** All options of the type, those that are usual too. */
export function optionsOf(draft: FieldDraft, own: Table, tables: readonly Table[]): Record<string, unknown> {
  const style = () =>
    draft.styled
      ? { number: without(numberOptions(draft.number), numberDefaults), date: without(draft.date, dateDefaults) }
      : null;
  switch (draft.type) {
    case 'text':
      return { format: draft.text };
    case 'number':
      return numberOptions(draft.number);
    case 'date':
    case 'created_at':
    case 'updated_at':
      return { ...draft.date };
    case 'select':
    case 'multi_select':
      return {
        choices: draft.choices
          .filter((choice) => choice.name.trim() !== '')
          .map(({ key: _, ...choice }) => ({ ...choice, name: choice.name.trim() })),
      };
    case 'member':
    case 'group':
    case 'backlink':
      return { multiple: draft.multiple };
    case 'auto_number':
      return { pattern: draft.pattern.includes('{n') ? draft.pattern : `${draft.pattern}{n}` };
    case 'button':
      return { label: draft.label.trim(), color: draft.color, action: draft.action };
    case 'link': {
      const target = tables.find((table) => table.id === draft.table);
      return { table: draft.table, multiple: draft.multiple, filter: toFilter(draft.filter, target?.fields ?? []) };
    }
    case 'lookup':
    case 'rollup': {
      const target = lookedAt(tables, own, draft.from);
      const filter = toFilter(draft.filter, target?.fields ?? []);
      const common = { from: draft.from, field: draft.field, filter };
      return draft.type === 'rollup' ? { ...common, aggregate: draft.aggregate, style: style() } : common;
    }
    case 'formula':
      return { formula: draft.formula, style: style() };
    default:
      return {};
  }
}

const usual: Partial<Record<FieldType, Record<string, unknown>>> = {
  text: { format: 'plain' },
  number: numberDefaults,
  date: dateDefaults,
  created_at: dateDefaults,
  updated_at: dateDefaults,
  link: { filter: null },
  lookup: { filter: null },
  rollup: { filter: null, style: null },
  formula: { style: null },
};

/** Options of a field that is to be made: the usual ones go without saying. */
function newOptions(draft: FieldDraft, own: Table, tables: readonly Table[]): Record<string, unknown> {
  const options = without(optionsOf(draft, own, tables), usual[draft.type] ?? {});
  if (draft.type !== 'link' || !draft.twoWay) return options;
  const name = draft.mirrorName.trim();
  return { ...options, mirror: name ? { name, multiple: draft.mirrorMultiple } : true };
}

/** Types whose cells can be filled in for new records. */
export const hasDefault = (type: FieldType): boolean =>
  ['text', 'number', 'select', 'multi_select', 'date', 'checkbox', 'member', 'group'].includes(type);
/** Types of which a record can be made to need a value. */
export const canRequire = (type: FieldType): boolean => isWritable({ type }) && type !== 'backlink';
/** Types of which each record can be made to have another value. */
export const canBeUnique = (type: FieldType): boolean =>
  ['text', 'number', 'date', 'select', 'member', 'link', 'location'].includes(type);

const isSet = (value: CellValue) => value !== null && value !== undefined && value !== false;

export function inputOf(draft: FieldDraft, name: string, own: Table, tables: readonly Table[]): FieldInput {
  const description = draft.description.trim();
  return {
    name,
    type: draft.type,
    ...(description ? { description } : {}),
    ...(draft.required && canRequire(draft.type) ? { required: true } : {}),
    ...(draft.unique && canBeUnique(draft.type) ? { unique: true } : {}),
    ...(hasDefault(draft.type) && isSet(draft.default) ? { default: draft.default } : {}),
    ...newOptions(draft, own, tables),
  };
}

/** What is different from the field as it is; an empty object when nothing is. */
export function patchOf(
  field: Field,
  draft: FieldDraft,
  name: string,
  own: Table,
  tables: readonly Table[],
): FieldPatch {
  const before = draftOf(field, own, tables);
  const patch: Record<string, unknown> = {};
  const description = draft.description.trim();
  if (name !== field.name) patch.name = name;
  if (description !== before.description) patch.description = description;
  const retyped = draft.type !== field.type;
  const required = draft.required && canRequire(draft.type);
  const unique = draft.unique && canBeUnique(draft.type);
  if (required !== before.required) patch.required = required;
  if (unique !== before.unique) patch.unique = unique;
  const value = hasDefault(draft.type) && isSet(draft.default) ? draft.default : null;
  if (JSON.stringify(value) !== JSON.stringify(before.default ?? null)) patch.default = value;
  if (retyped) {
    const { choices, ...options } = newOptions(draft, own, tables);
    // Without any, they are made of the values there are.
    const chosen = Array.isArray(choices) && choices.length > 0 ? { choices } : {};
    return { ...patch, type: draft.type, ...options, ...chosen };
  }
  const old = optionsOf(before, own, tables);
  for (const [option, next] of Object.entries(optionsOf(draft, own, tables))) {
    if (JSON.stringify(next) !== JSON.stringify(old[option])) patch[option] = next;
  }
  if (draft.type === 'link' && draft.twoWay !== before.twoWay) {
    const mirror = draft.mirrorName.trim();
    patch.mirror = draft.twoWay ? (mirror ? { name: mirror, multiple: draft.mirrorMultiple } : true) : false;
  }
  return patch;
}

/** What is missing before the field can be made; a key of a message. */
export function incomplete(draft: FieldDraft): 'field' | 'formula' | 'action' | null {
  if ((draft.type === 'lookup' || draft.type === 'rollup') && draft.field === '') return 'field';
  if (draft.type === 'formula' && draft.formula.trim() === '') return 'formula';
  if (draft.type === 'button') {
    const { action } = draft;
    if (action.do === 'open' ? action.formula.trim() === '' : action.cells.length === 0) return 'action';
  }
  return null;
}
