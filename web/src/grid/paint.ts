/** What the colour rules of a view make of a row. Pure. */
import type { GridRow } from './model';
import { type Scheme, solid, wash } from './palette';
import type { Painted } from './types';

export interface Paint {
  row: string | undefined;
  bar: string | undefined;
  cells: ReadonlyMap<string, string>;
}

const plain: Paint = { row: undefined, bar: undefined, cells: new Map() };

/** Backgrounds of a row and its cells, and its bar; `rules` by the places that the row names. */
export function paintOf(row: GridRow, rules: readonly Painted[], scheme: Scheme): Paint {
  if (!row.colors || row.colors.length === 0) return plain;
  const cells = new Map<string, string>();
  let paint: Paint = { ...plain, cells };
  for (const at of row.colors) {
    const rule = rules[at];
    if (!rule) continue;
    const { color, target = 'row' } = rule;
    if (target === 'row') paint = { ...paint, row: wash(color, scheme) };
    else if (target === 'bar') paint = { ...paint, bar: solid[color] };
    else cells.set(target.cell, wash(color, scheme));
  }
  return paint;
}
