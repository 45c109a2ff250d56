import { describe, expect, it } from 'vitest';
import { checkSize } from './files';

describe('checkSize', () => {
  const file = new File(['four'], 'a.txt');

  it.each([4, 5, undefined])('lets a file of four bytes pass where %s may be sent', (limit) => {
    expect(() => checkSize(file, limit)).not.toThrow();
  });

  it('refuses one that is larger, and says how large it may be', () => {
    expect(() => checkSize(file, 3)).toThrow(expect.objectContaining({ code: 'file.too_large', limit: 3 }));
  });
});
