/** Between the library's selection and the focus that keys move. */
import { CompactSelection, type GridSelection } from '@glideapps/glide-data-grid';
import type { Focus } from './keyboard';

export const noSelection: GridSelection = {
  columns: CompactSelection.empty(),
  rows: CompactSelection.empty(),
};

export function focusOf(selection: GridSelection): Focus | undefined {
  return selection.current && { cell: selection.current.cell, range: selection.current.range };
}

export function selectionOf(focus: Focus): GridSelection {
  return { ...noSelection, current: { cell: focus.cell, range: focus.range, rangeStack: [] } };
}
