/** Text from the clipboard or an editor to the value of a cell. Pure. */
import { type Locale, parseDate, parseNumber } from './format';
import { type CellValue, type Choice, choicesOf, type Field } from './model';

export type Parsed =
  | { value: CellValue }
  /** These choices have to be made first. */
  | { names: string[] }
  /** Not a value of this type. */
  | { invalid: true };

const ticked = new Set(['true', 'yes', 'y', '1', 'x', '✓', '✔', '☑', 'checked', '是', '真', 'はい', '完了']);
const unticked = new Set(['false', 'no', 'n', '0', '', '☐', 'unchecked', '否', '假', 'いいえ']);

function findChoice(choices: readonly Choice[], name: string): Choice | undefined {
  const folded = name.toLowerCase();
  return choices.find((choice) => choice.name.toLowerCase() === folded) ?? choices.find((choice) => choice.id === name);
}

/** Names in a list: separated by commas or semicolons, the whole text when a choice has that very name. */
export function splitNames(text: string, choices: readonly Choice[]): string[] {
  if (findChoice(choices, text.trim())) return [text.trim()];
  const names = text.split(/[,，、;；\n]/).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}

export function parseCell(field: Field, text: string, locale: Locale, now: Date): Parsed {
  const trimmed = text.trim();
  if (field.type === 'checkbox') {
    const folded = trimmed.toLowerCase();
    if (ticked.has(folded)) return { value: true };
    return unticked.has(folded) ? { value: false } : { invalid: true };
  }
  if (trimmed === '') return { value: null };
  switch (field.type) {
    case 'text':
      return { value: text };
    case 'number': {
      const number = parseNumber(trimmed, locale.language);
      return number === undefined ? { invalid: true } : { value: number };
    }
    case 'date': {
      const date = parseDate(trimmed, field.time, locale.zone, now);
      return date === undefined ? { invalid: true } : { value: date };
    }
    case 'select': {
      const choice = findChoice(field.choices, trimmed);
      return choice ? { value: choice.id } : { names: [trimmed] };
    }
    case 'multi_select': {
      const names = splitNames(trimmed, field.choices);
      const ids = names.map((name) => findChoice(field.choices, name)?.id);
      return ids.every((id) => id !== undefined)
        ? { value: ids }
        : { names: names.filter((_, i) => ids[i] === undefined) };
    }
  }
}

/** A value of one field as a value of another: what a fill across columns and an inner paste need. */
export function convert(from: Field, value: CellValue, to: Field, text: string, locale: Locale, now: Date): Parsed {
  if (from.id === to.id) return { value };
  if (from.type === to.type && choicesOf(from).length === 0) return { value };
  return parseCell(to, text, locale, now);
}
