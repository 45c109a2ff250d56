import { describe, expect, it } from 'vitest';
import { colors } from './model';
import { nextColor, personColor, shade } from './palette';

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe('the palette', () => {
  it.each(colors)('%s can be read in both schemes', (color) => {
    for (const scheme of ['light', 'dark'] as const) {
      const { background, text } = shade(color, scheme);
      expect(contrast(background, text)).toBeGreaterThanOrEqual(4.5);
    }
  });
  it('gives new choices colours that are not used yet', () => {
    expect(nextColor([])).toBe('blue');
    expect(nextColor(['blue', 'cyan'])).toBe('teal');
    expect(new Set(colors).has(nextColor([...colors]))).toBe(true);
  });
  it('gives people colours on which white can be read, always the same', () => {
    for (let i = 0; i < 200; i++) {
      const color = personColor(`mem_${i}`);
      expect(contrast(color, '#ffffff')).toBeGreaterThanOrEqual(4.5);
      expect(personColor(`mem_${i}`)).toBe(color);
    }
  });
});
