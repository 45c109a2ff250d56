/** Cells to text: as they are shown, as they stand in an editor, and as other programs read them. Pure. */
import { formatDate, formatStyledDate, zoneOf } from './dates';
import {
  type CellItem,
  type CellValue,
  type Choice,
  type Field,
  isEmpty,
  isFailure,
  isFile,
  isMore,
  isPlace,
  isRecord,
  itemsOf,
  type Named,
  type Place,
} from './model';
import { editableNumber, exportedNumber, formatAny, formatDuration, formatStyled } from './numbers';
import { type Shape, shapeOf } from './shape';

/** What people and groups are called. */
export interface Names {
  members: ReadonlyMap<string, Named>;
  groups: ReadonlyMap<string, Named>;
  /** Who is reading; null for a visitor. */
  me: string | null;
}
export const nobody: Names = { members: new Map(), groups: new Map(), me: null };

/** How values look to their reader. */
export interface Locale {
  /** BCP 47. */
  language: string;
  /** IANA name. */
  zone: string;
  names?: Names;
}

const degrees = (n: number) => String(Number(n.toFixed(6)));

/** `Airport (40.08, 116.58)`, latitude first as people write it. */
export function formatPlace({ name, latitude, longitude }: Place): string {
  const at = `${degrees(latitude)}, ${degrees(longitude)}`;
  return name ? `${name} (${at})` : at;
}

const byId = new WeakMap<readonly Choice[], Map<string, Choice>>();

/** A choice by its id; computed values may give its name instead. */
export function choiceOf(choices: readonly Choice[], item: CellItem): Choice | undefined {
  let index = byId.get(choices);
  if (!index) {
    index = new Map(choices.flatMap((choice) => [[choice.name, choice] as const]));
    for (const choice of choices) index.set(choice.id, choice);
    byId.set(choices, index);
  }
  return typeof item === 'string' ? index.get(item) : undefined;
}

function formatNumberItem(value: number, shape: Extract<Shape, { as: 'number' }>, language: string): string {
  if (!shape.days) return formatStyled(value, shape.style, language);
  // A span that came from dates counts days.
  if (shape.style?.format === 'duration') return formatDuration(value * 86_400, shape.style.precision);
  return formatStyled(value, shape.style, language);
}

/** One item of a cell as it is shown. */
export function formatItem(shape: Shape, item: CellItem, locale: Locale): string {
  if (isFailure(item)) return item.error;
  if (isMore(item)) return `+${item.more}`;
  const names = locale.names ?? nobody;
  switch (shape.as) {
    case 'number':
      return typeof item === 'number' ? formatNumberItem(item, shape, locale.language) : String(item);
    case 'date':
      return typeof item === 'string' || typeof item === 'number'
        ? formatStyledDate(item, shape.style, locale.language, locale.zone)
        : '';
    case 'choice':
      return choiceOf(shape.choices, item)?.name ?? String(item);
    case 'member':
      return names.members.get(String(item))?.name ?? unknownName(item);
    case 'group':
      return names.groups.get(String(item))?.name ?? unknownName(item);
    default:
      break;
  }
  if (isRecord(item)) return item.text;
  if (isFile(item)) return item.name;
  if (isPlace(item)) return item.name || formatPlace(item);
  if (item === true) return '✓';
  if (item === false) return '';
  if (typeof item === 'number') return formatAny(item, locale.language);
  return String(item);
}

/** Somebody of whom this reader knows nothing, such as a visitor of a link. */
function unknownName(item: CellItem): string {
  return typeof item === 'object' && 'id' in item && 'name' in item ? item.name : '—';
}

/** A cell as it is shown. */
export function formatCell(field: Field, value: CellValue, locale: Locale): string {
  const shape = shapeOf(field);
  if (shape.as === 'button') return field.type === 'button' ? field.label : '';
  if (shape.as !== 'checkbox' && isEmpty(value)) return '';
  return itemsOf(value)
    .map((item) => formatItem(shape, item, locale))
    .filter((text) => text !== '')
    .join(', ');
}

const quoted = (text: string) => (/[,;，；、\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A cell for other programs: numbers, dates and ticks in the form that spreadsheets read. */
export function plainCell(field: Field, value: CellValue, locale: Locale): string {
  if (field.type === 'checkbox') return value === true ? 'TRUE' : 'FALSE';
  const shape = shapeOf(field);
  if (shape.as === 'button' && typeof value === 'string') return value;
  const items = itemsOf(value).filter((item) => !isMore(item));
  const texts = items.map((item): string => {
    if (isFailure(item)) return item.error;
    if (shape.as === 'number' && typeof item === 'number') {
      const seconds = shape.days && shape.style?.format === 'duration' ? 86_400 : 1;
      return exportedNumber(item * seconds, shape.style);
    }
    if (typeof item === 'number') return String(item);
    if (typeof item === 'boolean') return item ? 'TRUE' : 'FALSE';
    if (shape.as === 'date' && typeof item === 'string') {
      return formatDate(item, shape.style.time && item.length > 10, zoneOf(shape.style, locale.zone));
    }
    if (isPlace(item)) return formatPlace(item);
    return formatItem(shape, item, locale);
  });
  const [only] = texts;
  return texts.length === 1 && only !== undefined ? only : texts.map(quoted).join(', ');
}

/** What stands in the text field when a cell begins to be edited. */
export function editableCell(field: Field, value: CellValue, locale: Locale): string {
  if (isEmpty(value)) return '';
  const shape = shapeOf(field);
  if (shape.as === 'number' && shape.style && typeof value === 'number') {
    return editableNumber(value, shape.style, locale.language);
  }
  if (shape.as === 'date' && typeof value === 'string') {
    return formatDate(value, shape.style.time, zoneOf(shape.style, locale.zone));
  }
  if (shape.as === 'place' && isPlace(value)) return formatPlace(value);
  return typeof value === 'string' ? value : plainCell(field, value, locale);
}
