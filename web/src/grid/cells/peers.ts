/** Name tags of the people who are in a cell. */

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function drawPeers(
  ctx: CanvasRenderingContext2D,
  rect: Rect,
  peers: readonly { name: string; color: string }[],
  fontFamily: string,
  left: boolean,
): void {
  const [first] = peers;
  if (!first) return;
  ctx.save();
  ctx.font = `600 10px ${fontFamily}`;
  const label = peers.length > 1 ? `${first.name} +${peers.length - 1}` : first.name;
  const room = Math.max(0, rect.width - 20);
  const width = Math.min(room, ctx.measureText(label).width + 10);
  const x = left ? rect.x + 1 : rect.x + rect.width - width - 1;
  const y = rect.y + 1;
  ctx.beginPath();
  ctx.roundRect(x, y, width, 15, left ? [0, 0, 5, 0] : [0, 0, 0, 5]);
  ctx.fillStyle = first.color;
  ctx.fill();
  ctx.clip();
  ctx.fillStyle = '#ffffff';
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(label, x + 5, y + 8);
  ctx.restore();
}
