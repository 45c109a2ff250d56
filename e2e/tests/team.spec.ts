// The whole job: a team imports its spreadsheet and edits it together, with nothing lost.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { cell, chooseFile, focusCell, focused, LIN, MAYA, openBase, pick, rowsOf, toast } from '../app';
import { expect, test } from '../fixtures';

const file = (name: string) => join(import.meta.dirname, '../files', name);
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Where the columns of visits.csv are. */
const SITE = 0;
const CITY = 1;
const HEIGHT = 2;

async function newBase(page: Page, name: string) {
  await page.goto('/drive/mine');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: 'New base' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/base\//);
  await expect(page.getByRole('heading', { name })).toBeVisible();
}

async function importFile(page: Page, name: string, type: string, check: () => Promise<void>) {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Import a file' }).click();
  const wizard = page.getByRole('dialog', { name: 'Import a file' });
  await chooseFile(page, wizard.getByRole('button', { name: 'Choose a file' }), file(name), name, type);
  await expect(wizard.getByRole('region', { name: 'Preview' })).toBeVisible();
  await check();
  await wizard.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(wizard.getByText('Import finished')).toBeVisible();
  await wizard.getByRole('button', { name: 'Show the table' }).click();
  await expect(wizard).toBeHidden();
}

/** Types over the focused cell as with an input method: a composition, then its text. */
async function compose(page: Page, sounds: string, text: string) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Input.imeSetComposition', {
    text: sounds,
    selectionStart: sounds.length,
    selectionEnd: sounds.length,
  });
  await devtools.send('Input.insertText', { text });
  await devtools.detach();
  await page.keyboard.press('Enter');
}

