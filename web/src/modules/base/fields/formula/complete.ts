/** What may come next where the caret is in a formula, and which call it is in. Pure. */
import type { Field } from '../../../../grid/model';
import type { FormulaFunction, FormulaParam } from '../../api';
import type { Table } from '../../model';
import { bracketed, nameOf, narrowed, type Token, tokens } from './syntax';

export interface Known {
  own: Table;
  tables: readonly Table[];
  functions: readonly FormulaFunction[];
}

export type Completion =
  | { kind: 'field'; label: string; insert: string; field: Field }
  | { kind: 'table'; label: string; insert: string }
  | { kind: 'function'; label: string; insert: string; of: FormulaFunction }
  | { kind: 'word'; label: string; insert: string };

export interface Completions {
  /** What is replaced. */
  from: number;
  to: number;
  items: Completion[];
}

const most = 40;

function before(all: readonly Token[], caret: number): { inside: Token | undefined; done: Token[] } {
  const inside = all.find((token) => token.start < caret && caret <= token.end && token.kind !== 'space');
  const open = inside && (inside.end > caret || ['word', 'function'].includes(inside.kind) || !inside.closed);
  const limit = open ? inside.start : caret;
  const done = all.filter((token) => token.end <= limit && token.kind !== 'space' && token.kind !== 'comment');
  return { inside: open ? inside : undefined, done };
}

/** The table whose fields follow a dot: of a link, of a table's name, or of the items a function looks at. */
function tableOf(source: string, done: readonly Token[], known: Known): Table | undefined {
  const chain: string[] = [];
  let at = done.length - 1;
  for (; at >= 0; at -= 2) {
    const token = done[at];
    if (!token) break;
    if (token.kind === 'sign' && source[token.start] === ')') {
      // A call in the chain, such as .FILTER(…), gives what it was called on.
      const open = openingOf(source, done, at);
      const name = done[open - 1];
      const dot = done[open - 2];
      if (name?.kind !== 'function' || !dot || source[dot.start] !== '.') return undefined;
      at = open - 1;
      continue;
    }
    const text = source.slice(token.start, token.end);
    if (token.kind === 'word' && text.toLowerCase() === 'currentvalue') {
      const table = tableOfItems(source, done.slice(0, at), known);
      return table && follow(table, chain, known);
    }
    if (token.kind !== 'name') return undefined;
    chain.unshift(nameOf(text));
    const dot = done[at - 1];
    if (!dot || source[dot.start] !== '.') break;
  }
  const [first, ...rest] = chain;
  if (first === undefined) return undefined;
  const field = find(known.own.fields, first);
  const start = field ? targetOf(field, known) : find(known.tables, first);
  return start && follow(start, rest, known);
}

const find = <T extends { name: string }>(all: readonly T[], name: string): T | undefined =>
  all.find((one) => one.name.toLowerCase() === name.toLowerCase());

function targetOf(field: Field, known: Known): Table | undefined {
  const id = 'table' in field ? field.table : field.computed?.type === 'record' ? field.computed.table : undefined;
  return known.tables.find((table) => table.id === id);
}

function follow(start: Table, chain: readonly string[], known: Known): Table | undefined {
  return chain.reduce<Table | undefined>((table, name) => {
    const field = table && find(table.fields, name);
    return field && targetOf(field, known);
  }, start);
}

/** The place of the bracket that is closed at `at`. */
function openingOf(source: string, done: readonly Token[], at: number): number {
  let depth = 0;
  for (let i = at; i >= 0; i--) {
    const sign = done[i]?.kind === 'sign' ? source[done[i]?.start ?? 0] : '';
    if (sign === ')') depth++;
    if (sign === '(' && --depth === 0) return i;
  }
  return 0;
}

/** The table that the innermost call around looks at item by item: `[Table].FILTER(` or `FILTER([Table],`. */
function tableOfItems(source: string, done: readonly Token[], known: Known): Table | undefined {
  let depth = 0;
  for (let i = done.length - 1; i > 0; i--) {
    const token = done[i];
    const sign = token?.kind === 'sign' ? source[token.start] : '';
    if (sign === ')') depth++;
    if (sign !== '(' || depth-- > 0) continue;
    depth = 0;
    if (done[i - 1]?.kind !== 'function') continue;
    const dot = done[i - 2];
    if (dot && source[dot.start] === '.') {
      const table = tableOf(source, done.slice(0, i - 2), known);
      if (table) return table;
      continue;
    }
    const first = done.slice(i + 1).findIndex((one) => one.kind === 'sign' && source[one.start] === ',');
    const table = first > 0 ? tableOf(source, done.slice(i + 1, i + 1 + first), known) : undefined;
    if (table) return table;
  }
  return undefined;
}

function fieldItems(fields: readonly Field[], wanted: string): Completion[] {
  return fields
    .filter((field) => field.name.toLowerCase().includes(wanted))
    .map((field) => ({ kind: 'field', label: field.name, insert: bracketed(field.name), field }));
}

