import { expect, it } from 'vitest';
import { deviceOf, isPhone } from './device';

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux'],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge · Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1', 'Safari · iOS'],
  ['curl/8.5.0', 'curl'],
  [null, null],
])('%s is %s', (agent, device) => {
  expect(deviceOf(agent)).toBe(device);
});

it('knows a phone', () => {
  expect(isPhone('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)')).toBe(true);
  expect(isPhone(null)).toBe(false);
});
