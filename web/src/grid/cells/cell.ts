/** The one kind of cell the canvas draws: it looks at the type of its field. */
import { type CustomCell, type CustomRenderer, type DrawArgs, GridCellKind } from '@glideapps/glide-data-grid';
import { formatCell, type Locale } from '../format';
import { type CellValue, type Choice, choicesOf, type Field } from '../model';
import type { Scheme } from '../palette';
import { drawChips } from './chips';
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
}
export type SkeinCell = CustomCell<CellData>;

/** Where the primary cell's button to open the record is, from the right edge. */
export const expandWidth = 30;

export function cellOf(data: CellData, editable: boolean): SkeinCell {
  const text = formatCell(data.field, data.value, data.locale);
  return {
    kind: GridCellKind.Custom,
    allowOverlay: false,
    readonly: !editable,
    copyData: text,
    data,
    cursor: data.field.type === 'checkbox' && editable ? 'pointer' : 'default',
  };
}

const byId = new WeakMap<readonly Choice[], Map<string, Choice>>();

function chosen(field: Field, value: CellValue): Choice[] {
  const choices = choicesOf(field);
  let index = byId.get(choices);
  if (!index) {
    index = new Map(choices.map((choice) => [choice.id, choice]));
    byId.set(choices, index);
  }
  const ids = Array.isArray(value) ? value : [value];
  return ids.flatMap((id) => index.get(id) ?? []);
}

function drawTick({ ctx, rect, theme, hoverAmount }: DrawArgs<SkeinCell>, checked: boolean, editable: boolean) {
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

function drawWaiting({ ctx, rect, theme }: DrawArgs<SkeinCell>, scheme: Scheme) {
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

function drawExpand({ ctx, rect, theme, hoverAmount, hoverX, cellFillColor }: DrawArgs<SkeinCell>) {
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

function draw(args: DrawArgs<SkeinCell>, cell: SkeinCell) {
  const { field, value, locale, scheme, waiting, expandable } = cell.data;
  if (field.type === 'checkbox') drawTick(args, value === true, cell.readonly !== true);
  else if (field.type === 'select' || field.type === 'multi_select') drawChips(args, chosen(field, value), scheme);
  else if (value !== null && value !== undefined) {
    drawText(args, formatCell(field, value, locale), field.type === 'number');
  }
  if (expandable && args.hoverAmount > 0) drawExpand(args);
  if (waiting) drawWaiting(args, scheme);
}

export const cellRenderer: CustomRenderer<SkeinCell> = {
  kind: GridCellKind.Custom,
  isMatch: (cell: CustomCell): cell is SkeinCell => (cell.data as { kind?: string }).kind === 'skein',
  needsHover: (cell) => cell.data.expandable || cell.data.field.type === 'checkbox',
  needsHoverPosition: true,
  draw,
  measure: (ctx, cell, theme) => {
    const { field, value, locale } = cell.data;
    ctx.font = theme.baseFontFull;
    if (field.type === 'checkbox') return 60;
    if (field.type === 'select' || field.type === 'multi_select') {
      return chosen(field, value).reduce((sum, choice) => sum + ctx.measureText(choice.name).width + 21, 20);
    }
    return ctx.measureText(formatCell(field, value, locale).slice(0, 200)).width + 2 * theme.cellHorizontalPadding + 4;
  },
};
