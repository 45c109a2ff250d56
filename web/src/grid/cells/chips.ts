/** Choices on the canvas: coloured chips, as many as fit, and how many more there are. */
import { type BaseDrawArgs, getMiddleCenterBias, measureTextCached } from '@glideapps/glide-data-grid';
import type { Choice } from '../model';
import { type Scheme, shade } from '../palette';
import { ellipsize } from './text';

const height = 22;
const gap = 5;
const inset = 8;
const lineHeight = 27;

type Args = Pick<BaseDrawArgs, 'ctx' | 'rect' | 'theme'>;

export function drawChips({ ctx, rect, theme }: Args, choices: readonly Choice[], scheme: Scheme): void {
  if (choices.length === 0) return;
  const pad = theme.cellHorizontalPadding - 2;
  const right = rect.x + rect.width - pad;
  const lines = Math.max(1, Math.floor((rect.height - 6) / lineHeight));
  const font = theme.baseFontFull;
  ctx.font = font;
  const bias = getMiddleCenterBias(ctx, theme);
  let x = rect.x + pad;
  let y = lines === 1 ? rect.y + (rect.height - height) / 2 : rect.y + 6;
  let line = 1;
  for (const [i, choice] of choices.entries()) {
    const left = choices.length - i;
    const wish = measureTextCached(choice.name, ctx, font).width + 2 * inset;
    const reserve = line === lines && left > 1 ? 28 : 0;
    if (x > rect.x + pad && x + wish + reserve > right && line < lines) {
      line++;
      x = rect.x + pad;
      y += lineHeight;
    }
    const room = right - x - (line === lines && left > 1 ? 28 : 0);
    if (x > rect.x + pad && wish > room) {
      ctx.fillStyle = theme.textMedium;
      ctx.fillText(`+${left}`, x + 2, y + height / 2 + bias);
      return;
    }
    const width = Math.min(wish, right - x);
    if (width < 2 * inset) return;
    const { background, text } = shade(choice.color, scheme);
    ctx.beginPath();
    ctx.roundRect(x, y, width, height, 5);
    ctx.fillStyle = background;
    ctx.fill();
    ctx.fillStyle = text;
    const name = width < wish ? ellipsize(ctx, choice.name, width - 2 * inset, font) : choice.name;
    ctx.fillText(name, x + inset, y + height / 2 + bias);
    x += width + gap;
  }
}
