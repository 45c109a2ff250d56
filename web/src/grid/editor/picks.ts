/** What can be picked in a cell: choices, people, groups, records. Pure. */
import { type Locale, nobody } from '../format';
import {
  type CellItem,
  type CellValue,
  type Choice,
  choicesOf,
  type Field,
  idsOf,
  isRecord,
  itemsOf,
  type Named,
  type RecordRef,
} from '../model';
import type { Candidate } from '../services';
import { initialsOfName } from './pinyin';

export type Pick =
  | { kind: 'choice'; id: string; choice: Choice }
  | { kind: 'named'; id: string; one: Named; square: boolean; me: boolean }
  | { kind: 'record'; id: string; record: RecordRef; details: string }
  | { kind: 'create'; id: ''; name: string };

export type PickType = 'select' | 'multi_select' | 'member' | 'group' | 'link' | 'backlink';
export type PickField = Extract<Field, { type: PickType }>;

const types: ReadonlySet<string> = new Set(['select', 'multi_select', 'member', 'group', 'link', 'backlink']);
export const isPicked = (field: Field | undefined): field is PickField => field !== undefined && types.has(field.type);
export const isLinkField = (field: Field | undefined): field is Extract<Field, { type: 'link' | 'backlink' }> =>
  field?.type === 'link' || field?.type === 'backlink';

/** How many are offered at once. */
const most = 100;

function matchRank(texts: readonly (string | null | undefined)[], wanted: string): number {
  let best = 9;
  texts.forEach((text, i) => {
    const at = text?.toLowerCase().indexOf(wanted) ?? -1;
    if (at === 0) best = Math.min(best, i === 0 ? 0 : 1);
    else if (at > 0) best = Math.min(best, 2);
  });
  return best;
}

/** Best first; those that match equally stay in their order. */
function matching<T>(
  all: readonly T[],
  query: string,
  texts: (one: T) => readonly (string | null | undefined)[],
): readonly T[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return all;
  return all
    .map((one) => ({ one, rank: matchRank(texts(one), wanted) }))
    .filter(({ rank }) => rank < 9)
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
}

function choicePicks(choices: readonly Choice[], query: string, canCreate: boolean): Pick[] {
  const found: Pick[] = matching(choices, query, (choice) => [choice.name, initialsOfName(choice.name)]).map(
    (choice) => ({ kind: 'choice', id: choice.id, choice }),
  );
  const name = query.trim();
  const exists = choices.some((choice) => choice.name.toLowerCase() === name.toLowerCase());
  return canCreate && name !== '' && !exists ? [...found, { kind: 'create', id: '', name }] : found;
}

/** What is marked to be first, this reader, then by name. */
function namedPicks(field: PickField, query: string, locale: Locale): Pick[] {
  const { members, groups, me } = locale.names ?? nobody;
  const square = field.type === 'group';
  const order = new Intl.Collator(locale.language === 'en' ? 'zh-u-co-pinyin' : locale.language).compare;
  const rank = (one: Named) => (one.first ? 2 : Number(one.id === me));
  const all = [...(square ? groups : members).values()]
    .filter((one) => one.active !== false)
    .sort((a, b) => rank(b) - rank(a) || order(a.name, b.name));
  return matching(all, query, (one) => [one.name, initialsOfName(one.name), one.email])
    .slice(0, most)
    .map((one) => ({ kind: 'named', id: one.id, one, square, me: one.id === me }));
}

function recordPicks(candidates: readonly Candidate[], query: string, canCreate: boolean): Pick[] {
  const name = query.trim();
  const found: Pick[] = candidates.map(({ details, ...record }) => ({
    kind: 'record',
    id: record.id,
    record,
    details,
  }));
  return canCreate && name !== '' ? [...found, { kind: 'create', id: '', name }] : found;
}

/** What is offered for what was typed. `candidates`: the records found, for links. */
export function picksFor(
  field: PickField,
  query: string,
  locale: Locale,
  canCreate: boolean,
  candidates: readonly Candidate[],
): Pick[] {
  switch (field.type) {
    case 'select':
    case 'multi_select':
      return choicePicks(choicesOf(field), query, canCreate);
    case 'member':
    case 'group':
      return namedPicks(field, query, locale);
    default:
      return recordPicks(candidates, query, canCreate);
  }
}

/** What a cell has picked. */
export function pickedIn(field: PickField, value: CellValue, locale: Locale): Pick[] {
  if (field.type === 'link' || field.type === 'backlink') {
    return itemsOf(value).flatMap((item): Pick[] => {
      if (isRecord(item)) return [{ kind: 'record', id: item.id, record: item, details: '' }];
      return typeof item === 'string'
        ? [{ kind: 'record', id: item, record: { id: item, text: '' }, details: '' }]
        : [];
    });
  }
  if (field.type === 'select' || field.type === 'multi_select') {
    return idsOf(value).flatMap((id): Pick[] => {
      const choice = field.choices.find((one) => one.id === id);
      return choice ? [{ kind: 'choice', id, choice }] : [];
    });
  }
  const { members, groups, me } = locale.names ?? nobody;
  const square = field.type === 'group';
  const all = square ? groups : members;
  return idsOf(value).map((id) => ({
    kind: 'named',
    id,
    one: all.get(id) ?? { id, name: '—' },
    square,
    me: id === me,
  }));
}

/** The value of a cell in which these are picked. */
export function valueOfPicks(field: PickField, picks: readonly Pick[]): CellValue {
  if (picks.length === 0) return null;
  if (field.type === 'select') return picks[0]?.id ?? null;
  return picks.flatMap((pick): CellItem[] =>
    pick.kind === 'record' ? [pick.record] : pick.kind === 'create' ? [] : [pick.id],
  );
}

export const sameIds = (a: readonly { id: string }[], b: readonly { id: string }[]): boolean =>
  a.length === b.length && a.every((one, i) => one.id === b[i]?.id);

export function pickText(pick: Pick): string {
  switch (pick.kind) {
    case 'choice':
      return pick.choice.name;
    case 'named':
      return pick.one.name;
    case 'record':
      return pick.record.text;
    default:
      return pick.name;
  }
}

/** What stands in the empty field that searches what may be picked. */
export function findText(type: PickType) {
  if (type === 'link' || type === 'backlink') return 'field:pick.findRecord';
  return type === 'select' || type === 'multi_select' ? 'cell.find' : 'field:pick.find';
}
