/** A filter as people say it: `Status is “Done” and Due is before today`. Pure. */
import type { TFunction } from 'i18next';
import { dateParts, formatStyledDate } from '../../../grid/dates';
import { choiceOf, type Locale, nobody } from '../../../grid/format';
import { type CellItem, choicesOf, type Field } from '../../../grid/model';
import { formatAny, formatStyled } from '../../../grid/numbers';
import { shapeOf } from '../../../grid/shape';
import { comparedAs, type Filter, type Operator } from '../model';
import { isFieldValue, sidesOf } from './model';
import { formOf } from './operators';
import { type DatePoint, isDatePoint } from './relative';

export interface Words {
  t: TFunction<'base'>;
  locale: Locale;
  /** Titles of records by their ids. */
  titles: ReadonlyMap<string, string>;
}

/** Values of a list that are said before it is cut short. */
const most = 4;

export function sentenceOf(filter: Filter, fields: readonly Field[], words: Words): string {
  return partText(filter, fields, words, false);
}

function partText(filter: Filter, fields: readonly Field[], words: Words, nested: boolean): string {
  if ('field' in filter) return conditionText(filter.field, filter.op, filter.value, fields, words);
  const { t } = words;
  const all = 'and' in filter;
  const texts = (all ? filter.and : filter.or).map((part) => partText(part, fields, words, true));
  const joined = texts.reduce((a, b) => t(all ? 'say.both' : 'say.either', { a, b }));
  return nested && texts.length > 1 ? t('say.group', { inner: joined }) : joined;
}

function conditionText(id: string, op: Operator, value: unknown, fields: readonly Field[], words: Words): string {
  const { t } = words;
  const field = fields.find((one) => one.id === id);
  if (!field) return t('filter.gone');
  if (formOf(field, op) === 'yes' && !isFieldValue(value)) {
    const ticked = (value === true) === (op === 'is');
    return t(ticked ? 'say.checked' : 'say.unchecked', { field: field.name });
  }
  const said = { field: field.name, value: valueText(field, op, value, fields, words) };
  const compared = comparedAs(field);
  if (compared === 'date' && (op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte')) {
    return t(`say.date.${op}`, said);
  }
  if (compared === 'file' && isCount(op)) return t(`say.count.${op}`, said);
  return t(`say.${op}`, said);
}

export type CountOperator = 'is' | 'is_not' | 'gt' | 'gte' | 'lt' | 'lte' | 'between';
export const isCount = (op: Operator): op is CountOperator =>
  ['is', 'is_not', 'gt', 'gte', 'lt', 'lte', 'between'].includes(op);

function valueText(field: Field, op: Operator, value: unknown, fields: readonly Field[], words: Words): string {
  const { t } = words;
  if (isFieldValue(value)) return fields.find((one) => one.id === value.field)?.name ?? t('filter.gone');
  const form = formOf(field, op);
  const list = Array.isArray(value) ? value : [value];
  switch (form) {
    case 'nothing':
    case 'yes':
      return '';
    case 'numberRange':
    case 'dateRange': {
      const [from = '', to = ''] = list.map((item) => itemText(field, form, item, words));
      return t('say.range', { from, to });
    }
    case 'box':
      return sidesOf(value).map(String).join(', ');
    default: {
      const texts = list.slice(0, most).map((item) => itemText(field, form, item, words));
      if (list.length > most) texts.push(t('filter.more', { count: list.length - most }));
      const type = op === 'any_of' || op === 'none_of' ? 'disjunction' : 'conjunction';
      return new Intl.ListFormat(words.locale.language, { type }).format(texts);
    }
  }
}

function itemText(field: Field, form: string, item: unknown, words: Words): string {
  const { t, locale } = words;
  if (form.startsWith('text')) return t('say.quoted', { text: String(item) });
  const shape = shapeOf(field);
  if (isDatePoint(item) && shape.as === 'date') return dateText(item, field, words);
  if (typeof item === 'number') {
    return shape.as === 'number' && shape.style
      ? formatStyled(item, shape.style, locale.language)
      : formatAny(item, locale.language);
  }
  return pickedText(field, item, words);
}

/** The names of what stands for people who are found when it is asked. */
export const mine = { departments: 'mine' } as const;
export const isMine = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && (item as { departments?: unknown }).departments === 'mine';

/** What begins with a capital where it is offered, in the middle of a sentence. */
const inside = (text: string, locale: Locale) => text.toLocaleLowerCase(locale.language);

function pickedText(field: Field, item: unknown, { t, locale, titles }: Words): string {
  const shape = shapeOf(field);
  if (isMine(item)) return inside(t(shape.as === 'group' ? 'filter.myGroups' : 'filter.mine'), locale);
  const id = typeof item === 'string' ? item : String((item as { id?: unknown } | null)?.id ?? '');
  const names = locale.names ?? nobody;
  switch (shape.as) {
    case 'member':
      return id === 'me' ? inside(t('filter.me'), locale) : (names.members.get(id)?.name ?? '—');
    case 'group':
      return names.groups.get(id)?.name ?? '—';
    case 'record':
      return t('say.quoted', { text: titles.get(id) || '…' });
    default: {
      const name = choiceOf(choicesOf(field), id as CellItem)?.name ?? '—';
      return t('say.quoted', { text: name });
    }
  }
}

function dateText(point: DatePoint, field: Field, { t, locale }: Words): string {
  if (typeof point === 'string') {
    const shape = shapeOf(field);
    const style = shape.as === 'date' ? shape.style : { time: false };
    const day = point.length === 10 || !dateParts(point, true, locale.zone);
    return formatStyledDate(point, day ? { ...style, time: false } : style, locale.language, locale.zone);
  }
  if ('relative' in point) return inside(t(`date.${point.relative}`), locale);
  return 'last' in point
    ? t(`date.lastSpan.${point.unit}`, { count: point.last })
    : t(`date.nextSpan.${point.unit}`, { count: point.next });
}

/** Records that a filter names, by the table they are in. */
export function recordsIn(filter: Filter | null, fields: readonly Field[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const visit = (part: Filter): void => {
    if (!('field' in part)) {
      for (const inner of 'and' in part ? part.and : part.or) visit(inner);
      return;
    }
    const field = fields.find((one) => one.id === part.field);
    const shape = field && shapeOf(field);
    if (shape?.as !== 'record' || !shape.table || !Array.isArray(part.value)) return;
    const ids = found.get(shape.table) ?? new Set();
    for (const item of part.value) if (typeof item === 'string') ids.add(item);
    found.set(shape.table, ids);
  };
  if (filter) visit(filter);
  return found;
}
