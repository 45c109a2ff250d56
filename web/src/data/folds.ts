/** Which groups of a view are folded, and how their lines are called. Pure. */

/** What records of a group have in common at each level, as the server says it. */
export type GroupPath = readonly unknown[];

/** A line as the server names it (S23). */
export type WireLine = string | { group: GroupPath } | { end: GroupPath };

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

/** Groups that are folded: those named, or with `all` all others. */
export interface Folds {
  all: boolean;
  except: readonly GroupPath[];
}

export const noFolds: Folds = { all: false, except: [] };

/** The server takes so many names, in a message of at most 64 KiB. */
const mostNamed = 1000;
const mostText = 40_000;

/** The name of a line: a record's id, or of a head `[…]`, of an end `+[…]`. */
export function lineName(line: WireLine): string {
  if (typeof line === 'string') return line;
  return 'group' in line ? headName(line.group) : `+${headName(line.end)}`;
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
  return { all: folds.all, except };
}
