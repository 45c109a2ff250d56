import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missing, shown } from './conditions';
import type { Filter, Question } from './model';

interface Case {
  field: number;
  op: string;
  value?: unknown;
  answer?: unknown;
  holds: boolean;
}
const { cases, fields } = JSON.parse(readFileSync('../crates/table/tests/it/form_cases.json', 'utf8')) as {
  cases: Case[];
  fields: { id: string }[];
};

const question = (field: string, show?: Filter): Question => ({
  type: 'question',
  field,
  label: field,
  name: field,
  help: '',
  required: false,
  blank: false,
  kind: { type: 'text' },
  ...(show ? { show } : {}),
});

describe('conditions', () => {
  it.each(cases)('agrees with the server: $op $value of $answer', (one) => {
    const field = fields[one.field - 1]?.id ?? '';
    const show: Filter = { field, op: one.op, ...(one.value === undefined ? {} : { value: one.value }) };
    const form = { pages: [{ title: '', items: [question(field), question('why', show)] }] };
    const answers = one.answer === undefined ? {} : { [field]: one.answer };
    const items = shown(form, answers).pages[0]?.items ?? [];
    expect(items.length === 2).toBe(one.holds);
  });

  it('does not count what is not shown', () => {
    const form = {
      pages: [{ title: '', items: [question('a'), question('b', { field: 'a', op: 'not_empty' })] }],
    };
    expect(shown(form, { b: 'x' }).answers).toEqual({});
    expect(shown(form, { a: 'y', b: 'x' }).answers).toEqual({ a: 'y', b: 'x' });
  });

  it('asks for what is required', () => {
    const page = {
      title: '',
      items: [
        { ...question('a'), required: true },
        { ...question('b'), required: true },
      ],
    };
    expect(missing(page, { a: ' ', b: false })).toEqual(['a', 'b']);
    expect(missing(page, { a: 'x', b: true })).toEqual([]);
  });
});
