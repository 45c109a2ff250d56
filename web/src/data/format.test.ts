import { describe, expect, it } from 'vitest';
import { fileSize, formatter } from './format';

const now = Date.parse('2026-11-20T06:30:00Z');

describe('formatter', () => {
  it.each([
    ['en', '2026-11-20T06:29:30Z', 'now'],
    ['en', '2026-11-20T06:25:00Z', '5 minutes ago'],
    ['zh', '2026-11-20T06:25:00Z', '5分钟前'],
    ['ja', '2026-11-20T06:25:00Z', '5 分前'],
    ['en', '2026-11-20T02:25:00Z', '10:25'],
    ['en', '2026-11-19T02:25:00Z', 'yesterday'],
    ['zh', '2026-11-17T02:25:00Z', '3天前'],
    ['en', '2026-10-01T02:25:00Z', '1 Oct 2026'],
  ])('%s says of %s: %s', (language, at, said) => {
    expect(formatter(language, 'Asia/Shanghai').ago(at, now)).toBe(said);
  });

  it('counts days in the zone of the reader', () => {
    const lateEvening = '2026-11-19T17:00:00Z';
    expect(formatter('en', 'Asia/Shanghai').ago(lateEvening, now)).toBe('01:00');
    expect(formatter('en', 'UTC').ago(lateEvening, now)).toBe('yesterday');
  });

  it('falls back to the zone of the browser when the zone is unknown', () => {
    expect(formatter('en', 'Mars/Olympus').date('2026-11-20T12:00:00Z')).toBe('20 Nov 2026');
  });

  it('tells the time elsewhere', () => {
    expect(formatter('en', 'UTC').localTime('Asia/Tokyo', now)).toBe('Fri 15:30');
    expect(formatter('zh', 'UTC').localTime('Asia/Tokyo', now)).toBe('周五 15:30');
    expect(formatter('en', 'UTC').localTime('nowhere', now)).toBe('');
  });
});

it.each([
  [0, 'en', '0 byte'],
  [1536, 'en', '1.5 kB'],
  [2 * 1024 ** 3, 'en', '2 GB'],
  [2 * 1024 ** 3, 'ja', '2 GB'],
])('%d bytes in %s are %s', (bytes, language, said) => {
  expect(fileSize(bytes, language)).toBe(said);
});
