/** Text on the canvas: one line that ends in an ellipsis, or lines that fill a taller row. */
import { type BaseDrawArgs, getMiddleCenterBias } from '@glideapps/glide-data-grid';

type Args = Pick<BaseDrawArgs, 'ctx' | 'rect' | 'theme'>;

const lineHeight = 19;
const fitted = new Map<string, string>();
const wrapped = new Map<string, string[]>();
const most = 8000;

function remember<T>(cache: Map<string, T>, key: string, value: T): T {
  if (cache.size > most) cache.clear();
  cache.set(key, value);
  return value;
}

/** Cuts a text to a width, with an ellipsis. */
export function ellipsize(ctx: CanvasRenderingContext2D, text: string, width: number, font: string): string {
  if (text.length * 4 < width && !/[^\u0020-\u007e]/.test(text) && text.length < 4) return text;
  const key = `${width} ${font} ${text}`;
  const known = fitted.get(key);
  if (known !== undefined) return known;
  const head = text.slice(0, 400);
  if (text.length <= 400 && ctx.measureText(text).width <= width) return remember(fitted, key, text);
  let low = 0;
  let high = head.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ctx.measureText(`${head.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return remember(fitted, key, `${head.slice(0, low)}…`);
}

const pieces =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]|\s+|[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]+/gu;

/** Breaks a text into at most `lines` lines of a width; the last one ends in an ellipsis if there is more. */
function wrap(ctx: CanvasRenderingContext2D, text: string, width: number, lines: number, font: string): string[] {
  const key = `${lines} ${width} ${font} ${text}`;
  const known = wrapped.get(key);
  if (known) return known;
  const result: string[] = [];
  for (const paragraph of text.slice(0, 2000).split('\n')) {
    let line = '';
    for (const piece of paragraph.match(pieces) ?? []) {
      if (line === '' || ctx.measureText(line + piece).width <= width) line += piece;
      else {
        result.push(line.trimEnd());
        line = piece.trimStart();
      }
      if (result.length >= lines) break;
    }
    result.push(line);
    if (result.length > lines) break;
  }
  const last = result[lines - 1];
  if (result.length > lines && last !== undefined) result[lines - 1] = `${last}…`;
  return remember(
    wrapped,
    key,
    result.slice(0, lines).map((line) => ellipsize(ctx, line, width, font)),
  );
}

export function drawText({ ctx, rect, theme }: Args, text: string, right = false, color = theme.textDark): void {
  const pad = theme.cellHorizontalPadding;
  const width = rect.width - 2 * pad;
  if (width < 8 || text === '') return;
  const font = theme.baseFontFull;
  ctx.font = font;
  ctx.fillStyle = color;
  const bias = getMiddleCenterBias(ctx, theme);
  const lines = Math.max(1, Math.floor((rect.height - 10) / lineHeight));
  const shown =
    lines === 1 || right
      ? [ellipsize(ctx, text.replaceAll('\n', ' '), width, font)]
      : wrap(ctx, text, width, lines, font);
  const top = lines === 1 ? rect.y + rect.height / 2 : rect.y + 8 + lineHeight / 2;
  ctx.textAlign = right ? 'right' : 'left';
  shown.forEach((line, i) => {
    ctx.fillText(line, right ? rect.x + rect.width - pad : rect.x + pad, top + i * lineHeight + bias);
  });
  ctx.textAlign = 'left';
}