async function write(page: Page, column: number, row: number, text: string) {
  await focusCell(page, column, row);
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

test('a team imports its spreadsheet and edits it together', async ({ signIn, server }) => {
  const maya = await signIn({ email: MAYA, throughPage: true });
  const lin = await signIn({ email: LIN, language: 'zh' });

  await test.step('Maya makes a base and imports a file', async () => {
    await newBase(maya.page, 'Visits 2026');
    await importFile(maya.page, 'visits.csv', 'text/csv', async () => {
      const wizard = maya.page.getByRole('dialog', { name: 'Import a file' });
      await expect(wizard.getByText('about 10 rows')).toBeVisible();
      await expect(wizard.getByRole('combobox', { name: 'What becomes of column Height (m)' })).toHaveValue('Number');
      await expect(wizard.getByRole('combobox', { name: 'What becomes of column Visited' })).toHaveValue('Date');
      await expect(wizard.getByRole('combobox', { name: 'What becomes of column Checked' })).toHaveValue('Checkbox');
    });
    await expect(maya.page.getByText('10 records')).toBeVisible();
    await expect(cell(maya.page, SITE, 0)).toHaveText('Beijing Capital');
    await expect(cell(maya.page, HEIGHT, 0)).toHaveText('35');
  });

  await test.step('she shares it with Lin', async () => {
    await maya.page.getByRole('button', { name: 'Share', exact: true }).click();
    const dialog = maya.page.getByRole('dialog', { name: 'Share “Visits 2026”' });
    await dialog.getByRole('combobox', { name: 'Add people, departments or groups' }).fill('林晓');
    await maya.page.getByRole('option', { name: '林晓' }).click();
    await maya.page.keyboard.press('Escape');
    await pick(maya.page, dialog.getByRole('combobox', { name: 'Access to give' }), /^Can edit/);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByRole('listitem').filter({ hasText: '林晓' })).toContainText('Given here');
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('Lin opens it, and they see each other', async () => {
    await openBase(lin.page, 'Visits 2026');
    await lin.page.getByRole('button', { name: 'visits', exact: true }).click();
    await expect(lin.page.getByText('共 10 条记录')).toBeVisible();
    await expect(lin.page.getByRole('button', { name: '跳转到 Maya Okafor 的位置' })).toBeVisible();
    await focusCell(lin.page, CITY, 4);
    // Where Lin is takes a moment to arrive; until then the button leads to where Lin was.
    await expect(async () => {
      await maya.page.getByRole('button', { name: 'Go to where 林晓 is' }).click();
      await expect(focused(maya.page)).toHaveAccessibleName('City, row 5: Tokyo', { timeout: 500 });
    }).toPass();
  });

  await test.step('what Lin writes, Maya sees', async () => {
    await focusCell(lin.page, CITY, 0);
    await compose(lin.page, 'bei jing', '北京');
    await expect(cell(lin.page, CITY, 0)).toHaveText('北京');
    await expect(cell(maya.page, CITY, 0)).toHaveText('北京');
  });

  await test.step('Maya filters and sorts, and the shared view follows for Lin', async () => {
    await maya.page.getByRole('button', { name: 'Filter', exact: true }).click();
    await maya.page.getByRole('button', { name: 'Add condition' }).click();
    await pick(maya.page, maya.page.getByRole('combobox', { name: 'Field', exact: true }), 'Height (m)');
    await pick(maya.page, maya.page.getByRole('combobox', { name: 'Operator' }), 'is greater than');
    await maya.page.getByRole('textbox', { name: 'Value' }).fill('10');
    await expect(maya.page.getByText('6 records')).toBeVisible();
    await maya.page.keyboard.press('Escape');
    await maya.page.getByRole('button', { name: 'Sort', exact: true }).click();
    await maya.page.getByRole('button', { name: 'Add sort' }).click();
    await pick(maya.page, maya.page.getByRole('combobox', { name: 'Field to sort by' }), 'Height (m)');
    await maya.page.getByRole('radiogroup', { name: 'Direction' }).getByText('9 → 1').click();
    await maya.page.keyboard.press('Escape');
    for (const page of [maya.page, lin.page]) {
      await expect(cell(page, HEIGHT, 0)).toHaveText('143');
      await expect(cell(page, SITE, 5)).toHaveText('Tokyo Haneda');
    }
    await expect(lin.page.getByText('共 6 条记录')).toBeVisible();
  });

  await test.step('an undo of Maya is seen by Lin', async () => {
    await write(maya.page, SITE, 0, 'Leipzig');
    await expect(cell(lin.page, SITE, 0)).toHaveText('Leipzig');
    await maya.page.keyboard.press('Control+z');
    await expect(toast(maya.page, 'Undone: change of 1 record')).toBeVisible();
    await expect(cell(maya.page, SITE, 0)).toHaveText('Leipzig/Halle');
    await expect(cell(lin.page, SITE, 0)).toHaveText('Leipzig/Halle');
  });

  await test.step('Lin goes offline; two edits wait and are seen to wait', async () => {
    await lin.page.context().setOffline(true);
    await write(lin.page, CITY, 1, '柏林');
    await write(lin.page, CITY, 2, '成田');
    await expect(lin.page.getByRole('button', { name: '2 项修改待同步' })).toBeVisible();
    await expect(cell(lin.page, CITY, 2)).toHaveText('成田');
  });

  await test.step('the server crashes and comes back; Maya goes on by herself', async () => {
    await server.restart();
    await write(maya.page, CITY, 0, 'Schkeuditz');
    await expect.poll(() => citiesOf(maya.page)).toContain('Schkeuditz');
    await expect(maya.page.getByText('change waiting')).toBeHidden();
  });

  await test.step('Lin is back, and what waited arrives', async () => {
    await lin.page.context().setOffline(false);
    await expect(lin.page.getByText('项修改待同步')).toBeHidden();
    for (const page of [maya.page, lin.page]) {
      await expect(cell(page, CITY, 0)).toHaveText('Schkeuditz');
      await expect(cell(page, CITY, 1)).toHaveText('柏林');
      await expect(cell(page, CITY, 2)).toHaveText('成田');
    }
  });

  await test.step('nothing that was acknowledged is lost', async () => {
    const cities = await citiesOf(maya.page);
    expect(cities).toHaveLength(10);
    expect(cities).toEqual(expect.arrayContaining(['北京', '柏林', '成田', 'Schkeuditz', 'Shanghai']));
    await expect(lin.page.getByRole('button', { name: '跳转到 Maya Okafor 的位置' })).toBeVisible();
  });
});

async function citiesOf(page: Page): Promise<unknown[]> {
  return (await rowsOf(page, 'visits')).map((row) => row.City);
}

test('a sheet of an Excel file becomes a table', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await newBase(page, 'Meters');
  await importFile(page, 'meters.xlsx', SHEET, async () => {
    const wizard = page.getByRole('dialog', { name: 'Import a file' });
    await pick(page, wizard.getByRole('combobox', { name: 'Sheet' }), '检查');
    await expect(wizard.getByRole('region', { name: 'Preview' })).toContainText('佐藤 美咲');
  });
  await expect(page.getByText('3 records')).toBeVisible();
  await expect(cell(page, 1, 0)).toHaveText('林晓');
  expect(await rowsOf(page, '检查')).toContainEqual({ Site: 'Tokyo Haneda', 检查人: '佐藤 美咲' });
});
