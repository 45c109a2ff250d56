import { beforeAll, describe, expect, it } from 'vitest';
import { initI18n, loadStrings, setLanguage } from '../../../i18n';
import { misfitText } from './misfit';

describe('what is wrong with a cell', () => {
  beforeAll(async () => {
    await initI18n();
    await loadStrings('tables');
  });

  it('is told in the language of the member', async () => {
    const misfit = {
      row: 3,
      column: 'Price',
      code: 'not_number',
      value: '<b>cheap</b>',
      message: '"cheap" is not a number',
    };
    await setLanguage('zh');
    expect(misfitText(misfit)).toBe('“<b>cheap</b>”不是数字');
    await setLanguage('ja');
    expect(misfitText(misfit)).toBe('「<b>cheap</b>」は数値ではありません');
  });

  it('is told in the words of the server where there are no others', () => {
    const misfit = { row: 3, column: '', code: 'of_tomorrow', message: 'it is of tomorrow' };
    expect(misfitText(misfit)).toBe('it is of tomorrow');
    expect(misfitText({ ...misfit, code: 'refused', problem: 'of.tomorrow', detail: 'no' })).toBe('it is of tomorrow');
    expect(misfitText({ ...misfit, code: 'refused', problem: 'access.forbidden', detail: 'no' })).not.toBe(
      'it is of tomorrow',
    );
  });
});
