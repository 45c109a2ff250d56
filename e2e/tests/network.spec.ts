// The demo company's base of linked tables, as somebody meets it who has never seen it.
import type { Page } from '@playwright/test';
import { baseOf, call, cell, LIN, MAYA, openBase, type Row, rowsOf } from '../app';
import { expect, test } from '../fixtures';

const BASE = 'Charging network';

interface Table {
  id: string;
  name: string;
  fields: { id: string; name: string }[];
}

const table = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Tables' }).getByRole('button', { name, exact: true });

async function view(page: Page, from: string, to: string) {
  await page.getByRole('button', { name: `View: ${from}`, exact: true }).click();
  await page.getByRole('menuitem', { name: `Grid ${to}`, exact: true }).click();
  await expect(page.getByRole('button', { name: `View: ${to}`, exact: true })).toBeVisible();
}

test('regions add up what their stations earn', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await openBase(page, BASE);
  await expect(page.getByText('15 records')).toBeVisible();
  await expect(cell(page, 0, 0)).toHaveText('中国');
  const regions = await rowsOf(page, 'Regions');
  const whole = regions.find(({ Region }) => Region === 'Europe');
  const parts = ['Deutschland Nord', 'Deutschland Süd', 'Nederland'].map((name) =>
    regions.find(({ Region }) => Region === name),
  );
  const revenue = (row: Record<string, unknown> | undefined) => Number(row?.Revenue);
  expect(revenue(whole)).toBeGreaterThan(0);
  expect(revenue(whole)).toBe(parts.map(revenue).reduce((sum, one) => sum + one, 0));
});

test('a changed station is in the revenue of its region at once', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN, language: 'zh' });
  await openBase(lin.page, BASE);
  await openBase(page, BASE);
  const base = baseOf(page);
  const revenue = async () =>
    Number((await rowsOf(page, 'Regions')).find(({ Region }) => Region === 'California')?.Revenue);
  const before = await revenue();
  await table(page, 'Stations').click();
  await expect(page.getByText('330 records')).toBeVisible();
  const { tables } = await call<{ tables: Table[] }>(page, 'GET', `/bases/${base}`);
  const stations = tables.find(({ name }) => name === 'Stations');
  const id = (name: string) => stations?.fields.find((field) => field.name === name)?.id ?? '';
  const records = `/bases/${base}/tables/${stations?.id}/records`;
  const filter = encodeURIComponent(JSON.stringify({ field: id('Station'), op: 'is', value: 'San Francisco Airport' }));
  const { items } = await call<{ items: Row[] }>(page, 'GET', `${records}?filter=${filter}`);
  const [station] = items;
  const earned = Number(station?.fields[id('Revenue')] ?? 0);
  await call(page, 'PATCH', records, {
    records: [{ id: station?.id, fields: { [id('Revenue')]: earned + 1_000_000 } }],
  });
  expect(await revenue()).toBe(before + 1_000_000);
  const shown = `€${(before + 1_000_000).toLocaleString('en-US')}`;
  await expect(lin.page.getByText(shown).first()).toBeAttached();
  await call(page, 'POST', `/bases/${base}/undo`, {});
  expect(await revenue()).toBe(before);
});

test('saved views answer what people ask every day', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await openBase(page, BASE);
  await table(page, 'Contracts').click();
  await view(page, 'All contracts', 'To renew in 60 days');
  const due = page.getByText(/^\d+ records$/);
  await expect(due).not.toHaveText('0 records');
  expect(Number.parseInt(await due.innerText(), 10)).toBeLessThan(100);
  await table(page, 'Visits').click();
  await view(page, 'All visits', 'My visits');
  await expect(cell(page, 4, 0)).toHaveText('Maya Okafor');
  await expect(cell(page, 4, 1)).toHaveText('Maya Okafor');
});
