import { beforeAll, describe, expect, it } from 'vitest';
import { initI18n, loadStrings, setLanguage } from '../i18n';
import { functionTexts } from '../i18n/functions';
import { type FormulaMistake, failureText, type MistakeParts, mistakeText } from './mistakes';

const mistake = (code: string, about: MistakeParts): FormulaMistake => ({
  code: `formula.${code}`,
  message: 'as the server says it',
  start: 0,
  end: 0,
  about,
});
const files = { kind: 'value', type: 'file', list: true } as const;
const region = { kind: 'value', type: 'record', list: false, table_name: 'Regions' } as const;

beforeAll(async () => {
  await initI18n('en');
  await loadStrings('tables');
});

describe('a mistake is said in the language of the reader', () => {
  it.each<[string, MistakeParts, string, string, string]>([
    [
      'expected',
      { expected: 'value', found: { kind: 'end' } },
      'Expected a value, found the end.',
      '此处应为一个值，实际为公式结尾。',
      'ここには値が必要です（実際：数式の終わり）。',
    ],
    [
      'unclosed',
      { what: 'parenthesis', close: ')' },
      'This parenthesis is not closed: ) is missing.',
      '括号没有结束：缺少 )。',
      'かっこが閉じられていません。) が必要です。',
    ],
    [
      'field_unknown',
      { name: 'Cuont', table: 'Main' },
      'The table “Main” has no field “Cuont”.',
      '表“Main”中没有字段“Cuont”。',
      'テーブル「Main」にフィールド「Cuont」はありません。',
    ],
    [
      'arguments',
      { function: 'IF', least: 2, most: 3, count: 1 },
      'IF takes 2 to 3 arguments, not 1.',
      'IF 需要 2 到 3 个参数，实际为 1 个。',
      'IF の引数は 2～3 個ですが、1 個指定されています。',
    ],
    [
      'arguments',
      { function: 'IFS', least: 2, together: 2, count: 1 },
      'IFS takes at least 2 arguments, of which 2 belong together, not 1.',
      'IFS 需要至少 2 个参数（每 2 个为一组），实际为 1 个。',
      'IFS の引数は 2 個以上（2 個で 1 組）ですが、1 個指定されています。',
    ],
    [
      'type',
      { function: 'ABS', param: 'number', expected: 'number', found: files },
      '“number” of ABS takes a number, not a list of files.',
      'ABS 的“数字”需要数字，而不是文件列表。',
      'ABS の「数値」には数値が必要ですが、ファイルのリストが指定されています。',
    ],
    [
      'type',
      { operator: '*', expected: 'number', found: region },
      '* takes a number, not a record of “Regions”.',
      '* 需要数字，而不是“Regions”的记录。',
      '* には数値が必要ですが、「Regions」のレコードが指定されています。',
    ],
    [
      'cycle',
      { path: ['A', 'B', 'A'] },
      'It depends on itself: A → B → A',
      '循环引用自身：A → B → A',
      '自分自身に依存しています：A → B → A',
    ],
  ])('%s %j', async (code, about, ...said) => {
    for (const [i, language] of (['en', 'zh', 'ja'] as const).entries()) {
      await setLanguage(language);
      expect(mistakeText(mistake(code, about), await functionTexts(language))).toBe(said[i]);
    }
    await setLanguage('en');
  });

  it('of a code that is not known here is what the server says', () => {
    expect(mistakeText(mistake('of_tomorrow', {}))).toBe('as the server says it');
  });
});

it('says what failed computations mean', () => {
  expect(failureText('#DIV/0')).toBe('#DIV/0 is a division by zero.');
  expect(failureText('#NEW')).toBe('#NEW');
});
