/** What is wrong with a formula, in the language of who reads. The server says it in pieces. */
import i18next from 'i18next';
import { type FunctionTexts, paramName } from '../i18n/functions';
import type { ItemType } from './model';

export type MistakeFound =
  | { kind: 'end' }
  | { kind: 'table' }
  | { kind: 'source'; text: string }
  | { kind: 'value'; type: ItemType; list: boolean; table_name?: string };

/** The pieces of a message; which ones there are follows from the code. */
export interface MistakeParts {
  expected?: string;
  found?: MistakeFound;
  what?: string;
  close?: string;
  name?: string;
  table?: string;
  operator?: string;
  function?: string;
  param?: string;
  count?: number;
  least?: number;
  most?: number;
  together?: number;
  path?: readonly string[];
}

export interface FormulaMistake {
  code: string;
  /** In English. */
  message: string;
  /** In UTF-16 code units. */
  start: number;
  end: number;
  suggestion?: string;
  about: MistakeParts;
}

const say = (key: string, values?: object) => i18next.t(`field:mistake.${key}`, { ...values });

/** The sentence for a mistake; the server's own when its code is not known here. */
export function mistakeText({ code, message, about }: FormulaMistake, texts?: FunctionTexts | null): string {
  const key = code.replace(/^formula\./, '');
  if (!i18next.exists(`field:mistake.${key}`)) return message;
  return say(key, {
    ...about,
    expected: key === 'arguments' ? counts(about) : about.expected && say(`expects.${about.expected}`),
    found: about.found && found(about.found),
    what: about.what && say(`what.${about.what}`),
    path: about.path?.join(' → '),
    place: about.operator
      ? say('operator', { operator: about.operator })
      : say('param', { function: about.function, param: param(about, texts) }),
  });
}

/** The code of a failed computation, and what it means. */
export function failureText(error: string): string {
  const meaning = failureMeaning(error);
  return meaning ? `${error} ${meaning}` : error;
}

/** What the code of a failed computation means: the end of a sentence that begins with it. */
export function failureMeaning(error: string): string {
  const key = `field:error.${error.replaceAll(/[^A-Z0-9]/g, '')}`;
  return i18next.exists(key) ? i18next.t(key) : '';
}

const param = (about: MistakeParts, texts: FunctionTexts | null | undefined) =>
  paramName(texts, about.function ?? '', about.param ?? '');

function found(what: MistakeFound): string {
  if (what.kind !== 'value') return say(`found.${what.kind}`, what);
  return say(`${what.list ? 'list' : 'value'}.${what.type}`, { table: what.table_name ?? '' });
}

function counts({ least = 0, most, together }: MistakeParts): string {
  if (most === 0) return say('counts.none');
  if (most === least) return say('counts.exactly', { count: least });
  if (most !== undefined) return say('counts.range', { least, most });
  return together ? say('counts.together', { least, together }) : say('counts.least', { count: least });
}
