/** Choices, records and the like on the canvas: chips, as many as fit, and how many more there are. */
import { type BaseDrawArgs, getMiddleCenterBias, measureTextCached } from '@glideapps/glide-data-grid';
import type { Box, Flow, FlowOptions } from './layout';
import { flow } from './layout';
import { ellipsize } from './text';

export type Args = Pick<BaseDrawArgs, 'ctx' | 'rect' | 'theme'>;

export interface ChipLook {
  text: string;
  background: string;
  color: string;
}

const inset = 8;
const options: Omit<FlowOptions, 'pad'> = { height: 22, gap: 5, lineHeight: 27, least: 2 * inset };

export function flowChips({ ctx, rect, theme }: Args, texts: readonly string[]): Flow {
  const font = theme.baseFontFull;
  ctx.font = font;
  const widths = texts.map((text) => measureTextCached(text.slice(0, 200), ctx, font).width + 2 * inset);
  return flow(rect, widths, { ...options, pad: theme.cellHorizontalPadding - 2 });
}

/** `more`: how many there are beside those given. */
export function drawChips(args: Args, chips: readonly ChipLook[], more = 0): void {
  if (chips.length === 0) return;
  const { ctx, theme } = args;
  const font = theme.baseFontFull;
  const places = flowChips(
    args,
    chips.map((chip) => chip.text),
  );
  const bias = getMiddleCenterBias(ctx, theme);
  places.boxes.forEach((box, i) => {
    const chip = chips[i];
    if (!chip) return;
    ctx.beginPath();
    ctx.roundRect(box.x, box.y, box.width, box.height, 5);
    ctx.fillStyle = chip.background;
    ctx.fill();
    ctx.fillStyle = chip.color;
    ctx.fillText(ellipsize(ctx, chip.text, box.width - 2 * inset, font), box.x + inset, middle(box) + bias);
  });
  drawRest(args, places, more);
}

export function drawRest({ ctx, rect, theme }: Args, places: Flow, more: number): void {
  const rest = places.rest + more;
  if (rest === 0 || places.restX > rect.x + rect.width - 16) return;
  ctx.font = theme.baseFontFull;
  ctx.fillStyle = theme.textMedium;
  ctx.fillText(`+${rest}`, places.restX, places.restY + getMiddleCenterBias(ctx, theme));
}

export const middle = (box: Box): number => box.y + box.height / 2;
