/** A form as whoever fills it in gets it, and the requests about it. */
import { api } from '../data/client';

export interface Choice {
  id: string;
  name: string;
  color: string;
}

export type QuestionKind =
  | { type: 'text'; format?: 'plain' | 'long' | 'phone' | 'url' | 'email' | 'barcode' }
  | { type: 'number'; format?: string; precision?: number; max?: number }
  | { type: 'select' | 'multi_select'; choices: Choice[] }
  | { type: 'date'; time?: boolean }
  | { type: 'checkbox' | 'attachment' | 'location' }
  | { type: 'link' | 'member' | 'group'; multiple?: boolean };

export type Filter = { and: Filter[] } | { or: Filter[] } | { field: string; op: string; value?: unknown };

export interface Question {
  type: 'question';
  field: string;
  label: string;
  name: string;
  help: string;
  required: boolean;
  show?: Filter;
  blank: boolean;
  kind: QuestionKind;
  default?: unknown;
}
export type Item = Question | { type: 'heading'; title: string; text: string };
export interface Page {
  title: string;
  show?: Filter;
  items: Item[];
}
export interface Form {
  title: string;
  description: string;
  cover: 'none' | 'plain' | 'gradient' | 'waves';
  theme: string;
  pages: Page[];
  submit: string;
  once: boolean;
  revise: boolean;
  key: string;
  member: boolean;
  answered: boolean;
}
export type FormState =
  | { state: 'open'; form: Form }
  | { state: 'closed'; message: string }
  | { state: 'password' | 'sign_in' | 'members_only' };
export interface Thanks {
  text?: string;
  link?: string;
  label?: string;
}
export interface Submitted {
  key?: string;
  thanks: Thanks;
}
export type Answers = Readonly<Record<string, unknown>>;
export interface Offer {
  id: string;
  text: string;
}

export function formApi(token: string, pass: () => string | undefined) {
  const root = `/forms/${encodeURIComponent(token)}`;
  const headers = (): Record<string, string> => {
    const known = pass();
    return known ? { 'x-form-pass': known } : {};
  };
  return {
    get: () => api.get<FormState>(root, { headers: headers() }),
    open: (password: string) => api.post<{ pass: string }>(`${root}/open`, { password }),
    submit: (key: string, answers: Answers) =>
      api.post<Submitted>(`${root}/answers`, { key, answers }, { headers: headers() }),
    revise: (key: string, answers: Answers) =>
      api.put<Submitted>(`${root}/answers`, { key, answers }, { headers: headers() }),
    answers: (key: string) => api.get<{ answers: Answers }>(`${root}/answers/${key}`, { headers: headers() }),
    offers: (question: string, search: string, signal: AbortSignal) =>
      api.get<{ offers: Offer[] }>(`${root}/offers`, { query: { question, search }, headers: headers(), signal }),
  };
}
export type FormApi = ReturnType<typeof formApi>;
