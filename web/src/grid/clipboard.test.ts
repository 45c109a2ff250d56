import { describe, expect, it } from 'vitest';
import { formatHtml, formatTsv, parseHtml, parsePaste, parseTsv } from './clipboard';

describe('tab-separated text', () => {
  it.each<[string, string, string[][]]>([
    ['one cell', 'a', [['a']]],
    [
      'rows and columns',
      'a\tb\nc\td',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'the line end at the end of Excel',
      'a\tb\r\nc\td\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'empty cells',
      '\ta\n\t',
      [
        ['', 'a'],
        ['', ''],
      ],
    ],
    ['quoted line breaks and tabs', '"a\nb"\t"c\td"', [['a\nb', 'c\td']]],
    ['doubled quotes', '"say ""hi"""\tx', [['say "hi"', 'x']]],
    ['a quote that is none', '"a" b\tc', [['"a" b', 'c']]],
    ['a quote that never ends', '"a\tb', [['"a', 'b']]],
    ['quotes inside', 'a "b" c', [['a "b" c']]],
  ])('reads %s', (_, text, rows) => {
    expect(parseTsv(text)).toEqual(rows);
  });

  it('writes what it reads', () => {
    const rows = [
      ['plain', 'with\ttab', 'with\nline'],
      ['"quoted"', '', '中文'],
    ];
    expect(parseTsv(formatTsv(rows))).toEqual(rows);
  });
});

const texts = (table: ReturnType<typeof parseHtml>) => table?.rows.map((row) => row.map((cell) => cell.text));

describe('HTML', () => {
  it('reads a table with spans and line breaks', () => {
    const html = `<meta charset="utf-8"><table><tr><td>a<br>b</td><td colspan="2">c</td></tr>
      <tr><td rowspan="2">d</td><td>e</td><td>  f
      g </td></tr><tr><td>h</td></tr></table>`;
    expect(texts(parseHtml(html))).toEqual([
      ['a\nb', 'c', ''],
      ['d', 'e', 'f g'],
      ['', 'h'],
    ]);
  });

  it('runs no script and loads no picture of what is pasted', () => {
    expect(texts(parseHtml('<table><tr><td><script>alert(1)</script>a</td></tr></table>'))).toEqual([['a']]);
  });

  it('writes what it reads, with the values that belong to it', () => {
    const rows = [
      [{ text: 'a & b' }, { text: '<i>', value: [{ id: 'rec_1', text: '"quoted" <b>' }] }],
      [{ text: 'x\ny', value: 1.5 }, { text: '' }],
    ];
    const origins = [{ type: 'text' as const }, { type: 'link' as const, table: 'tbl_1' }];
    expect(parseHtml(formatHtml(rows, origins))).toEqual({ rows, origins });
  });

  it('takes no values from attributes that are broken', () => {
    const html = '<table data-skein-fields="{"><tr><td data-skein-value="[1,">a</td></tr></table>';
    expect(parseHtml(html)).toEqual({ rows: [[{ text: 'a' }]], origins: [] });
  });

  it('counts before plain text, when it has a table', () => {
    expect(texts(parsePaste('x', '<table><tr><td>y</td></tr></table>'))).toEqual([['y']]);
    expect(texts(parsePaste('x', '<b>x</b>'))).toEqual([['x']]);
    expect(parsePaste('', '')).toEqual({ rows: [], origins: [] });
  });
});
