/** The one kind of cell the canvas draws: it looks at what the values of its field look like. */
import { type CustomCell, type CustomRenderer, type DrawArgs, GridCellKind } from '@glideapps/glide-data-grid';
import { choiceOf, formatCell, formatItem, type Locale, nobody } from '../format';
import { linkOf } from '../links';
import {
  type CellItem,
  type CellValue,
  type Choice,
  type Field,
  type FileRef,
  idsOf,
  isEmpty,
  isFailure,
  isFile,
  isMore,
  isRecord,
  isWritable,
  itemsOf,
  type MoreRecords,
  type Named,
  type RecordRef,
  type Twig,
} from '../model';
import { starsOf } from '../numbers';
import { type Scheme, shade } from '../palette';
import { isRight, type Shape, shapeOf } from '../shape';
import { drawComments, drawTwig, marginsOf } from './branch';
import { type ChipLook, drawChips } from './chips';
import { drawFailure, drawProgress, drawStars } from './figures';
import { drawFiles } from './files';
import { drawExpand, drawTick, drawWaiting, expandWidth } from './marks';
import { drawPeople } from './people';
import { drawText } from './text';

export interface CellData {
  kind: 'skein';
  field: Field;
  value: CellValue;
  locale: Locale;
  scheme: Scheme;
  /** The change waits for the connection. */
  waiting: boolean;
  /** The primary cell offers to open the record when the pointer is over it. */
  expandable: boolean;
  /** Of the primary cell: where its record stands in a tree, and how many comments it has. */
  twig?: Twig | undefined;
  comments?: number;
}
export type SkeinCell = CustomCell<CellData>;

export function cellOf(data: CellData, editable: boolean): SkeinCell {
  const { field } = data;
  const writable = editable && isWritable(field);
  return {
    kind: GridCellKind.Custom,
    allowOverlay: false,
    readonly: !writable,
    copyData: formatCell(field, data.value, data.locale),
    data,
    cursor: (field.type === 'checkbox' && writable) || (field.type === 'button' && editable) ? 'pointer' : 'default',
  };
}

/** The first `most` of what a cell has are drawn; more would not fit. */
const most = 60;

export function chosen(shape: Extract<Shape, { as: 'choice' }>, value: CellValue): Choice[] {
  return itemsOf(value)
    .slice(0, most)
    .flatMap((item) => choiceOf(shape.choices, item) ?? []);
}

/** People or groups; those this reader does not know have no name. */
export function namedIn(shape: { as: 'member' | 'group' }, value: CellValue, locale: Locale): Named[] {
  const names = locale.names ?? nobody;
  const all = shape.as === 'member' ? names.members : names.groups;
  return idsOf(value)
    .slice(0, most)
    .map((id) => all.get(id) ?? { id, name: '—' });
}

export const recordsIn = (value: CellValue): RecordRef[] =>
  (itemsOf(value) as readonly unknown[]).filter(isRecord).slice(0, most);

export const filesIn = (value: CellValue): FileRef[] =>
  (itemsOf(value) as readonly unknown[]).filter(isFile).slice(0, most);

/** How many more records a link names than it shows. */
function moreIn(value: CellValue): number {
  const items = itemsOf(value) as readonly unknown[];
  const said = items.find(isMore) as MoreRecords | undefined;
  return (said?.more ?? 0) + Math.max(0, items.filter(isRecord).length - most);
}

/** Behind chips without a colour of their own; what is below shows through, so they stand out on a selected row too. */
const chipGround: Record<Scheme, string> = { light: 'rgba(31, 50, 120, 0.075)', dark: 'rgba(200, 215, 255, 0.1)' };

/** What a record without a name is shown as. */
export const unnamed = '—';

export function recordChips(records: readonly RecordRef[], scheme: Scheme): ChipLook[] {
  const look = { background: chipGround[scheme], color: scheme === 'dark' ? '#b7c5fb' : '#3852cc' };
  return records.map(({ text }) => ({ text: text.replaceAll('\n', ' ') || unnamed, ...look }));
}

function drawNumber(args: DrawArgs<SkeinCell>, item: CellItem, shape: Extract<Shape, { as: 'number' }>) {
  const { locale, scheme } = args.cell.data;
  const text = formatItem(shape, item, locale);
  if (typeof item !== 'number') return drawText(args, text);
  if (shape.style?.format === 'rating') return drawStars(args, item, starsOf(shape.style), true, scheme);
  if (shape.style?.format === 'progress') return drawProgress(args, item, text, scheme);
  drawText(args, text, true);
}

function drawButton(args: DrawArgs<SkeinCell>, field: Extract<Field, { type: 'button' }>, scheme: Scheme) {
  const { background, text } = shade(field.color, scheme);
  drawChips(args, [{ text: field.label || field.name, background, color: text }]);
}

