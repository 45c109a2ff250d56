/** The colours of a record that is drawn by time: those of the view's rules, else of a select, else the usual one. Pure. */
import type { ViewRow } from '../../../../data/live-view';
import { choiceOf } from '../../../../grid/format';
import { type CellItem, choicesOf, type Field } from '../../../../grid/model';
import { paintOf } from '../../../../grid/paint';
import { type Scheme, shade, solid } from '../../../../grid/palette';
import type { ColorRule } from '../../model';

export interface Tone {
  background: string;
  text: string;
  /** A strong colour of the same kind. */
  strong: string;
}

export function toneOf(row: ViewRow, rules: readonly ColorRule[], by: Field | undefined, scheme: Scheme): Tone {
  const usual = shade('blue', scheme);
  const paint = paintOf(row, rules, scheme);
  if (paint.row || paint.bar) {
    return {
      background: paint.row ?? shade('gray', scheme).background,
      text: 'var(--sk-text)',
      strong: paint.bar ?? ruled(row, rules),
    };
  }
  const choice = by && choiceOf(choicesOf(by), row.cells[by.id] as CellItem);
  if (choice) return { ...shade(choice.color, scheme), strong: solid[choice.color] };
  if (by) return { ...shade('gray', scheme), strong: solid.gray };
  return { ...usual, strong: solid.blue };
}

/** The colour of the rule that colours all of it. */
function ruled(row: ViewRow, rules: readonly ColorRule[]): string {
  const rule = row.colors?.map((at) => rules[at]).find((one) => (one?.target ?? 'row') === 'row');
  return solid[rule?.color ?? 'blue'];
}
