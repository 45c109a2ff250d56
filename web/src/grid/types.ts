/** What the Grid takes and tells. Nothing here speaks of the library that draws it. */
import type { Locale } from './format';
import type { Path, Place, SummaryFunction } from './groups/model';
import type { CellEdit, CellValue, Choice, Color, Field, GridSource, RowHeight } from './model';

export interface GridColumn {
  field: Field;
  /** CSS pixels. */
  width: number;
  /** Why the column is tinted. */
  mark?: 'filter' | 'sort';
}

/** A colour, and what of a row has it: a bar where it begins, all of it, or one cell. */
export interface Painted {
  color: Color;
  target?: 'bar' | 'row' | { cell: string };
}

/** Somebody else, and where they are. */
export interface Peer {
  key: string;
  name: string;
  color: string;
  record: string;
  field: string;
}

/** What is selected, for menus and the footer. Row numbers count from 0. */
export interface Selection {
  cell: { row: number; column: number } | null;
  range: { x: number; y: number; width: number; height: number } | null;
  /** Ranges of whole rows, from..to (exclusive). */
  rows: readonly (readonly [number, number])[];
  rowCount: number;
}

/** Cells that have a text are tinted. */
export interface Found {
  text: string;
  /** Fields that have it, by record; of records that are not here, what is shown tells. */
  known: ReadonlyMap<string, ReadonlySet<string>>;
  /** The one that was come to. */
  current: { record: string; field: string } | null;
}

export interface Anchor {
  x: number;
  y: number;
}

export interface GridProps {
  columns: readonly GridColumn[];
  /** All fields of the table: those that records are grouped by may be hidden. */
  fields: readonly Field[];
  source: GridSource;
  rowHeight: RowHeight;
  /** How many columns from the first stay where they are. */
  frozen: number;
  /** What the colours of rows mean, by their places. */
  colors: readonly Painted[];
  /** How many comments records have. */
  comments: ReadonlyMap<string, number>;
  locale: Locale;
  /** Whether cells can be changed and rows added. */
  editable: boolean;
  /** Whether fields can be added and changed. */
  configurable: boolean;
  peers: readonly Peer[];
  /** A text that was searched for, and where it was found. */
  found: Found | null;
  onEdit: (edits: readonly CellEdit[]) => void;
  /** `place`: in a group. */
  onCreate: (rows: readonly Record<string, CellValue>[], place?: Place) => void;
  onCreateChoices: (field: Field, names: readonly string[]) => Promise<readonly Choice[] | undefined>;
  onAddField: (anchor: Anchor) => void;
  onFieldMenu: (field: Field, anchor: Anchor) => void;
  onCellMenu: (anchor: Anchor) => void;
  onResize: (field: string, width: number) => void;
  /** A column was dropped before the one at `to` (counted without it). */
  onMove: (from: number, to: number) => void;
  onFreeze: (columns: number) => void;
  onExpand: (record: string) => void;
  onComments: (record: string) => void;
  /** The selected records are to be deleted. */
  onDelete: () => void;
  onSelect: (selection: Selection) => void;
  onFold: (path: Path, folded: boolean) => void;
  onFoldAll: (folded: boolean) => void;
  /** What stands under a record. */
  onFoldBranch: (record: string, folded: boolean) => void;
  onGroupMenu: (anchor: Anchor) => void;
  /** Undefined where nobody may choose what is told of a field. */
  onSummary: ((field: string, what: SummaryFunction | null) => void) | undefined;
  onUndo: () => void;
  onRedo: () => void;
  onNotice: (notice: Notice) => void;
}

export type Notice =
  | { kind: 'unreadable'; count: number }
  | { kind: 'skipped'; count: number }
  | { kind: 'copied'; cells: number }
  | { kind: 'tooMany'; most: number }
  | { kind: 'failed'; error: unknown };

export interface GridHandle {
  focus(): void;
  copy(): Promise<void>;
  paste(): Promise<void>;
  clear(): Promise<void>;
  edit(): void;
  /** Puts the focus on a cell and scrolls to it; `quietly`, the keyboard stays where it is. */
  reveal(row: number, column?: number, quietly?: boolean): void;
  /** Puts the focus on the first cell of the last row and begins to edit. */
  revealNew(): void;
  /** Ids of the records that whole rows or else the range select, loaded if need be. */
  selectedRecords(): Promise<string[]>;
  /** Selects nothing. */
  deselect(): void;
}
