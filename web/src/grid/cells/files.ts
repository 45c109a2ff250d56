/** Files on the canvas: small pictures, and sheets with their extension for what has none. */
import type { DrawArgs, InnerGridCell } from '@glideapps/glide-data-grid';
import { hasThumbnail, thumbnailUrl } from '../../data/files';
import type { FileRef } from '../model';
import type { Scheme } from '../palette';
import { drawRest } from './chips';
import { type Box, type Flow, flow } from './layout';

type Args = Pick<DrawArgs<InnerGridCell>, 'ctx' | 'rect' | 'theme' | 'imageLoader' | 'col' | 'row'>;

/** Taller rows show larger pictures. */
const sideOf = (height: number) => (height > 80 ? 76 : height > 40 ? 44 : 24);

export function flowFiles(rect: Box, count: number, pad: number): Flow {
  const height = sideOf(rect.height);
  const widths = Array.from({ length: count }, () => height);
  return flow(rect, widths, { pad, height, gap: 4, lineHeight: height + 6, least: height });
}

const kinds: readonly [RegExp, string][] = [
  [/^image\//, '#8a4fd8'],
  [/^video\//, '#c2410c'],
  [/^audio\//, '#0f766e'],
  [/pdf/, '#d92f2f'],
  [/sheet|excel|csv/, '#1f8a4c'],
  [/word|document|text/, '#3852cc'],
  [/zip|compressed|tar/, '#a16207'],
];

export const extensionOf = (name: string): string => (/\.([\p{L}\p{N}]{1,4})$/u.exec(name)?.[1] ?? '').toUpperCase();
export const kindColor = (media: string): string => kinds.find(([kind]) => kind.test(media))?.[1] ?? '#6b7280';

function drawSheet({ ctx, theme }: Args, box: Box, file: FileRef): void {
  const size = Math.min(box.width, 30);
  const x = box.x + (box.width - size) / 2;
  const y = box.y + (box.height - size) / 2;
  ctx.beginPath();
  ctx.roundRect(x + size * 0.06, y, size * 0.88, size, 4);
  ctx.fillStyle = kindColor(file.media);
  ctx.fill();
  ctx.fillStyle = '#ffffff';
  ctx.font = `700 ${Math.max(7, Math.round(size * 0.3))}px ${theme.fontFamily}`;
  ctx.textAlign = 'center';
  ctx.fillText(extensionOf(file.name) || '•', x + size / 2, y + size / 2 + 1, size * 0.8);
  ctx.textAlign = 'left';
}

export function drawFiles(args: Args, files: readonly FileRef[], scheme: Scheme): void {
  const { ctx, rect, theme } = args;
  const places = flowFiles(rect, files.length, theme.cellHorizontalPadding - 2);
  places.boxes.forEach((box, i) => {
    const file = files[i];
    if (!file) return;
    const wanted = hasThumbnail(file.media) ? thumbnailUrl(file.id, box.width > 40 ? 128 : 64) : undefined;
    const picture = wanted ? args.imageLoader.loadOrGetImage(wanted, args.col, args.row) : undefined;
    if (!picture) {
      drawSheet(args, box, file);
      return;
    }
    const { width, height } = picture as { width: number; height: number };
    const side = Math.min(width, height) || 1;
    ctx.save();
    ctx.beginPath();
    ctx.roundRect(box.x, box.y, box.width, box.height, 4);
    ctx.clip();
    ctx.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side, box.x, box.y, box.width, box.height);
    ctx.restore();
    ctx.beginPath();
    ctx.roundRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, 4);
    ctx.strokeStyle = scheme === 'dark' ? 'rgba(255,255,255,.16)' : 'rgba(16,24,40,.12)';
    ctx.stroke();
  });
  drawRest(args, places, 0);
}