function drawValue(args: DrawArgs<SkeinCell>, cell: SkeinCell) {
  const { field, value, locale, scheme } = cell.data;
  const shape = shapeOf(field);
  if (field.type === 'button') return drawButton(args, field, scheme);
  if (isFailure(value)) return drawFailure(args, value.error, scheme);
  if (shape.as === 'checkbox' && !Array.isArray(value)) return drawTick(args, value === true, cell.readonly !== true);
  if (shape.as === 'number' && isEmpty(value)) {
    const rating = shape.style?.format === 'rating' && cell.readonly !== true && args.hoverAmount > 0;
    if (rating) drawStars(args, 0, starsOf(shape.style), true, scheme);
    return;
  }
  if (isEmpty(value)) return;
  switch (shape.as) {
    case 'choice':
      return drawChips(
        args,
        chosen(shape, value).map((choice) => {
          const { background, text } = shade(choice.color, scheme);
          return { text: choice.name, background, color: text };
        }),
      );
    case 'member':
    case 'group':
      return drawPeople(args, namedIn(shape as { as: 'member' }, value, locale), shape.as === 'group', scheme);
    case 'file':
      return drawFiles(args, filesIn(value), scheme);
    case 'record':
      return drawChips(args, recordChips(recordsIn(value), scheme), moreIn(value));
    case 'number':
      if (!Array.isArray(value)) return drawNumber(args, value as CellItem, shape);
      break;
    case 'text':
      if (typeof value === 'string' && shape.format !== 'plain' && linkOf(value, shape.format)) {
        return drawText(args, value, false, args.theme.linkColor);
      }
      break;
    default:
      break;
  }
  if (Array.isArray(value) && value.length > 1) return drawList(args, shape, value);
  drawText(args, formatCell(field, value, locale), isRight(shape) || (shape.as === 'any' && typeof value === 'number'));
}

/** Several values that have no look of their own, each on a chip of its own. */
function drawList(args: DrawArgs<SkeinCell>, shape: Shape, items: readonly CellItem[]): void {
  const { locale, scheme } = args.cell.data;
  const look = { background: chipGround[scheme] };
  const texts = items.slice(0, most).map((item) => formatItem(shape, item, locale).replaceAll('\n', ' '));
  drawChips(
    args,
    texts.filter((text) => text !== '').map((text) => ({ text, color: args.theme.textDark, ...look })),
    Math.max(0, items.length - most),
  );
}

function draw(args: DrawArgs<SkeinCell>, cell: SkeinCell) {
  const { scheme, waiting, expandable, twig, comments = 0 } = cell.data;
  const { rect } = args;
  const { left, right } = marginsOf(rect.width, twig, comments);
  const hoverX = args.hoverX === undefined ? undefined : args.hoverX - left;
  const hovered = right > 0 && expandable && args.hoverAmount > 0 ? expandWidth : 0;
  const inner = { ...rect, x: rect.x + left, width: rect.width - left - right - hovered };
  drawValue(left + right > 0 ? { ...args, hoverX, rect: inner } : args, cell);
  if (twig) drawTwig(args, twig);
  if (right > 0) drawComments(args, comments, hovered);
  if (expandable && args.hoverAmount > 0) drawExpand(args);
  if (waiting) drawWaiting(args, scheme);
}

function measure(ctx: CanvasRenderingContext2D, cell: SkeinCell, padding: number): number {
  const { field, value, locale } = cell.data;
  const shape = shapeOf(field);
  const chips = (texts: readonly string[], inset: number) =>
    texts.slice(0, 20).reduce((sum, text) => sum + ctx.measureText(text.slice(0, 100)).width + inset, 20);
  switch (shape.as) {
    case 'checkbox':
      return 60;
    case 'choice':
      return chips(
        chosen(shape, value).map((choice) => choice.name),
        21,
      );
    case 'record':
      return chips(
        recordsIn(value).map((record) => record.text),
        21,
      );
    case 'member':
    case 'group':
      return chips(
        namedIn(shape as { as: 'member' }, value, locale).map((one) => one.name),
        36,
      );
    case 'file':
      return 20 + Math.min(8, filesIn(value).length) * 28;
    case 'number':
      if (shape.style?.format === 'rating') return 2 * padding + 19 * starsOf(shape.style);
      if (shape.style?.format === 'progress') return 150;
      break;
    default:
      break;
  }
  return ctx.measureText(formatCell(field, value, locale).slice(0, 200)).width + 2 * padding + 4;
}

const hovers = (field: Field) => {
  const shape = shapeOf(field);
  return shape.as === 'checkbox' || (shape.as === 'number' && shape.style?.format === 'rating');
};

export const cellRenderer: CustomRenderer<SkeinCell> = {
  kind: GridCellKind.Custom,
  isMatch: (cell: CustomCell): cell is SkeinCell => (cell.data as { kind?: string }).kind === 'skein',
  needsHover: (cell) => cell.data.expandable || hovers(cell.data.field),
  needsHoverPosition: true,
  draw,
  measure: (ctx, cell, theme) => {
    ctx.font = theme.baseFontFull;
    const { left, right } = marginsOf(1000, cell.data.twig, cell.data.comments ?? 0);
    return left + right + measure(ctx, cell, theme.cellHorizontalPadding);
  },
};
