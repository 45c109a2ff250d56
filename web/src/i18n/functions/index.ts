/**
 * Help for the functions of formulas in the languages the server does not speak. Each language is a chunk of its own,
 * loaded when a formula is written.
 */
import type { Language } from '..';

export interface FunctionTexts {
  /** A sentence by function. */
  help: Readonly<Record<string, string>>;
  /** What parameters are called. */
  params: Readonly<Record<string, string>>;
  /** What they are called in a function where that differs. */
  own: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const loaders: Record<Exclude<Language, 'en'>, () => Promise<{ default: FunctionTexts }>> = {
  zh: () => import('./zh.json'),
  ja: () => import('./ja.json'),
};

/** Nothing in English: that is what the server says. */
export async function functionTexts(language: Language): Promise<FunctionTexts | null> {
  return language === 'en' ? null : (await loaders[language]()).default;
}

export function paramName(texts: FunctionTexts | null | undefined, name: string, param: string): string {
  return texts?.own[name]?.[param] ?? texts?.params[param] ?? param;
}
