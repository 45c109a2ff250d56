// What the tests do again and again: ways through the client, and a look at the API beside it.
import { readFile } from 'node:fs/promises';
import { type APIResponse, expect, type Locator, type Page } from '@playwright/test';

export const LIN = 'lin.xiao@wildgoose.example';
export const MAYA = 'maya.okafor@wildgoose.example';
export const SATO = 'sato.misaki@wildgoose.example';
export const TOM = 'tom.becker@wildgoose.example';

export interface Resource {
  id: string;
  name: string;
  kind: string;
}

/** Asks the API as the member of a page; whatever is no success fails the test. */
export async function call<T>(
  page: Page,
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  data?: unknown,
): Promise<T> {
  const answer = await page.request.fetch(`/api/v1${path}`, {
    method,
    headers: { origin: new URL(page.url()).origin },
    ...(data === undefined ? {} : { data }),
  });
  return json<T>(answer, `${method} ${path}`);
}

async function json<T>(answer: APIResponse, what: string): Promise<T> {
  const text = await answer.text();
  expect(answer.ok(), `${what}: ${answer.status()} ${text}`).toBe(true);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export interface Row {
  id: string;
  fields: Record<string, unknown>;
}

interface BaseShape {
  tables: { id: string; name: string; fields: { id: string; name: string }[] }[];
}

/** The base a page shows. */
export function baseOf(page: Page): string {
  const id = /\/base\/(res_[^/?]+)/.exec(page.url())?.[1];
  if (!id) throw new Error(`no base is open: ${page.url()}`);
  return id;
}

/** The records of a table as the server has them, by the names of their fields. */
export async function rowsOf(page: Page, tableName: string): Promise<Record<string, unknown>[]> {
  const base = baseOf(page);
  const { tables } = await call<BaseShape>(page, 'GET', `/bases/${base}`);
  const table = tables.find(({ name }) => name === tableName);
  if (!table) throw new Error(`no table ${tableName}`);
  const { items } = await call<{ items: Row[] }>(page, 'GET', `/bases/${base}/tables/${table.id}/records`);
  return items.map(({ fields }) => Object.fromEntries(table.fields.map(({ id, name }) => [name, fields[id]])));
}

/** Through the sign-in page, as people do it. */
export async function enterByPage(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/drive/);
}

/** A base of the list of all bases. */
export async function openBase(page: Page, name: string): Promise<void> {
  await page.goto('/bases');
  await page.getByRole('main').getByRole('link', { name }).click();
  await expect(page.locator('[data-grid-input]')).toBeAttached();
}

/** Gives a file to the button that asks for one. */
export async function chooseFile(page: Page, button: Locator, path: string, name: string, type: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await button.click();
  await (await chooser).setFiles({ name, mimeType: type, buffer: await readFile(path) });
}

/** The field that has the focus while the grid has it; its name says which cell is focused. */
export const focused = (page: Page) => page.locator('[data-grid-input]');

/** Focuses a cell, both counted from 0, by the keyboard. */
export async function focusCell(page: Page, column: number, row: number): Promise<void> {
  await page.locator('.dvn-scroller').click({ position: { x: 120, y: 52 } });
  await page.keyboard.press('Control+Home');
  for (let i = 0; i < row; i++) await page.keyboard.press('ArrowDown');
  for (let i = 0; i < column; i++) await page.keyboard.press('ArrowRight');
}

/** A cell as screen readers find it. */
export const cell = (page: Page, column: number, row: number) => page.locator(`#glide-cell-${column + 1}-${row}`);

/** Picks from a select field of a form. */
export async function pick(page: Page, field: Locator, option: string | RegExp): Promise<void> {
  await field.click();
  await page.getByRole('option', { name: option, exact: typeof option === 'string' }).click();
}

/** A toast, by a part of what it says. */
export const toast = (page: Page, text: string | RegExp) => page.getByRole('alert').filter({ hasText: text });
