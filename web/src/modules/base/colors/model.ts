/** Colour rules while they are being built. Pure. */
import type { Color, Field } from '../../../grid/model';
import { emptyGroup, fromFilter, type Group, newCondition, toFilter } from '../filter/model';
import { operatorsOf } from '../filter/operators';
import type { ColorRule, ColorTarget } from '../model';

export interface RuleDraft {
  color: Color;
  target: ColorTarget;
  group: Group;
}

/** As many as the server takes. */
export const mostRules = 50;

export const fromRules = (rules: readonly ColorRule[]): RuleDraft[] =>
  rules.map(({ color, target, filter }) => ({ color, target: target ?? 'row', group: fromFilter(filter) }));

/** What the server is told; a rule without a condition says nothing yet. */
export function toRules(drafts: readonly RuleDraft[], fields: readonly Field[]): ColorRule[] {
  return drafts.flatMap(({ color, target, group }) => {
    const filter = toFilter(group, fields);
    const there = typeof target === 'string' || fields.some((field) => field.id === target.cell);
    return filter && there ? [{ filter, color, target }] : [];
  });
}

export function newRule(fields: readonly Field[], color: Color): RuleDraft {
  const picked =
    fields.find((field) => field.type === 'select') ?? fields.find((field) => operatorsOf(field).length > 0);
  return { color, target: 'row', group: picked ? { ...emptyGroup, parts: [newCondition(picked)] } : emptyGroup };
}

/** A target as one text, and back. */
export const keyOf = (target: ColorTarget): string => (typeof target === 'string' ? target : target.cell);
export const targetOf = (key: string): ColorTarget => (key === 'row' || key === 'bar' ? key : { cell: key });
