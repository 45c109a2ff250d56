// A dashboard made in the client: it follows the records within a second in another browser, leads to the records behind
// its parts, and what is done to it is taken back.
import type { Locator, Page } from '@playwright/test';
import { call, MAYA, type Resource } from '../app';
import { expect, type Person, test } from '../fixtures';

interface Base {
  tables: { id: string; fields: { id: string; name: string }[] }[];
}

interface Sales {
  base: string;
  table: string;
  title: string;
  region: string;
}

/** A base with three sales in two regions. */
async function newSales({ page }: Person): Promise<Sales> {
  await page.goto('/bases');
  const { id } = await call<Resource>(page, 'POST', '/resources', { kind: 'base', name: 'Sales' });
  const first = (await call<Base>(page, 'GET', `/bases/${id}`)).tables[0];
  const table = `/bases/${id}/tables/${first?.id}`;
  const choices = [{ name: 'North' }, { name: 'South' }];
  const region = await call<{ field: { id: string } }>(page, 'POST', `${table}/fields`, {
    name: 'Region',
    type: 'select',
    choices,
  });
  const sales = { base: id, table, title: first?.fields[0]?.id ?? '', region: region.field.id };
  for (const [title, where] of [
    ['Pumps', 'North'],
    ['Hoses', 'North'],
    ['Signs', 'South'],
  ] as const) {
    await sell(page, sales, title, where);
  }
  return sales;
}

async function sell(page: Page, { table, title, region }: Sales, name: string, where: string): Promise<void> {
  const records = [{ fields: { [title]: name, [region]: where } }];
  await call(page, 'POST', `${table}/records`, { records });
}

const widget = (page: Page, name: string): Locator => page.getByRole('region', { name });

async function add(page: Page, what: string): Promise<void> {
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: what }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(widget(page, what)).toBeVisible();
}

/** The numbers of a chart by its groups, as screen readers find them. */
async function expectNumbers(chart: Locator, rows: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(rows)) {
    await expect(chart.getByRole('row', { name: new RegExp(name) }).getByRole('cell')).toHaveText(value);
  }
}

test('a dashboard follows the records within a second, and leads to them', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const { page } = maya;
  const sales = await newSales(maya);
  await page.goto(`/base/${sales.base}`);

  await test.step('she makes it beside the tables and puts a number and a chart on it', async () => {
    await page.getByRole('button', { name: 'Add table' }).click();
    await page.getByRole('menuitem', { name: 'Dashboard' }).click();
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByText('Nothing is on this dashboard yet')).toBeVisible();
    await add(page, 'Number');
    await add(page, 'Column chart');
    await expect(widget(page, 'Number')).toContainText('3');
    await expectNumbers(widget(page, 'Column chart'), { North: '2', South: '1' });
  });

  const other = await signIn({ email: MAYA });
  await test.step('a new record moves both in another browser within a second', async () => {
    await other.page.goto(page.url());
    await expect(widget(other.page, 'Number')).toContainText('3');
    await expectNumbers(widget(other.page, 'Column chart'), { North: '2' });
    await sell(page, sales, 'Tanks', 'South');
    const soon = { timeout: 1_000 };
    await expect(widget(other.page, 'Number')).toContainText('4', soon);
    await expect(widget(other.page, 'Column chart').getByRole('row', { name: /South/ }).getByRole('cell')).toHaveText(
      '2',
      soon,
    );
  });

  await test.step('a part of the chart leads to its records', async () => {
    await widget(page, 'Column chart').getByRole('button', { name: 'North' }).press('Enter');
    const drawer = page.getByRole('dialog', { name: /North/ });
    await expect(drawer.getByText('2 records')).toBeVisible();
    await expect(drawer.getByRole('button', { name: /Hoses/ })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('it is moved by keyboard, and undo puts it back, for others as well', async () => {
    const places = () =>
      call<{ dashboard: { widgets: { x: number; w: number }[] } }>(
        page,
        'GET',
        page.url().replace(/.*\/base\/(res_\w+)\/(dsh_\w+).*/, '/bases/$1/dashboards/$2'),
      ).then(({ dashboard }) => dashboard.widgets.map(({ x, w }) => [x, w]));
    const before = await places();
    await page.getByRole('button', { name: 'Menu of Number' }).focus();
    await page.keyboard.press('Alt+Shift+ArrowRight');
    await expect.poll(places).not.toEqual(before);
    await page.keyboard.press('Control+z');
    await expect.poll(places).toEqual(before);
    await page.getByRole('button', { name: 'Menu of Column chart' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await expect(widget(other.page, 'Column chart')).toHaveCount(0);
    await page.keyboard.press('Control+z');
    await expect(widget(other.page, 'Column chart')).toBeVisible();
  });
});
