import { describe, expect, it } from 'vitest';
import { asked, partsOf, stored, written } from './mentions';

const ann = { id: 'mem_00000000000000000000000001', name: 'Ann' };
const anna = { id: 'mem_00000000000000000000000002', name: 'Anna Lee' };
const names = new Map([ann, anna].map((one) => [one.id, one.name]));

describe('mentions', () => {
  it('are stored by id, the longest name first, and read back', () => {
    const text = '@Anna Lee and @Ann, not @Bob';
    const kept = stored(text, [ann, anna]);
    expect(kept).toBe(`<@${anna.id}> and <@${ann.id}>, not @Bob`);
    expect(written(kept, (id) => names.get(id))).toBe(text);
    expect(partsOf(kept)).toEqual([{ member: anna.id }, { text: ' and ' }, { member: ann.id }, { text: ', not @Bob' }]);
  });

  it.each([
    ['hello @An', 9, { from: 6, name: 'An' }],
    ['@', 1, { from: 0, name: '' }],
    ['请看@李', 4, { from: 2, name: '李' }],
    ['mail ann@example', 16, null],
    ['@Ann\nnext', 9, null],
    ['nothing', 7, null],
  ])('is asked for in %j at %i', (text, caret, wanted) => {
    expect(asked(text, caret)).toEqual(wanted);
  });
});
