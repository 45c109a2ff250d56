/** Heads and ends of groups on the canvas: what the group is called, how many records, what is told of them. */
import {
  type CustomCell,
  type CustomRenderer,
  type DrawArgs,
  GridCellKind,
  getMiddleCenterBias,
  measureTextCached,
  type Theme,
} from '@glideapps/glide-data-grid';
import { drawChevron } from '../cells/branch';
import { chosen, namedIn, recordChips } from '../cells/cell';
import { type ChipLook, drawChips, flowChips } from '../cells/chips';
import { drawTick } from '../cells/marks';
import { drawPeople, flowPeople } from '../cells/people';
import { ellipsize } from '../cells/text';
import type { Locale } from '../format';
import type { CellValue, Field } from '../model';
import { type Scheme, shade } from '../palette';
import { shapeOf } from '../shape';
import type { Head } from './model';

/** A part of the line of a group in one column. */
export type HeadData =
  | ({ kind: 'head'; part: 'title'; head: Head; field: Field; text: string; told: string; count: string } & Look)
  | ({ kind: 'head'; part: 'told'; told: string; right: boolean } & Look)
  | ({ kind: 'head'; part: 'end'; text: string } & Look);
interface Look {
  locale: Locale;
  scheme: Scheme;
  level: number;
}
export type HeadCell = CustomCell<HeadData>;

export function headCell(data: HeadData): HeadCell {
  const text = data.part === 'title' ? `${data.text} (${data.count})` : data.part === 'told' ? data.told : data.text;
  return { kind: GridCellKind.Custom, allowOverlay: false, readonly: true, copyData: text, data, cursor: 'pointer' };
}

/** Each level stands further in by so much. */
const indent = 18;
const chevron = 20;
const lineHeight = 34;

const tints: Record<Scheme, readonly string[]> = {
  light: ['#f1f3f7', '#f6f7fa', '#fafbfc'],
  dark: ['#222429', '#1e2025', '#1b1d21'],
};

/** The look of a whole line. The number at its side would count lines. */
export function lineTheme(level: number | undefined, scheme: Scheme, theme: Partial<Theme>): Partial<Theme> {
  const bgCell = level === undefined ? theme.bgCell : tints[scheme][Math.min(level, 2)];
  return bgCell ? { bgCell, textLight: bgCell } : {};
}

type Args = DrawArgs<HeadCell>;

function chipsOf(field: Field, head: Head, text: string, scheme: Scheme): ChipLook[] {
  const value = head.path.at(-1) as CellValue;
  const shape = shapeOf(field);
  if (value === null || value === undefined) return [];
  if (shape.as === 'choice')
    return chosen(shape, value).map((choice) => {
      const { background, text: color } = shade(choice.color, scheme);
      return { text: choice.name, background, color };
    });
  return shape.as === 'record' ? recordChips([{ id: '', text }], scheme) : [];
}

/** Draws what the group is called; answers where it ends. */
function drawValue(args: Args, data: Extract<HeadData, { part: 'title' }>, rect: Args['rect']): number {
  const { ctx, theme } = args;
  const { field, head, text, locale, scheme } = data;
  const value = head.path.at(-1);
  const shape = shapeOf(field);
  const inner = { ...args, rect };
  const last = (boxes: readonly { x: number; width: number }[]) => {
    const box = boxes.at(-1);
    return box ? box.x + box.width : rect.x;
  };
  const chips = chipsOf(field, head, text, scheme);
  if (chips.length > 0) {
    drawChips(inner, chips);
    const { boxes, rest } = flowChips(
      inner,
      chips.map((chip) => chip.text),
    );
    return last(boxes) + (rest > 0 ? 26 : 0);
  }
  if ((shape.as === 'member' || shape.as === 'group') && Array.isArray(value)) {
    const people = namedIn(shape as { as: 'member' }, value as CellValue, locale);
    drawPeople(inner, people, shape.as === 'group', scheme);
    return last(flowPeople(inner, people).places.boxes);
  }
  if (typeof value === 'boolean') {
    drawTick({ ...inner, rect: { ...rect, width: 30 } }, value, false);
    return rect.x + 26;
  }
  const font = theme.baseFontFull;
  ctx.font = font;
  ctx.fillStyle = value === null ? theme.textMedium : theme.textDark;
  const shown = ellipsize(ctx, text.replaceAll('\n', ' '), rect.width - 8, font);
  ctx.fillText(shown, rect.x + 6, rect.y + rect.height / 2 + getMiddleCenterBias(ctx, theme));
  return rect.x + 6 + measureTextCached(shown, ctx, font).width;
}

