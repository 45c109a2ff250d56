import { expect, it } from 'vitest';
import type { Field } from '../../../grid/model';
import { type ColorRule, canChange, type View } from '../model';
import { fromRules, keyOf, newRule, targetOf, toRules } from './model';

const text: Field = { id: 'a', name: 'Name', type: 'text' };
const status: Field = { id: 's', name: 'Status', type: 'select', choices: [{ id: 'o', name: 'Open', color: 'blue' }] };
const fields = [text, status];
const rule = (target: ColorRule['target']): ColorRule => ({
  filter: { and: [{ field: 's', op: 'is', value: 'o' }] },
  color: 'red',
  ...(target ? { target } : {}),
});

it('gives rules back as they were, the whole record when no target is said', () => {
  expect(toRules(fromRules([rule('bar'), rule({ cell: 'a' })]), fields)).toEqual([rule('bar'), rule({ cell: 'a' })]);
  expect(toRules(fromRules([rule(undefined)]), fields)).toEqual([rule('row')]);
});

it('tells no rule that has no condition yet, or colours a field that is gone', () => {
  const started = newRule(fields, 'green');
  expect(started.group.parts).toHaveLength(1);
  expect(toRules([started], fields)).toEqual([]);
  expect(toRules(fromRules([rule({ cell: 'gone' })]), fields)).toEqual([]);
});

it.each(['row', 'bar', 'fld_1'])('names the target %s', (key) => expect(keyOf(targetOf(key))).toBe(key));

it('lets change who may: locked views take the right to manage', () => {
  const view = (part: Partial<View>): View => ({ id: 'v', name: 'V', kind: { type: 'grid' }, ...part });
  const may = (part: Partial<View>) =>
    (['view', 'comment', 'edit', 'manage'] as const).map((r) => canChange(view(part), r));
  expect(may({})).toEqual([false, false, true, true]);
  expect(may({ locked: true })).toEqual([false, false, false, true]);
});
