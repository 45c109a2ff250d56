/** Which groups and records of a view are folded, and how its lines are called. Pure. */

/** What records of a group have in common at each level, as the server says it. */
export type GroupPath = readonly unknown[];

/** Where a record stands in a tree (S30). */
export interface Twig {
  /** How many records it stands under. */
  depth: number;
  /** Whether others stand under it, and whether those are folded. */
  parent: boolean;
  folded: boolean;
}

/** A line as the server names it (S23, S30). */
export type WireLine = string | { group: GroupPath } | { end: GroupPath } | ({ record: string } & Partial<Twig>);

/** The head of a group. */
export interface GroupHead {
  path: GroupPath;
  /** Empty for nothing, errors, yes and no. */
  label: string;
  count: number;
  folded: boolean;
  /** In the order of what the view tells. */
  summaries?: readonly unknown[];
}

/** Records under which others are folded: those named, or with `all` all others. */
export interface Branching {
  all: boolean;
  except: readonly string[];
}

/** Groups that are folded: those named, or with `all` all others; and records. */
export interface Folds {
  all: boolean;
  except: readonly GroupPath[];
  branches?: Branching;
}

export const noBranching: Branching = { all: false, except: [] };
export const noFolds: Folds = { all: false, except: [] };

/** The server takes so many names, in a message of at most 64 KiB. */
const mostNamed = 1000;
const mostText = 24_000;
const mostBranches = 800;

/** The name of a line: a record's id, or of a head `[…]`, of an end `+[…]`. */
export function lineName(line: WireLine): string {
  if (typeof line === 'string') return line;
  if ('record' in line) return line.record;
  return 'group' in line ? headName(line.group) : `+${headName(line.end)}`;
}

/** Where the record of a line stands in a tree, when it is not just at the top. */
export function twigOf(line: WireLine): Twig | undefined {
  if (typeof line === 'string' || !('record' in line)) return undefined;
  return { depth: line.depth ?? 0, parent: line.parent ?? false, folded: line.folded ?? false };
}

export const headName = (path: GroupPath): string => JSON.stringify(path);

/** What a name stands for, when it is no record. */
export function groupLine(name: string): { kind: 'head' | 'end'; path: GroupPath } | undefined {
  if (name.startsWith('[')) return { kind: 'head', path: JSON.parse(name) };
  return name.startsWith('+') ? { kind: 'end', path: JSON.parse(name.slice(1)) } : undefined;
}

/** Folds a group or unfolds it. Of too many that are named, the first are forgotten. */
export function withFold(folds: Folds, path: GroupPath, folded: boolean): Folds {
  const name = headName(path);
  const except = folds.except.filter((other) => headName(other) !== name);
  if (folded !== folds.all) except.push(path);
  let text = headName(except).length;
  while (except.length > mostNamed || text > mostText) text -= headName(except.shift() ?? []).length + 1;
  return { ...folds, except };
}

/** Folds what stands under a record, or unfolds it; forgets as `withFold` does. */
export function withBranch(folds: Folds, record: string, folded: boolean): Folds {
  const { all, except: named } = folds.branches ?? noBranching;
  const except = named.filter((other) => other !== record);
  if (folded !== all) except.push(record);
  return { ...folds, branches: { all, except: except.slice(-mostBranches) } };
}
