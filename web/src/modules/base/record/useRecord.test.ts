import { describe, expect, it } from 'vitest';
import { refusedField } from './useRecord';

const change = (fields: Record<string, unknown>) => ({
  id: 'c',
  base: 'b',
  table: 't',
  kind: 'update' as const,
  records: [{ id: 'rec_1', fields }],
  at: 0,
});

describe('the field a refusal is about', () => {
  it.each([
    ['is the one it names', { fld_a: 1, fld_b: 2 }, 'records[0].fields.fld_b', 'fld_b'],
    ['is the only one that was changed', { fld_a: 1 }, undefined, 'fld_a'],
    ['is unknown when several were', { fld_a: 1, fld_b: 2 }, undefined, undefined],
  ])('%s', (_, fields, field, expected) => {
    expect(refusedField(change(fields), { code: 'value.required', detail: '', field }, 'rec_1')).toBe(expected);
  });
});
