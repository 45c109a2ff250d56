/** Which questions are shown while a form is filled in. The server decides again by the same rules (form_rules.rs). */
import type { Answers, Filter, Form, Page, Question } from './model';

const isBlank = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const fold = (text: unknown) => (typeof text === 'string' ? text.toLowerCase() : undefined);

const picked = (answer: unknown): unknown[] => (Array.isArray(answer) ? answer : isBlank(answer) ? [] : [answer]);

/** Dates as their instants, numbers as they are. */
function amount(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function compares(op: string, answer: unknown, value: unknown): boolean {
  const [left, right] = [amount(answer), amount(value)];
  if (left === undefined || right === undefined) return false;
  if (op === 'gt') return left > right;
  if (op === 'gte') return left >= right;
  return op === 'lt' ? left < right : left <= right;
}

function same(answer: unknown, value: unknown): boolean {
  // No answer to a yes or no is a no.
  if (typeof value === 'boolean') return (answer === true) === value;
  if (typeof value === 'string') return typeof answer === 'string' && fold(answer) === fold(value);
  return answer === value;
}

function holdsOf(op: string, answer: unknown, value: unknown): boolean {
  const wanted = Array.isArray(value) ? value : [value];
  switch (op) {
    case 'empty':
    case 'not_empty':
      return isBlank(answer) === (op === 'empty');
    case 'is':
    case 'is_not':
      return same(answer, value) === (op === 'is');
    case 'contains':
    case 'not_contains':
      return (fold(answer)?.includes(fold(value) ?? '') ?? false) === (op === 'contains');
    case 'any_of':
    case 'none_of':
      return wanted.some((one) => picked(answer).includes(one)) === (op === 'any_of');
    case 'all_of':
      return wanted.every((one) => picked(answer).includes(one));
    default:
      return compares(op, answer, value);
  }
}

export function holds(filter: Filter | undefined, known: Answers): boolean {
  if (!filter) return true;
  if ('and' in filter) return filter.and.every((part) => holds(part, known));
  if ('or' in filter) return filter.or.length === 0 || filter.or.some((part) => holds(part, known));
  return holdsOf(filter.op, known[filter.field], filter.value);
}

/** The pages that are shown with what is shown on them, and the answers that count. */
export function shown(form: Pick<Form, 'pages'>, answers: Answers): { pages: Page[]; answers: Answers } {
  const known: Record<string, unknown> = {};
  const visible = (item: Question) => {
    if (!holds(item.show, known)) return false;
    const answer = answers[item.field];
    if (!isBlank(answer)) known[item.field] = answer;
    return true;
  };
  const pages: Page[] = [];
  for (const page of form.pages) {
    if (!holds(page.show, known)) continue;
    pages.push({ ...page, items: page.items.filter((item) => item.type === 'heading' || visible(item)) });
  }
  return { pages, answers: known };
}

/** The questions of a page that must be answered and are not. */
export const missing = (page: Page, answers: Answers): string[] =>
  page.items.flatMap((item) => {
    if (item.type === 'heading' || !item.required) return [];
    const answer = answers[item.field];
    return isBlank(answer) || answer === false ? [item.field] : [];
  });
