// Records in groups: chosen in the toolbar, folded, added to, told of; what is edited stays until one goes on.
import type { Page } from '@playwright/test';
import { baseOf, call, cell, focused, MAYA, pick, type Resource, rowsOf } from '../app';
import { expect, type Person, test } from '../fixtures';

interface Field {
  id: string;
  name: string;
  choices?: { id: string; name: string }[];
}
interface Base {
  tables: { id: string; name: string; fields: Field[]; views: { id: string }[] }[];
}

const NAME = 0;
const STATE = 1;
const COST = 2;

/** A base with four visits in two states. */
async function newVisits({ page }: Person): Promise<string> {
  await page.goto('/bases');
  const { id } = await call<Resource>(page, 'POST', '/resources', { kind: 'base', name: 'Grouped visits' });
  const first = (await call<Base>(page, 'GET', `/bases/${id}`)).tables[0];
  const table = `/bases/${id}/tables/${first?.id}`;
  for (const field of first?.fields.slice(1) ?? []) await call(page, 'DELETE', `${table}/fields/${field.id}`);
  const choices = [
    { name: 'Planned', color: 'blue' },
    { name: 'Done', color: 'green' },
  ];
  await call(page, 'POST', `${table}/fields`, { name: 'State', type: 'select', choices });
  await call(page, 'POST', `${table}/fields`, { name: 'Cost', type: 'number' });
  const fields = (await call<Base>(page, 'GET', `/bases/${id}`)).tables[0]?.fields ?? [];
  const of = (name: string) => fields.find((field) => field.name === name) as Field;
  const state = (name: string) => of('State').choices?.find((choice) => choice.name === name)?.id;
  const name = fields[0]?.id ?? '';
  const records = [
    ['Shanghai', 'Planned', 10],
    ['Berlin', 'Done', 20],
    ['Osaka', 'Planned', 30],
    ['Austin', 'Done', 40],
  ].map(([city, is, cost]) => ({
    fields: { [name]: city, [of('State').id]: state(is as string), [of('Cost').id]: cost },
  }));
  await call(page, 'POST', `${table}/records`, { records });
  await page.goto(`/base/${id}`);
  await expect(page.locator('[data-grid-input]')).toBeAttached();
  await expect(page.getByText('4 records')).toBeVisible();
  return id;
}

/** The texts of the first column, line by line. */
async function expectLines(page: Page, lines: readonly (string | RegExp)[]): Promise<void> {
  for (const [line, text] of lines.entries()) await expect(cell(page, NAME, line)).toHaveText(text);
  await expect(page.locator(`#glide-cell-1-${lines.length}`)).toHaveCount(0);
}

async function groupBy(page: Page, ...fields: string[]): Promise<void> {
  await page.getByRole('button', { name: 'Group', exact: true }).click();
  for (const [i, field] of fields.entries()) {
    await page.getByRole('button', { name: 'Add a level' }).click();
    await pick(page, page.getByRole('combobox', { name: 'Field of the level' }).nth(i), field);
  }
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox', { name: 'Field of the level' })).toHaveCount(0);
}

/** Presses a line in its first column. */
async function pressLine(page: Page, line: number): Promise<void> {
  await page.locator('.dvn-scroller').click({ position: { x: 150, y: 36 + 34 * line + 17 } });
}

async function summarise(page: Page, field: string, what: string): Promise<void> {
  await page.getByRole('toolbar', { name: 'Summaries' }).getByRole('button', { name: field }).click();
  await page.getByRole('menuitem', { name: what, exact: true }).click();
}

