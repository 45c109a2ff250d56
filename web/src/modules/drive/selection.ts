/** Which rows of a list are selected, and where the keyboard is. Pure. */

export interface Selection {
  selected: ReadonlySet<string>;
  /** The row that the keyboard is on. */
  cursor: string | null;
  /** Where a range begins. */
  anchor: string | null;
}

export const nothing: Selection = { selected: new Set(), cursor: null, anchor: null };

export interface Modifiers {
  /** Keeps the others: Ctrl, Cmd. */
  toggle?: boolean;
  /** From the anchor to here: Shift. */
  extend?: boolean;
}

function range(ids: readonly string[], from: string | null, to: string): string[] {
  const end = ids.indexOf(to);
  const start = from === null ? end : Math.max(0, ids.indexOf(from));
  return ids.slice(Math.min(start, end), Math.max(start, end) + 1);
}

export function click(state: Selection, ids: readonly string[], id: string, { toggle, extend }: Modifiers): Selection {
  if (extend) return { selected: new Set(range(ids, state.anchor, id)), cursor: id, anchor: state.anchor ?? id };
  if (!toggle) return { selected: new Set([id]), cursor: id, anchor: id };
  const selected = new Set(state.selected);
  if (!selected.delete(id)) selected.add(id);
  return { selected, cursor: id, anchor: id };
}

/** Moves the cursor by a number of rows, or to an end with an infinite number. */
export function move(state: Selection, ids: readonly string[], by: number, modifiers: Modifiers = {}): Selection {
  if (ids.length === 0) return nothing;
  const at = state.cursor === null ? -1 : ids.indexOf(state.cursor);
  const start = at < 0 ? (by > 0 ? -1 : ids.length) : at;
  const target = ids[Math.max(0, Math.min(ids.length - 1, start + by))] as string;
  return click(state, ids, target, { extend: modifiers.extend ?? false });
}

export function all(state: Selection, ids: readonly string[]): Selection {
  return { ...state, selected: new Set(ids), cursor: state.cursor ?? ids[0] ?? null };
}

/** Forgets rows that are gone; the cursor goes to the row that took its place. */
export function keep(state: Selection, before: readonly string[], ids: readonly string[]): Selection {
  const present = new Set(ids);
  const selected = new Set([...state.selected].filter((id) => present.has(id)));
  const known = (id: string | null) => (id !== null && present.has(id) ? id : null);
  const at = state.cursor === null ? -1 : before.indexOf(state.cursor);
  const cursor = known(state.cursor) ?? (at < 0 ? null : (ids[Math.min(at, ids.length - 1)] ?? null));
  return { selected, cursor, anchor: known(state.anchor) ?? cursor };
}
