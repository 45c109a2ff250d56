/** What a click into a cell means, and what the pointer over it is told. */
import type { Locale } from '../format';
import { linkOf, safeUrl } from '../links';
import { failureText, mistakeText } from '../mistakes';
import { type CellValue, type Field, isFailure, isWritable, type RecordRef, type Twig } from '../model';
import { starsOf } from '../numbers';
import { shapeOf } from '../shape';
import { marginsOf, onChevron, onComments } from './branch';
import { filesIn, namedIn, recordsIn, unnamed } from './cell';
import { flowChips } from './chips';
import { starPad } from './figures';
import { flowFiles } from './files';
import { type Box, boxAt, starAt } from './layout';
import { expandWidth } from './marks';

export type Hit =
  | { do: 'toggle' }
  | { do: 'rate'; stars: number }
  | { do: 'open'; url: string }
  | { do: 'press' }
  | { do: 'record'; table: string; record: RecordRef }
  | { do: 'file'; index: number }
  | { do: 'fold'; folded: boolean }
  | { do: 'comments' };

export interface Pointed {
  field: Field;
  value: CellValue;
  locale: Locale;
  editable: boolean;
  /** Size of the cell, and the point in it. */
  width: number;
  height: number;
  x: number;
  y: number;
  /** Of the primary cell. */
  twig?: Twig | undefined;
  comments?: number;
}

const padding = 9;
let ruler: CanvasRenderingContext2D | null | undefined;

/** A canvas to measure texts on, as wide as those that are drawn. */
function measuring(font: string) {
  ruler ??= document.createElement('canvas').getContext('2d');
  return ruler && { ctx: ruler, theme: { baseFontFull: font, cellHorizontalPadding: padding } };
}

/** What is under the pointer that does something. `font` is that of the cells. */
export function hitOf(at: Pointed, font: string): Hit | undefined {
  const { twig, comments = 0, width } = at;
  if (twig && onChevron(twig, at.x)) return { do: 'fold', folded: !twig.folded };
  if (onComments(comments, twig, width, at.x, expandWidth)) return { do: 'comments' };
  const { left, right } = marginsOf(width, twig, comments);
  return hitValue({ ...at, x: at.x - left, width: width - left - right }, font);
}

function hitValue(at: Pointed, font: string): Hit | undefined {
  const { field, value, editable, x, y } = at;
  const rect: Box = { x: 0, y: 0, width: at.width, height: at.height };
  const writable = editable && isWritable(field);
  if (field.type === 'checkbox') return writable && Math.abs(x - rect.width / 2) < 16 ? { do: 'toggle' } : undefined;
  if (field.type === 'button') return hitButton(field, value, editable, rect, x, y, font);
  const shape = shapeOf(field);
  switch (shape.as) {
    case 'number': {
      if (!writable || shape.style?.format !== 'rating') return undefined;
      const stars = starAt(rect, starsOf(shape.style), starPad(padding), x, y);
      return stars === undefined ? undefined : { do: 'rate', stars: stars === value ? 0 : stars };
    }
    case 'text': {
      if (typeof value !== 'string' || shape.format === 'plain' || shape.format === 'long') return undefined;
      const url = linkOf(value, shape.format);
      const args = measuring(font);
      if (!url || !args) return undefined;
      args.ctx.font = font;
      const width = Math.min(rect.width - 2 * padding, args.ctx.measureText(value.slice(0, 400)).width);
      const line = rect.height > 40 ? 18 : rect.height / 2;
      return x >= padding && x <= padding + width && Math.abs(y - line) <= 11 ? { do: 'open', url } : undefined;
    }
    case 'record': {
      const index = chipAt(
        recordsIn(value).map((record) => record.text.replaceAll('\n', ' ') || unnamed),
        rect,
        x,
        y,
        font,
      );
      const record = index === undefined ? undefined : recordsIn(value)[index];
      return record && shape.table ? { do: 'record', table: shape.table, record } : undefined;
    }
    case 'file': {
      const index = boxAt(flowFiles(rect, filesIn(value).length, padding - 2).boxes, x, y);
      return index === undefined ? undefined : { do: 'file', index };
    }
    default:
      return undefined;
  }
}

function chipAt(texts: readonly string[], rect: Box, x: number, y: number, font: string): number | undefined {
  const args = measuring(font);
  if (!args || texts.length === 0) return undefined;
  return boxAt(flowChips({ ...args, rect } as unknown as Parameters<typeof flowChips>[0], texts).boxes, x, y);
}

/** A button that opens an address can be pressed by all who see it; one that sets cells, by who may edit. */
function hitButton(
  field: Extract<Field, { type: 'button' }>,
  value: CellValue,
  editable: boolean,
  rect: Box,
  x: number,
  y: number,
  font: string,
): Hit | undefined {
  if (chipAt([field.label || field.name], rect, x, y, font) === undefined) return undefined;
  if (field.action.do === 'set') return editable ? { do: 'press' } : undefined;
  const url = typeof value === 'string' ? safeUrl(value) : undefined;
  return url ? { do: 'open', url } : undefined;
}

/** What a pointer that rests on a cell is told: why it failed, or the names that faces stand for. */
export function hintOf(field: Field, value: CellValue, locale: Locale): string {
  if (field.computed?.error) return mistakeText(field.computed.error);
  if (isFailure(value)) return failureText(value.error);
  const shape = shapeOf(field);
  if (shape.as === 'member' || shape.as === 'group') {
    const all = namedIn(shape as { as: 'member' }, value, locale);
    return all.length > 1 ? all.map((one) => one.name).join(', ') : '';
  }
  if (shape.as === 'file')
    return filesIn(value)
      .map((file) => file.name)
      .join('\n');
  return '';
}
