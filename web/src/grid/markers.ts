/** The numbers at the side of rows: of its group each has its own, and lines that are no records have none. */
import {
  AllCellRenderers,
  type InnerGridCell,
  type InternalCellRenderer,
  markerCellRenderer,
} from '@glideapps/glide-data-grid';

/** The library's renderers, with rows numbered by `numberOf` their lines. */
export function markersOf(
  numberOf: (line: number) => number | undefined,
): readonly InternalCellRenderer<InnerGridCell>[] {
  const marker: typeof markerCellRenderer = {
    ...markerCellRenderer,
    draw: (args, cell) => {
      const row = numberOf(args.row);
      const markerKind = row === undefined ? 'checkbox' : cell.markerKind;
      const numbered = { ...cell, row: row ?? 0, markerKind };
      markerCellRenderer.draw({ ...args, cell: numbered }, numbered);
    },
  };
  return AllCellRenderers.map((renderer) =>
    renderer.kind === markerCellRenderer.kind ? (marker as unknown as InternalCellRenderer<InnerGridCell>) : renderer,
  );
}
