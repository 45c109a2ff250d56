/** What was typed into a form, kept on the device until it is sent. */
import type { Answers, Form } from './model';

export interface Draft {
  key: string;
  answers: Answers;
  /** It was sent and no answer came: it is sent again. */
  queued?: boolean;
}

const place = (token: string) => `skein.form.${token}`;
const doneAt = (token: string) => `skein.form.${token}.done`;

/** A store that is full or forbidden keeps nothing; the form works without. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

export const drafts = {
  read: (token: string): Draft | undefined =>
    quietly(() => {
      const draft = JSON.parse(localStorage.getItem(place(token)) ?? 'null') as Draft | null;
      return draft && typeof draft.key === 'string' && typeof draft.answers === 'object' ? draft : undefined;
    }),
  write: (token: string, draft: Draft) => quietly(() => localStorage.setItem(place(token), JSON.stringify(draft))),
  clear: (token: string) => quietly(() => localStorage.removeItem(place(token))),
  /** Of a form for once: that this browser has answered it, and with which key. */
  done: (token: string) => quietly(() => localStorage.getItem(doneAt(token))) ?? undefined,
  finish: (token: string, key: string) => quietly(() => localStorage.setItem(doneAt(token), key)),
};

/** What an address answers beforehand, in the form of the types that can be written in one. */
export function prefilled(form: Form, search: URLSearchParams): { answers: Answers; hidden: ReadonlySet<string> } {
  const answers: Record<string, unknown> = {};
  const hidden = new Set<string>();
  for (const item of form.pages.flatMap((page) => page.items)) {
    if (item.type === 'heading') continue;
    const said = (what: string) => search.get(`${what}_${item.field}`) ?? search.get(`${what}_${item.name}`);
    if (item.default !== undefined && item.default !== null) answers[item.field] = item.default;
    if (said('hide') === '1') hidden.add(item.field);
    const text = item.blank ? null : said('prefill');
    const value = text === null ? undefined : read(item.kind, text);
    if (value !== undefined) answers[item.field] = value;
  }
  return { answers, hidden };
}

function read(kind: import('./model').QuestionKind, text: string): unknown {
  switch (kind.type) {
    case 'text':
      return text;
    case 'number': {
      const number = Number(text);
      return text.trim() === '' || Number.isNaN(number) ? undefined : number;
    }
    case 'checkbox':
      return text === 'true' || text === '1';
    case 'date':
      return Number.isNaN(Date.parse(text)) ? undefined : kind.time ? new Date(text).toISOString() : text.slice(0, 10);
    case 'select':
      return choice(kind.choices, text);
    case 'multi_select': {
      const picked = text.split(',').flatMap((part) => choice(kind.choices, part.trim()) ?? []);
      return picked.length > 0 ? picked : undefined;
    }
    default:
      return undefined;
  }
}

const choice = (choices: { id: string; name: string }[], text: string) =>
  choices.find((one) => one.id === text || one.name.toLowerCase() === text.toLowerCase())?.id;
