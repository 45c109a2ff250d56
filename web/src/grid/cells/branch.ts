/** What stands before and after the value of a primary cell: its place in a tree, and how many comments the record has. */
import type { DrawArgs, InnerGridCell } from '@glideapps/glide-data-grid';
import { getMiddleCenterBias } from '@glideapps/glide-data-grid';
import type { Twig } from '../model';

type Args = Pick<DrawArgs<InnerGridCell>, 'ctx' | 'rect' | 'theme'>;

export interface Margins {
  /** CSS pixels before and after the value. */
  left: number;
  right: number;
}

const step = 18;
const chevron = 20;
/** Deeper records stand no further in: there would be no room for what they are called. */
const deepest = 12;
const bubble = 34;
const none: Margins = { left: 0, right: 0 };

const chevronAt = (twig: Twig) => 4 + Math.min(twig.depth, deepest) * step;

/** What is taken from the width of the value; in a narrow cell nothing. */
export function marginsOf(width: number, twig: Twig | undefined, comments: number): Margins {
  if (!twig && comments === 0) return none;
  const left = twig ? Math.min(chevronAt(twig) + chevron - 8, Math.max(0, width - 60)) : 0;
  return { left, right: comments > 0 && width - left > 90 ? bubble : 0 };
}

/** Whether a point is on what folds a record. */
export const onChevron = (twig: Twig | undefined, x: number): boolean =>
  twig?.parent === true && x >= chevronAt(twig) - 2 && x <= chevronAt(twig) + chevron;

/** Whether a point is on the number of comments. */
export function onComments(
  comments: number,
  twig: Twig | undefined,
  width: number,
  x: number,
  hovered: number,
): boolean {
  const { right } = marginsOf(width, twig, comments);
  return right > 0 && x >= width - right - hovered && x <= width - hovered;
}

/** A triangle that points to what it hides, or down to what it shows. */
export function drawChevron({ ctx, rect, theme }: Args, x: number, folded: boolean): void {
  const [cx, cy] = [x + chevron / 2, rect.y + Math.min(rect.height, 34) / 2];
  ctx.beginPath();
  if (folded) {
    ctx.moveTo(cx - 2, cy - 4);
    ctx.lineTo(cx + 2, cy);
    ctx.lineTo(cx - 2, cy + 4);
  } else {
    ctx.moveTo(cx - 4, cy - 2);
    ctx.lineTo(cx, cy + 2);
    ctx.lineTo(cx + 4, cy - 2);
  }
  ctx.strokeStyle = theme.textMedium;
  ctx.lineWidth = 1.6;
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.stroke();
  ctx.lineCap = 'butt';
  ctx.lineWidth = 1;
}

export function drawTwig(args: Args, twig: Twig): void {
  if (twig.parent) drawChevron(args, args.rect.x + chevronAt(twig), twig.folded);
}

/** The number of comments in a bubble, left of what shows when the pointer is over the cell. */
export function drawComments({ ctx, rect, theme }: Args, count: number, hovered: number): void {
  const text = count > 99 ? '99+' : String(count);
  const [width, height] = [bubble - 8, 18];
  const x = rect.x + rect.width - bubble + 2 - hovered;
  const y = rect.y + Math.min(rect.height, 34) / 2 - height / 2 - 1;
  ctx.beginPath();
  ctx.roundRect(x + 0.5, y + 0.5, width, height - 1, 5);
  ctx.fillStyle = theme.bgHeaderHovered;
  ctx.fill();
  ctx.beginPath();
  ctx.moveTo(x + 6, y + height - 1);
  ctx.lineTo(x + 6, y + height + 4);
  ctx.lineTo(x + 11, y + height - 1);
  ctx.fill();
  ctx.fillStyle = theme.accentColor;
  ctx.font = `600 11px ${theme.fontFamily}`;
  ctx.textAlign = 'center';
  ctx.fillText(text, x + width / 2, y + height / 2 + getMiddleCenterBias(ctx, ctx.font));
  ctx.textAlign = 'left';
}
