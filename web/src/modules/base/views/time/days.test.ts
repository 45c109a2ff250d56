import { describe, expect, it } from 'vitest';
import {
  addMonths,
  dayAt,
  dayOf,
  dayText,
  firstWeekday,
  partsOf,
  startOfMonth,
  startOfWeek,
  weekdayOf,
  weeksOfMonth,
} from './days';

describe('days', () => {
  it.each(['0001-01-01', '0099-12-31', '1969-12-31', '1970-01-01', '2024-02-29', '2026-11-20', '9999-12-31'])(
    'reads %s and writes it again',
    (text) => {
      const day = dayOf(text);
      expect(dayText(day)).toBe(text);
      const { year, month, day: date } = partsOf(day);
      expect(dayAt(year, month, date)).toBe(day);
    },
  );

  it.each([
    ['1969-12-28', 7],
    ['1970-01-01', 4],
    ['2026-11-20', 5],
    ['2026-11-22', 7],
    ['2026-11-23', 1],
  ])('knows the weekday of %s', (text, weekday) => expect(weekdayOf(dayOf(text))).toBe(weekday));

  it.each([
    ['2026-11-22', 1, '2026-11-16'],
    ['2026-11-22', 7, '2026-11-22'],
    ['2026-11-22', 6, '2026-11-21'],
    ['2026-11-23', 1, '2026-11-23'],
    ['2027-01-01', 1, '2026-12-28'],
  ])('begins the week of %s by weekday %i', (text, first, start) =>
    expect(dayText(startOfWeek(dayOf(text), first))).toBe(start),
  );

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-11-20', 2, '2027-01-20'],
    ['2026-01-15', -1, '2025-12-15'],
    ['2026-03-31', -13, '2025-02-28'],
  ])('goes from %s by %i months', (text, by, to) => expect(dayText(addMonths(dayOf(text), by))).toBe(to));

  it.each([
    ['2026-11-20', 1, '2026-10-26', '2026-12-07'],
    ['2026-11-20', 7, '2026-11-01', '2026-12-06'],
    ['2027-02-10', 1, '2027-02-01', '2027-03-01'],
  ])('shows the weeks of the month of %s', (text, first, from, to) => {
    const weeks = weeksOfMonth(dayOf(text), first);
    expect([dayText(weeks.from), dayText(weeks.to)]).toEqual([from, to]);
    expect(dayText(startOfMonth(dayOf(text)))).toBe(`${text.slice(0, 7)}-01`);
  });

  it.each([
    ['en', ['en-US'], 7],
    ['en', ['fr-FR', 'en-GB'], 1],
    ['en', ['zh-CN'], 1],
    ['zh-CN', ['en-US'], 1],
    ['ja', ['ja'], 7],
  ])('begins weeks as readers of %s with %j do', (language, languages, first) =>
    expect(firstWeekday(language, languages)).toBe(first),
  );
});
