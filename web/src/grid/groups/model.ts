/** Groups of records as the grid shows them: lines that are no records, and what is told of them. */
import type { Field } from '../model';
import { shapeOf } from '../shape';

export type GroupBy = 'value' | 'each' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** One level of groups. */
export interface GroupKey {
  field: string;
  descending: boolean;
  by?: GroupBy;
  /** Of numbers: how wide the ranges are. */
  size?: number;
}

export type SummaryFunction =
  | 'count'
  | 'filled'
  | 'empty'
  | 'percent_filled'
  | 'percent_empty'
  | 'unique'
  | 'percent_unique'
  | 'sum'
  | 'average'
  | 'median'
  | 'min'
  | 'max'
  | 'range'
  | 'earliest'
  | 'latest'
  | 'checked'
  | 'unchecked'
  | 'percent_checked'
  | 'percent_unchecked';

export interface SummaryKey {
  field: string;
  function: SummaryFunction;
}

/** What records of a group have in common at each level, outermost first. */
export type Path = readonly unknown[];

export interface Head {
  path: Path;
  /** Empty for nothing, errors, yes and no. */
  label: string;
  count: number;
  folded: boolean;
  summaries?: readonly unknown[];
}

/** A line that is no record: the head of a group, or its end, where a record is made. */
export type GroupLine = { kind: 'head'; head: Head } | { kind: 'end'; path: Path };

/** By what records are grouped, and what is told of them. */
export interface Tells {
  group: readonly GroupKey[];
  summaries: readonly SummaryKey[];
  /** The link under whose records they stand. */
  tree?: string;
}

/** Where a record is made: in a group, at a line. */
export interface Place {
  path: Path;
  line: number;
}

const common = [
  'count',
  'filled',
  'empty',
  'percent_filled',
  'percent_empty',
  'unique',
  'percent_unique',
] as const satisfies readonly SummaryFunction[];
const numbers = ['sum', 'average', 'median', 'min', 'max', 'range'] as const;
const dates = ['earliest', 'latest', 'range'] as const;
const ticks = ['checked', 'unchecked', 'percent_checked', 'percent_unchecked'] as const;

/** What can be told of a field. */
export function functionsOf(field: Field): readonly SummaryFunction[] {
  switch (shapeOf(field).as) {
    case 'number':
      return [...numbers, ...common];
    case 'date':
      return [...dates, ...common];
    case 'checkbox':
      return field.computed?.list ? common : [...ticks, ...common];
    case 'button':
      return [];
    default:
      return common;
  }
}

/** Whether records can be in several groups of the field. */
export const isListed = (field: Field): boolean => {
  if (field.type === 'multi_select' || field.computed?.list) return true;
  return 'multiple' in field && field.multiple;
};

/** What may make groups of a field; the first is usual. */
export function waysOf(field: Field): readonly GroupBy[] {
  const { as } = shapeOf(field);
  if (as === 'date' && !field.computed?.list) return ['day', 'week', 'month', 'quarter', 'year', 'value'];
  return isListed(field) ? ['value', 'each'] : ['value'];
}

export const canGroup = (field: Field): boolean => {
  const { as } = shapeOf(field);
  return as !== 'button' && as !== 'file';
};

/** A new level for a field. */
export function newLevel(field: Field): GroupKey {
  const [by] = waysOf(field);
  return { field: field.id, descending: false, ...(by && by !== 'value' ? { by } : {}) };
}