test('records are grouped, folded, added to a group and summed up', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const { page } = maya;
  const base = await newVisits(maya);

  await test.step('she groups by state and sees what each costs', async () => {
    await groupBy(page, 'State');
    await expectLines(page, [
      'Planned (2)',
      'Shanghai',
      'Osaka',
      'New record',
      'Done (2)',
      'Berlin',
      'Austin',
      'New record',
    ]);
    await summarise(page, 'Cost', 'Sum');
    await expect(cell(page, COST, 0)).toHaveText('40');
    await expect(cell(page, COST, 4)).toHaveText('60');
    await expect(page.getByRole('button', { name: 'Cost: Sum 100' })).toBeVisible();
    await expect(page.getByText('4 records')).toBeVisible();
  });

  await test.step('a press folds a group, a key opens it', async () => {
    await pressLine(page, 0);
    await expectLines(page, ['Planned (2)', 'Done (2)', 'Berlin', 'Austin', 'New record']);
    await page.keyboard.press('Enter');
    await expect(cell(page, NAME, 1)).toHaveText('Shanghai');
    await page.keyboard.press('Alt+Shift+ArrowUp');
    await expectLines(page, ['Planned (2)', 'Done (2)']);
    await page.keyboard.press('Alt+Shift+ArrowDown');
    await expect(cell(page, NAME, 7)).toHaveText('New record');
  });

  await test.step('keys go from record to record', async () => {
    await page.keyboard.press('Control+Home');
    await expect(focused(page)).toHaveAccessibleName(/Shanghai/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(focused(page)).toHaveAccessibleName(/Berlin/);
    await page.keyboard.press('ArrowUp');
    await expect(focused(page)).toHaveAccessibleName(/Osaka/);
  });

  await test.step('a record made in a group has its value', async () => {
    await pressLine(page, 7);
    await page.keyboard.type('Lagos');
    await page.keyboard.press('Tab');
    await expectLines(page, [
      'Planned (2)',
      'Shanghai',
      'Osaka',
      'New record',
      'Done (3)',
      'Berlin',
      'Austin',
      'Lagos',
      'New record',
    ]);
    await expect(cell(page, STATE, 7)).toHaveText('Done');
    await page.keyboard.press('Tab');
    await page.keyboard.type('5');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Cost: Sum 105' })).toBeVisible();
    await expect.poll(async () => (await rowsOf(page, 'Table 1')).map(({ Cost }) => Cost)).toContain(5);
  });

  await test.step('what she edits stays in its place until she goes on', async () => {
    await page.keyboard.press('Control+Home');
    await expect(focused(page)).toHaveAccessibleName(/Shanghai/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type('Done');
    await page.keyboard.press('Tab');
    await expect(cell(page, NAME, 4)).toHaveText('Done (4)');
    await expect(cell(page, NAME, 1)).toHaveText('Shanghai');
    await page.keyboard.press('ArrowDown');
    await expect(cell(page, NAME, 1)).toHaveText('Osaka');
    await expect(focused(page)).toHaveAccessibleName(/Cost.*30/);
    await expect(cell(page, NAME, 4)).toHaveText('Shanghai');
  });

  await test.step('grouping is undone and done again', async () => {
    await page.getByRole('button', { name: 'Grouped by 1 field' }).click();
    await page.getByRole('button', { name: 'Do not group' }).click();
    await page.keyboard.press('Escape');
    await expect(cell(page, NAME, 0)).toHaveText('Shanghai');
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(cell(page, NAME, 0)).toHaveText('Planned (1)');
  });

  await test.step('two levels, in the order she wants', async () => {
    await page.getByRole('button', { name: 'Grouped by 1 field' }).click();
    await page.getByRole('button', { name: 'Add a level' }).click();
    await pick(page, page.getByRole('combobox', { name: 'Field of the level' }).nth(1), 'Cost');
    await expect(cell(page, NAME, 1)).toHaveText('30 (1)');
    await page.getByRole('button', { name: 'Move: drag, or Alt with the arrow keys' }).nth(1).press('Alt+ArrowUp');
    await expect(cell(page, NAME, 0)).toHaveText('5 (1)');
    await expect(cell(page, NAME, 1)).toHaveText('Done (1)');
  });

  expect(baseOf(page)).toBe(base);
});
