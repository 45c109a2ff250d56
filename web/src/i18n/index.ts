/**
 * Languages: which there are, how one is chosen and loaded. A language is a lazily loaded chunk of strings, and another for each part of
 * the client that comes later; i18next's namespaces are the file names.
 */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = ['en', 'zh', 'ja'] as const;
export type Language = (typeof languages)[number];
export const languageNames: Record<Language, string> = { en: 'English', zh: '简体中文', ja: '日本語' };

type Strings = Record<string, Record<string, unknown>>;
const loaders: Record<Language, () => Promise<{ default: Strings }>> = {
  en: () => import('./en'),
  zh: () => import('./zh'),
  ja: () => import('./ja'),
};
/** What comes later, with the module that says it. */
const parts = {
  tables: { en: () => import('./en/tables'), zh: () => import('./zh/tables'), ja: () => import('./ja/tables') },
} as const satisfies Record<string, Record<Language, () => Promise<{ default: Strings }>>>;
type Part = keyof typeof parts;
/** The parts that are in use, in whichever language. */
const used = new Set<Part>();

const htmlLang: Record<Language, string> = { en: 'en', zh: 'zh-CN', ja: 'ja' };
const stored = 'skein.language';

export function isLanguage(value: unknown): value is Language {
  return languages.includes(value as Language);
}

/** The language before anybody has signed in: the one used last here, else the first of the browser's we speak. */
export function guessLanguage(): Language {
  const last = localStorage.getItem(stored);
  if (isLanguage(last)) return last;
  for (const tag of navigator.languages) {
    const short = tag.slice(0, 2).toLowerCase();
    if (isLanguage(short)) return short;
  }
  return 'en';
}

/** The BCP 47 tag to format dates and numbers with. */
export function locale(): string {
  return htmlLang[currentLanguage()];
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'en';
}

function add(language: Language, strings: Strings) {
  for (const [namespace, bundle] of Object.entries(strings)) {
    if (!i18next.hasResourceBundle(language, namespace)) i18next.addResourceBundle(language, namespace, bundle);
  }
}

async function load(language: Language) {
  const all = [loaders[language], ...[...used].map((part) => parts[part][language])];
  for (const { default: strings } of await Promise.all(all.map((get) => get()))) add(language, strings);
}

/** Loads what a part of the client says, now and whenever the language changes. */
export async function loadStrings(part: Part): Promise<void> {
  used.add(part);
  const language = currentLanguage();
  add(language, (await parts[part][language]()).default);
}

/** Switches at once, without reloading the page. */
export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(stored, language);
  if (i18next.language === language) return;
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = htmlLang[language];
}

export async function initI18n(language: Language = guessLanguage()): Promise<void> {
  const { default: resources } = await loaders[language]();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: resources },
    defaultNS: 'common',
    fallbackLng: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  document.documentElement.lang = htmlLang[language];
}
