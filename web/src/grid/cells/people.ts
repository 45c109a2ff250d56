/** People and groups on the canvas: faces or initials, with their names where there is room. */
import { type DrawArgs, getMiddleCenterBias, type InnerGridCell, measureTextCached } from '@glideapps/glide-data-grid';
import { hueOf, initialsOf } from '../../ui/initials';
import type { Named } from '../model';
import type { Scheme } from '../palette';
import { drawRest, middle } from './chips';
import { type Box, type Flow, flow } from './layout';
import { ellipsize } from './text';

type Args = Pick<DrawArgs<InnerGridCell>, 'ctx' | 'rect' | 'theme' | 'imageLoader' | 'col' | 'row'>;

const size = 20;
const lineHeight = 27;

/** The colours of `ui/MemberAvatar`, background and text. */
const hues: readonly (readonly [string, string])[] = [
  ['#dfe6ff', '#334cbb'],
  ['#ffe8cf', '#9a4a00'],
  ['#ffdfed', '#a61e5d'],
  ['#d0f2f6', '#0b6370'],
  ['#eadcff', '#5f35b5'],
  ['#d6f3e0', '#12653a'],
  ['#ffe0dc', '#a3231a'],
  ['#f3edc4', '#685200'],
];

function drawFace(args: Args, box: Box, one: Named, square: boolean, scheme: Scheme): void {
  const { ctx, theme } = args;
  const radius = square ? 6 : size / 2;
  const y = middle(box) - size / 2;
  ctx.beginPath();
  ctx.roundRect(box.x, y, size, size, radius);
  const picture = one.avatar ? args.imageLoader.loadOrGetImage(one.avatar, args.col, args.row) : undefined;
  if (picture) {
    ctx.save();
    ctx.clip();
    ctx.drawImage(picture, box.x, y, size, size);
    ctx.restore();
    return;
  }
  const [light, strong] = hues[hueOf(one.id)] ?? ['#eef0f4', '#545b68'];
  ctx.fillStyle = scheme === 'dark' ? strong : light;
  ctx.fill();
  ctx.fillStyle = scheme === 'dark' ? light : strong;
  ctx.font = `600 9px ${theme.fontFamily}`;
  ctx.textAlign = 'center';
  ctx.fillText(initialsOf(one.name), box.x + size / 2, middle(box) + 0.5);
  ctx.textAlign = 'left';
}

/** Faces with names when all of them fit in the lines there are, else faces that overlap. */
export function flowPeople({ ctx, rect, theme }: Args, people: readonly Named[]): { places: Flow; named: boolean } {
  const font = theme.baseFontFull;
  ctx.font = font;
  const pad = theme.cellHorizontalPadding - 2;
  const common = { pad, height: 22, lineHeight, least: size };
  const widths = people.map((one) => size + 6 + measureTextCached(one.name, ctx, font).width);
  const named = flow(rect, widths, { ...common, gap: 10 });
  const only = people.length === 1;
  if (only || (named.rest === 0 && named.boxes.length === people.length && fits(named, widths))) {
    return { places: named, named: true };
  }
  return {
    places: flow(
      rect,
      people.map(() => size),
      { ...common, gap: -4 },
    ),
    named: false,
  };
}

const fits = (places: Flow, widths: readonly number[]) =>
  places.boxes.every((box, i) => box.width >= (widths[i] ?? 0) - 0.5);

export function drawPeople(args: Args, people: readonly Named[], square: boolean, scheme: Scheme): void {
  if (people.length === 0) return;
  const { ctx, theme } = args;
  const { places, named } = flowPeople(args, people);
  places.boxes.forEach((box, i) => {
    const one = people[i];
    if (!one) return;
    drawFace(args, box, one, square, scheme);
    if (!named || box.width <= size + 10) return;
    ctx.font = theme.baseFontFull;
    ctx.fillStyle = theme.textDark;
    const name = ellipsize(ctx, one.name, box.width - size - 6, theme.baseFontFull);
    ctx.fillText(name, box.x + size + 6, middle(box) + getMiddleCenterBias(ctx, theme));
  });
  drawRest(args, named ? places : { ...places, restX: places.restX + 6 }, 0);
}
