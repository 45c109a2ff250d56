/** Ticks and the marks at the corners of a cell. */
import type { DrawArgs, InnerGridCell } from '@glideapps/glide-data-grid';
import type { Scheme } from '../palette';

type MarkArgs = Omit<DrawArgs<InnerGridCell>, 'cell'>;

/** Where the primary cell's button to open the record is, from the right edge. */
export const expandWidth = 30;

export function drawTick({ ctx, rect, theme, hoverAmount }: MarkArgs, checked: boolean, editable: boolean) {
  const size = 16;
  const x = Math.round(rect.x + (rect.width - size) / 2);
  const y = Math.round(rect.height > 40 ? rect.y + 10 : rect.y + (rect.height - size) / 2);
  ctx.beginPath();
  ctx.roundRect(x + 0.5, y + 0.5, size - 1, size - 1, 4);
  if (checked) {
    ctx.fillStyle = theme.accentColor;
    ctx.fill();
    ctx.beginPath();
    ctx.moveTo(x + 4.2, y + 8.4);
    ctx.lineTo(x + 7, y + 11.1);
    ctx.lineTo(x + 11.9, y + 5.4);
    ctx.strokeStyle = theme.accentFg;
    ctx.lineWidth = 1.8;
    ctx.lineCap = 'round';
    ctx.lineJoin = 'round';
    ctx.stroke();
    ctx.lineCap = 'butt';
  } else {
    ctx.globalAlpha = editable ? 0.55 + 0.45 * hoverAmount : 0.4;
    ctx.strokeStyle = theme.textLight;
    ctx.lineWidth = 1.2;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  ctx.lineWidth = 1;
}

export function drawWaiting({ ctx, rect, theme }: MarkArgs, scheme: Scheme) {
  const size = 7;
  ctx.beginPath();
  ctx.moveTo(rect.x + rect.width - size - 1, rect.y + 1);
  ctx.lineTo(rect.x + rect.width - 1, rect.y + 1);
  ctx.lineTo(rect.x + rect.width - 1, rect.y + size + 1);
  ctx.closePath();
  ctx.fillStyle = scheme === 'dark' ? '#f0b429' : '#e08a00';
  ctx.fill();
  ctx.fillStyle = theme.textDark;
}

export function drawExpand({ ctx, rect, theme, hoverAmount, hoverX, cellFillColor }: MarkArgs) {
  const size = 22;
  const x = rect.x + rect.width - size - 5;
  const y = rect.height > 40 ? rect.y + 6 : rect.y + (rect.height - size) / 2;
  const over = hoverX !== undefined && hoverX > rect.width - expandWidth;
  ctx.globalAlpha = hoverAmount;
  ctx.beginPath();
  ctx.roundRect(x, y, size, size, 5);
  ctx.fillStyle = cellFillColor;
  ctx.fill();
  ctx.fillStyle = over ? theme.bgHeaderHasFocus : theme.bgHeader;
  ctx.fill();
  ctx.strokeStyle = theme.headerBottomBorderColor ?? theme.borderColor;
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.strokeStyle = over ? theme.accentColor : theme.textMedium;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  for (const [dx, dy] of [
    [1, -1],
    [-1, 1],
  ] as const) {
    const cx = x + size / 2 + dx * 4.5;
    const cy = y + size / 2 + dy * 4.5;
    ctx.moveTo(cx - dx * 4, cy);
    ctx.lineTo(cx, cy);
    ctx.lineTo(cx, cy - dy * 4);
    ctx.moveTo(cx, cy);
    ctx.lineTo(cx - dx * 3.5, cy - dy * 3.5);
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1;
}
