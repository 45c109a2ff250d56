import { describe, expect, it } from 'vitest';
import { formatDate, instantOf, parseDate, wallClock } from './dates';
import { formatCell, plainCell } from './format';
import type { Field } from './model';
import { formatNumber, parseNumber } from './numbers';

const locale = { language: 'en', zone: 'Asia/Shanghai' };
const today = new Date('2026-11-20T03:00:00Z');

describe('numbers', () => {
  it.each([
    [1234.5, 2, true, '1,234.50'],
    [1234.5, 0, false, '1235'],
    [-0.126, 2, false, '-0.13'],
    [1e6, 0, true, '1,000,000'],
  ])('%d with precision %d and thousands %s is %s', (value, precision, thousands, text) => {
    expect(formatNumber(value, precision, thousands, 'en')).toBe(text);
  });

  it.each([
    ['1,234.5', 1234.5],
    ['¥ 1,234', 1234],
    ['$-5', -5],
    ['-$5', -5],
    ['(120)', -120],
    ['12.5%', 0.125],
    ['１２３', 123],
    ['1e3', 1000],
    ['5 €', 5],
    ['.5', 0.5],
    ['12abc', undefined],
    ['', undefined],
    ['1e999', undefined],
    ['1.2.3', undefined],
  ])('reads %j as %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});

describe('dates', () => {
  it.each([
    ['2026-11-20', '2026-11-20'],
    ['2026/1/5', '2026-01-05'],
    ['2026.01.05', '2026-01-05'],
    ['2026年1月5日', '2026-01-05'],
    ['20260105', '2026-01-05'],
    ['1/5/2026', '2026-01-05'],
    ['25/12/2026', '2026-12-25'],
    ['5.1.2026', '2026-01-05'],
    ['3/4', '2026-03-04'],
    ['12月3日', '2026-12-03'],
    ['Jan 5, 2026', '2026-01-05'],
    ['today', '2026-11-20'],
    ['明天', '2026-11-21'],
    ['昨日', '2026-11-19'],
    ['2026-02-30', undefined],
    ['2026-13-01', undefined],
    ['soon', undefined],
    ['12', undefined],
  ])('reads %j as %s', (text, day) => {
    expect(parseDate(text, false, 'Asia/Shanghai', today)).toBe(day);
  });

  it.each([
    ['2026-11-20 09:30', '2026-11-20T01:30:00Z'],
    ['2026-11-20 9:30 pm', '2026-11-20T13:30:00Z'],
    ['2026-11-20', '2026-11-19T16:00:00Z'],
    ['2026-11-20T09:30:00Z', '2026-11-20T09:30:00Z'],
    ['2026-11-20 25:00', undefined],
  ])('reads %j in the zone of the member as %s', (text, instant) => {
    expect(parseDate(text, true, 'Asia/Shanghai', today)).toBe(instant);
  });

  it('shows an instant in the zone of the member, a day as it is', () => {
    expect(formatDate('2026-11-20T01:30:00Z', true, 'Asia/Shanghai')).toBe('2026-11-20 09:30');
    expect(formatDate('2026-11-20T01:30:00Z', true, 'America/Los_Angeles')).toBe('2026-11-19 17:30');
    expect(formatDate('2026-11-20', false, 'America/Los_Angeles')).toBe('2026-11-20');
  });

  it('knows summer time, its gap included', () => {
    const at = (hour: number, day: number, month: number) => ({ year: 2026, month, day, hour, minute: 30 });
    expect(instantOf(at(1, 28, 3), 'Europe/Berlin').toISOString()).toBe('2026-03-28T00:30:00.000Z');
    expect(instantOf(at(12, 1, 7), 'Europe/Berlin').toISOString()).toBe('2026-07-01T10:30:00.000Z');
    const inGap = instantOf(at(2, 29, 3), 'Europe/Berlin');
    expect([1, 3]).toContain(wallClock(inGap, 'Europe/Berlin').hour);
  });

  it('survives a time zone that does not exist', () => {
    expect(formatDate('2026-11-20T01:30:00Z', true, 'Mars/Olympus')).toBe('2026-11-20 01:30');
  });
});

describe('cells', () => {
  const select: Field = {
    id: 'f',
    name: 'F',
    type: 'multi_select',
    choices: [
      { id: 'a', name: 'One', color: 'blue' },
      { id: 'b', name: 'Two', color: 'red' },
    ],
  };
  it('shows choices by name, in the order picked', () => {
    expect(formatCell(select, ['b', 'a'], locale)).toBe('Two, One');
  });
  it('copies numbers and ticks in the form that spreadsheets read', () => {
    expect(plainCell({ id: 'n', name: 'N', type: 'number', precision: 1, thousands: true }, 1234.56, locale)).toBe(
      '1234.56',
    );
    expect(plainCell({ id: 'c', name: 'C', type: 'checkbox' }, true, locale)).toBe('TRUE');
    expect(plainCell({ id: 'c', name: 'C', type: 'checkbox' }, null, locale)).toBe('FALSE');
  });
});