function functionItems(known: Known, wanted: string): Completion[] {
  const upper = wanted.toUpperCase();
  const rank = (name: string) => (name.startsWith(upper) ? 0 : name.includes(upper) ? 1 : 2);
  return known.functions
    .filter((one) => rank(one.name) < 2)
    .sort((a, b) => rank(a.name) - rank(b.name) || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .map((of) => ({ kind: 'function', label: of.name, insert: `${of.name}(`, of }));
}

/** What fits where the caret is; undefined where nothing is to be completed, as in a text. */
export function completionsAt(original: string, caret: number, known: Known): Completions | undefined {
  const source = narrowed(original);
  const { inside, done } = before(tokens(original), caret);
  if (inside && ['text', 'comment', 'number'].includes(inside.kind)) return undefined;
  const last = done.at(-1);
  const dotted = last !== undefined && source[last.start] === '.' && last.end - last.start === 1;
  const table = dotted ? tableOf(source, done.slice(0, -1), known) : undefined;
  if (inside?.kind === 'name') {
    const wanted = nameOf(source.slice(inside.start, caret)).toLowerCase();
    const items = dotted
      ? fieldItems(table?.fields ?? known.tables.flatMap((one) => one.fields), wanted)
      : [...fieldItems(known.own.fields, wanted), ...tableItems(known, wanted)];
    const end = inside.closed ? inside.end : endOfName(source, inside, caret);
    return items.length > 0 ? { from: inside.start, to: end, items: items.slice(0, most) } : undefined;
  }
  if (!inside) {
    if (!dotted) return undefined;
    const items = [...fieldItems(table?.fields ?? [], ''), ...functionItems(known, '')];
    return { from: caret, to: caret, items: items.slice(0, most) };
  }
  if (inside.kind !== 'word' && inside.kind !== 'function') return undefined;
  const typed = source.slice(inside.start, caret);
  const wanted = typed.toLowerCase();
  const named = dotted ? fieldItems(table?.fields ?? [], wanted) : fieldItems(known.own.fields, wanted);
  const starting = functionItems(known, typed);
  const current: Completion[] =
    !dotted && 'currentvalue'.startsWith(wanted)
      ? [{ kind: 'word', label: 'CurrentValue', insert: 'CurrentValue' }]
      : [];
  const items = [...starting.slice(0, 20), ...current, ...named].slice(0, most);
  const only = items[0];
  const finished = items.length === 1 && only?.label.toLowerCase() === wanted && inside.kind === 'function';
  return items.length > 0 && !finished ? { from: inside.start, to: inside.end, items } : undefined;
}

const tableItems = (known: Known, wanted: string): Completion[] =>
  known.tables
    .filter((table) => table.name.toLowerCase().includes(wanted))
    .map((table) => ({ kind: 'table', label: table.name, insert: bracketed(table.name) }));

/** A name that is not closed goes on to the caret; what follows is other things. */
function endOfName(source: string, name: Token, caret: number): number {
  const rest = /^[^\s()[\],."]*/.exec(source.slice(caret))?.[0] ?? '';
  return Math.min(name.end, caret + rest.length);
}

export interface Applied {
  text: string;
  caret: number;
}

/** The formula with a completion in it. A call gets its brackets, with the caret between them. */
export function apply(source: string, at: Pick<Completions, 'from' | 'to'>, item: Completion): Applied {
  const rest = source.slice(at.to);
  const called = /^\s*[(（]/.test(rest);
  const call = item.kind === 'function';
  const none = call && item.of.params.length === 0;
  const insert = call ? (called ? item.label : `${item.label}()`) : item.insert;
  const text = source.slice(0, at.from) + insert + rest;
  const caret = at.from + insert.length - (call && !called && !none ? 1 : 0) + (call && called ? 1 : 0);
  return { text, caret };
}

export interface Signature {
  name: string;
  /** Which argument the caret is in, from 0. */
  argument: number;
}

/** The innermost call around the caret. What a method is called on counts as its first argument. */
export function signatureAt(original: string, caret: number): Signature | undefined {
  const source = narrowed(original);
  const done = tokens(original).filter((token) => token.start < caret && !['space', 'comment'].includes(token.kind));
  let depth = 0;
  let commas = 0;
  for (let i = done.length - 1; i > 0; i--) {
    const token = done[i];
    if (token?.kind !== 'sign') continue;
    const sign = source[token.start];
    if (sign === ')') depth++;
    else if (sign === ',' && depth === 0) commas++;
    else if (sign === '(') {
      if (depth > 0) {
        depth--;
        continue;
      }
      const name = done[i - 1];
      if (name?.kind === 'function') {
        const dot = done[i - 2];
        const method = dot !== undefined && source[dot.start] === '.';
        return { name: source.slice(name.start, name.end).toUpperCase(), argument: commas + (method ? 1 : 0) };
      }
      commas = 0;
    }
  }
  return undefined;
}

/** The parameter that the argument at a place is for; those that repeat go round together. */
export function parameterAt(of: FormulaFunction, argument: number): number {
  const first = of.params.findIndex(isRepeated);
  if (first < 0 || argument < first) return Math.min(argument, of.params.length - 1);
  const repeated = of.params.filter(isRepeated).length;
  return first + ((argument - first) % repeated);
}

export const isRepeated = (param: FormulaParam): boolean => param.times.toLowerCase() === 'repeated';
