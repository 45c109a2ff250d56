/** Numbers that are drawn: stars and bars; and the token of a failed computation. */
import { getMiddleCenterBias } from '@glideapps/glide-data-grid';
import type { Scheme } from '../palette';
import { type Args, drawChips } from './chips';
import { starsIn } from './layout';

let outline: Path2D | undefined;
/** In a square of 16. Made when it is first drawn: where nothing is drawn, as in tests, there are no paths. */
function star(): Path2D {
  outline ??= new Path2D('M8 .8l2.2 4.6 5 .7-3.6 3.5.9 5L8 12.2l-4.5 2.4.9-5L.8 6.1l5-.7z');
  return outline;
}
const gold = { light: '#f2a60d', dark: '#f0b429' } as const;
const faint = { light: '#e3e6ec', dark: '#373b43' } as const;

/** The first `value` of `count` stars; `all`: the others as well, faint. */
export function drawStars(args: Args, value: number, count: number, all: boolean, scheme: Scheme): void {
  const { ctx, rect, theme } = args;
  const { x, y, step, size } = starsIn(rect, count, starPad(theme.cellHorizontalPadding));
  const scale = size / 16;
  for (let i = 0; i < (all ? count : Math.min(count, value)); i++) {
    ctx.save();
    ctx.translate(x + i * step, y - size / 2);
    ctx.scale(scale, scale);
    ctx.fillStyle = i < value ? gold[scheme] : faint[scheme];
    ctx.fill(star());
    ctx.restore();
  }
}

export const starPad = (padding: number): number => padding - 1;

/** A bar, 1 being full, and its text right of it. */
export function drawProgress({ ctx, rect, theme }: Args, value: number, text: string, scheme: Scheme): void {
  const pad = theme.cellHorizontalPadding;
  const y = rect.height > 40 ? rect.y + 17 : rect.y + rect.height / 2;
  ctx.font = theme.baseFontFull;
  const label = Math.max(34, ctx.measureText(text).width + 4);
  const width = rect.width - 2 * pad - label;
  if (width > 16) {
    ctx.beginPath();
    ctx.roundRect(rect.x + pad, y - 3, width, 6, 3);
    ctx.fillStyle = faint[scheme];
    ctx.fill();
    const part = Math.max(0, Math.min(1, value));
    if (part > 0) {
      ctx.beginPath();
      ctx.roundRect(rect.x + pad, y - 3, Math.max(6, width * part), 6, 3);
      ctx.fillStyle = value >= 1 ? (scheme === 'dark' ? '#3cb371' : '#27a65b') : theme.accentColor;
      ctx.fill();
    }
  }
  ctx.fillStyle = theme.textMedium;
  ctx.textAlign = 'right';
  ctx.fillText(text, rect.x + rect.width - pad, y + getMiddleCenterBias(ctx, theme));
  ctx.textAlign = 'left';
}

export function drawFailure(args: Args, text: string, scheme: Scheme): void {
  const look =
    scheme === 'dark' ? { background: '#5a2422', color: '#ffbcb7' } : { background: '#ffe0de', color: '#a32019' };
  drawChips(args, [{ text, ...look }]);
}