function drawTitle(args: Args, data: Extract<HeadData, { part: 'title' }>) {
  const { ctx, rect, theme } = args;
  // In a high row all of it stands in a line in the middle.
  const line = { ...rect, y: rect.y + (rect.height - lineHeight) / 2, height: lineHeight };
  const left = rect.x + 4 + data.level * indent;
  drawChevron({ ...args, rect: line }, left, data.head.folded);
  ctx.font = theme.baseFontFull;
  const count = measureTextCached(data.count, ctx, theme.baseFontFull).width;
  const x = left + chevron;
  const width = rect.x + rect.width - x - count - 18;
  if (width < 24) return;
  const end = drawValue(args, data, { ...line, x, width });
  const middle = rect.y + rect.height / 2 + getMiddleCenterBias(ctx, theme);
  ctx.font = theme.baseFontFull;
  ctx.fillStyle = theme.textMedium;
  ctx.fillText(data.count, end + 10, middle);
  drawTold(args, data.told, true, end + count + 24);
}

/** What is told, unless it would not fit beside what stands before `from`. */
function drawTold({ ctx, rect, theme }: Args, told: string, right: boolean, from = rect.x) {
  if (told === '') return;
  const pad = theme.cellHorizontalPadding;
  const room = rect.x + rect.width - pad - Math.max(from, rect.x + pad);
  ctx.font = theme.baseFontFull;
  const text = ellipsize(ctx, told, Math.max(0, room), theme.baseFontFull);
  if (room < 16 || (from > rect.x && text !== told)) return;
  ctx.fillStyle = theme.textDark;
  ctx.textAlign = right ? 'right' : 'left';
  const x = right ? rect.x + rect.width - pad : rect.x + pad;
  ctx.fillText(text, x, rect.y + rect.height / 2 + getMiddleCenterBias(ctx, theme));
  ctx.textAlign = 'left';
}

function drawEnd({ ctx, rect, theme, hoverAmount }: Args, text: string, level: number) {
  if (text === '') return;
  const x = rect.x + 4 + level * indent + chevron / 2;
  const y = rect.y + rect.height / 2;
  ctx.globalAlpha = 0.75 + 0.25 * hoverAmount;
  ctx.strokeStyle = theme.textMedium;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  ctx.moveTo(x - 4.5, y);
  ctx.lineTo(x + 4.5, y);
  ctx.moveTo(x, y - 4.5);
  ctx.lineTo(x, y + 4.5);
  ctx.stroke();
  ctx.lineWidth = 1;
  ctx.font = theme.baseFontFull;
  ctx.fillStyle = theme.textMedium;
  const shown = ellipsize(ctx, text, rect.x + rect.width - x - 20, theme.baseFontFull);
  ctx.fillText(shown, x + chevron / 2 + 6, y + getMiddleCenterBias(ctx, theme));
  ctx.globalAlpha = 1;
}

export const headRenderer: CustomRenderer<HeadCell> = {
  kind: GridCellKind.Custom,
  isMatch: (cell: CustomCell): cell is HeadCell => (cell.data as { kind?: string }).kind === 'head',
  needsHover: (cell) => cell.data.part === 'end',
  draw: (args, cell) => {
    const { data } = cell;
    if (data.part === 'title') drawTitle(args, data);
    else if (data.part === 'told') drawTold(args, data.told, data.right);
    else drawEnd(args, data.text, data.level);
  },
};
