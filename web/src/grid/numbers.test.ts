import { describe, expect, it } from 'vitest';
import type { NumberStyle } from './model';
import { editableNumber, exportedNumber, formatDuration, formatStyled, parseDuration, parseStyled } from './numbers';

const style = (more: Partial<NumberStyle>): NumberStyle => ({ precision: 0, thousands: false, ...more });
const nbsp = '\u00a0';

describe('numbers in their formats', () => {
  it.each<[number, Partial<NumberStyle>, string, string]>([
    [0.1234, { format: 'percent', precision: 1 }, 'en', '12.3%'],
    [0.45, { format: 'progress' }, 'zh-CN', '45%'],
    [1234.5, { format: 'currency', currency: 'USD', precision: 2, thousands: true }, 'en', '$1,234.50'],
    [1234.5, { format: 'currency', currency: 'CNY', precision: 2, thousands: true }, 'zh-CN', '¥1,234.50'],
    [-5, { format: 'currency', currency: 'JPY', thousands: true }, 'ja', '-￥5'],
    [5, { format: 'currency', currency: '₿' }, 'en', '₿5'],
    [5, { format: 'currency', currency: 'pts' }, 'en', `pts${nbsp}5`],
    [1234567.5, { precision: 1, thousands: true, separators: 'point_comma' }, 'en', '1.234.567,5'],
    [1234567.5, { precision: 1, thousands: true, separators: 'space_comma' }, 'en', `1${nbsp}234${nbsp}567,5`],
    [1234567.5, { precision: 1, thousands: true, separators: 'apostrophe_point' }, 'zh-CN', '1’234’567.5'],
    [
      1234.5,
      { format: 'currency', currency: 'EUR', precision: 2, thousands: true, separators: 'point_comma' },
      'en',
      '€1.234,50',
    ],
    [3, { format: 'rating' }, 'en', '3'],
    [5025, { format: 'duration' }, 'en', '1:23:45'],
    [-90.25, { format: 'duration', precision: 2 }, 'en', '-0:01:30.25'],
  ])('%d as %o in %s is %s', (value, more, language, text) => {
    expect(formatStyled(value, style(more), language)).toBe(text);
  });

  it('shows what has no style with all its digits', () => {
    expect(formatStyled(0.1 + 0.2, null, 'en')).toBe('0.3');
    expect(formatStyled(1234567.125, null, 'en')).toBe('1234567.125');
  });

  it('rounds durations up to the next minute and hour', () => {
    expect(formatDuration(3599.6)).toBe('1:00:00');
    expect(formatDuration(0)).toBe('0:00:00');
    expect(formatDuration(360_000)).toBe('100:00:00');
  });
});

describe('reading what is typed', () => {
  it.each<[string, Partial<NumberStyle>, number | undefined]>([
    ['12', { format: 'percent' }, 0.12],
    ['12%', { format: 'percent' }, 0.12],
    ['12.5 ％', { format: 'percent' }, 0.125],
    ['0.5', { format: 'progress' }, 0.005],
    ['¥1,234.5', { format: 'currency' }, 1234.5],
    ['CNY 12', { format: 'currency' }, 12],
    ['1.234,5', { separators: 'point_comma' }, 1234.5],
    ['1 234,5', { separators: 'space_comma' }, 1234.5],
    ['4', { format: 'rating' }, 4],
    ['9', { format: 'rating', max: 5 }, 5],
    ['★★★', { format: 'rating' }, 3],
    ['3/5', { format: 'rating' }, 3],
    ['1:30', { format: 'duration' }, 5400],
    ['1:30:15', { format: 'duration' }, 5415],
    ['90', { format: 'duration' }, 90],
    ['x', { format: 'percent' }, undefined],
    ['1:75', { format: 'duration' }, undefined],
  ])('%j in a field of %o is %s', (text, more, value) => {
    expect(parseStyled(text, style(more), 'en')).toBe(value);
  });

  it.each([
    ['90m', 5400],
    ['1h 30m', 5400],
    ['1.5 hours', 5400],
    ['2天', 172_800],
    ['1小时30分', 5400],
    ['１：３０', 5400],
    ['-0:00:30', -30],
    ['1h x', undefined],
    ['', undefined],
  ])('%j lasts %s seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  const formats: Partial<NumberStyle>[] = [
    {},
    { format: 'percent', precision: 0 },
    { format: 'currency', currency: 'USD', separators: 'point_comma' },
    { format: 'progress' },
    { format: 'duration' },
    { separators: 'space_comma' },
  ];
  it.each(formats)('an editor gives back what it was given: %o', (more) => {
    for (const value of [0, 0.125, 1234.5, 1 / 3, 86_399]) {
      if (more.format === 'duration' && !Number.isInteger(value * 1000)) continue;
      const typed = editableNumber(value, style(more), 'en');
      expect(parseStyled(typed, style(more), 'en')).toBeCloseTo(value, 12);
    }
  });

  it('writes for spreadsheets what they read', () => {
    expect(exportedNumber(0.125, style({ format: 'percent' }))).toBe('12.5%');
    expect(exportedNumber(5415, style({ format: 'duration' }))).toBe('1:30:15');
    expect(exportedNumber(1234.56, style({ format: 'currency', currency: 'USD' }))).toBe('1234.56');
  });
});
