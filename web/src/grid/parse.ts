/** Text from the clipboard or an editor to the value of a cell. Pure. */
import { parseDate, zoneOf } from './dates';
import { type Locale, nobody } from './format';
import type { CellValue, Choice, Field, Named, Place, RecordRef } from './model';
import { parseStyled } from './numbers';

export type Parsed =
  | { value: CellValue }
  /** These choices have to be made first. */
  | { names: string[] }
  /** Not a value of this type. */
  | { invalid: true };

const invalid: Parsed = { invalid: true };
const ticked = new Set(['true', 'yes', 'y', '1', 'x', '✓', '✔', '☑', 'checked', '是', '真', 'はい', '完了']);
const unticked = new Set(['false', 'no', 'n', '0', '', '☐', 'unchecked', '否', '假', 'いいえ']);

function findChoice(choices: readonly Choice[], name: string): Choice | undefined {
  const folded = name.toLowerCase();
  return choices.find((choice) => choice.name.toLowerCase() === folded) ?? choices.find((choice) => choice.id === name);
}

/** The parts of a list: separated by commas or semicolons; a part in quotes may have some in it. */
export function splitList(text: string): string[] {
  const parts = text.match(/\s*"(?:[^"]|"")*"\s*(?=[,，、;；\n]|$)|[^,，、;；\n]+/g) ?? [];
  const clean = parts.map((part) => {
    const trimmed = part.trim();
    return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"')
      ? trimmed.slice(1, -1).replaceAll('""', '"')
      : trimmed;
  });
  return [...new Set(clean.filter((part) => part !== ''))];
}

/** Names in a list; the whole text when a choice has that very name. */
export function splitNames(text: string, choices: readonly Choice[]): string[] {
  return findChoice(choices, text.trim()) ? [text.trim()] : splitList(text);
}

/** Who is meant by a name or an email address; undefined when nobody or several are. */
export function findNamed(all: ReadonlyMap<string, Named>, text: string): Named | undefined {
  const folded = text
    .replace(/^.*<([^<>]+@[^<>]+)>$/, '$1')
    .trim()
    .toLowerCase();
  const found = [...all.values()].filter(
    (one) => one.id === text || one.email?.toLowerCase() === folded || one.name.trim().toLowerCase() === folded,
  );
  return found.length === 1 ? found[0] : found.find((one) => one.email?.toLowerCase() === folded);
}

function parseNamed(text: string, all: ReadonlyMap<string, Named>, multiple: boolean): Parsed {
  const whole = findNamed(all, text);
  if (whole) return { value: [whole.id] };
  const found = splitList(text).map((part) => findNamed(all, part)?.id);
  if (found.length === 0 || found.some((id) => id === undefined)) return invalid;
  const ids = [...new Set(found as string[])];
  return ids.length > 1 && !multiple ? invalid : { value: ids };
}

const number = String.raw`[+-]?\d{1,3}(?:\.\d+)?`;
const coordinates = new RegExp(
  String.raw`(${number})\s*°?\s*([NSns])?\s*[,，;\s]\s*(${number})\s*°?\s*([EWew])?\s*\)?$`,
);

/** `40.08, 116.58`, `Airport (40.08, 116.58)`; latitude first, unless it could be none. */
export function parsePlace(text: string): Place | undefined {
  const clean = text.normalize('NFKC').trim();
  const found = coordinates.exec(clean);
  if (!found) return undefined;
  const name = clean
    .slice(0, found.index)
    .replace(/[(,:\s]+$/, '')
    .trim();
  let latitude = Number(found[1]) * (/s/i.test(found[2] ?? '') ? -1 : 1);
  let longitude = Number(found[3]) * (/w/i.test(found[4] ?? '') ? -1 : 1);
  if (Math.abs(latitude) > 90 && Math.abs(longitude) <= 90) [latitude, longitude] = [longitude, latitude];
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  return { ...(name ? { name } : {}), latitude, longitude };
}

/** Records found by what they are called, in lower case; those of which there are several are not in it. */
export type FoundRecords = ReadonlyMap<string, RecordRef>;

function parseRecords(text: string, multiple: boolean, found: FoundRecords | undefined): Parsed {
  const whole = found?.get(text.toLowerCase());
  if (whole) return { value: [whole] };
  const records = splitList(text).map((part) => found?.get(part.toLowerCase()));
  if (records.length === 0 || records.some((record) => !record)) return invalid;
  return records.length > 1 && !multiple ? invalid : { value: records as RecordRef[] };
}

export function parseCell(field: Field, text: string, locale: Locale, now: Date, found?: FoundRecords): Parsed {
  const trimmed = text.trim();
  if (field.type === 'checkbox') {
    const folded = trimmed.toLowerCase();
    if (ticked.has(folded)) return { value: true };
    return unticked.has(folded) ? { value: false } : invalid;
  }
  if (trimmed === '') return { value: null };
  const names = locale.names ?? nobody;
  switch (field.type) {
    case 'text':
      return { value: field.format && !['plain', 'long'].includes(field.format) ? trimmed : text };
    case 'number': {
      const value = parseStyled(trimmed, field, locale.language);
      return value === undefined ? invalid : { value };
    }
    case 'date': {
      const date = parseDate(trimmed, field.time, zoneOf(field, locale.zone), now, field.format);
      return date === undefined ? invalid : { value: date };
    }
    case 'select': {
      const choice = findChoice(field.choices, trimmed);
      return choice ? { value: choice.id } : { names: [trimmed] };
    }
    case 'multi_select': {
      const parts = splitNames(trimmed, field.choices);
      const ids = parts.map((name) => findChoice(field.choices, name)?.id);
      return ids.every((id) => id !== undefined)
        ? { value: ids }
        : { names: parts.filter((_, i) => ids[i] === undefined) };
    }
    case 'member':
      return parseNamed(trimmed, names.members, field.multiple);
    case 'group':
      return parseNamed(trimmed, names.groups, field.multiple);
    case 'location': {
      const place = parsePlace(trimmed);
      return place ? { value: place } : invalid;
    }
    case 'link':
    case 'backlink':
      return parseRecords(trimmed, field.multiple, found);
    default:
      return invalid;
  }
}
