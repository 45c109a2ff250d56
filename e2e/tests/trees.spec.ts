// Records under records: a link made for it, sub-records added and folded, comments counted at their rows.
import type { Page } from '@playwright/test';
import { call, cell, focusCell, focused, MAYA, type Resource, rowsOf } from '../app';
import { expect, type Person, test } from '../fixtures';

interface Base {
  tables: { id: string; name: string; fields: { id: string; name: string }[]; views: { id: string }[] }[];
}

const NAME = 0;

/** A base with three tasks. */
async function newTasks({ page }: Person): Promise<string> {
  await page.goto('/bases');
  const { id } = await call<Resource>(page, 'POST', '/resources', { kind: 'base', name: 'Tasks' });
  const first = (await call<Base>(page, 'GET', `/bases/${id}`)).tables[0];
  const table = `/bases/${id}/tables/${first?.id}`;
  for (const field of first?.fields.slice(1) ?? []) await call(page, 'DELETE', `${table}/fields/${field.id}`);
  const name = first?.fields[0]?.id ?? '';
  const records = ['Launch', 'Hire', 'Report'].map((title) => ({ fields: { [name]: title } }));
  await call(page, 'POST', `${table}/records`, { records });
  await page.goto(`/base/${id}`);
  await expect(page.locator('[data-grid-input]')).toBeAttached();
  await expect(page.getByText('3 records')).toBeVisible();
  return id;
}

/** The texts of the first column, line by line. */
async function expectLines(page: Page, lines: readonly string[]): Promise<void> {
  for (const [line, text] of lines.entries()) await expect(cell(page, NAME, line)).toHaveText(text);
  await expect(page.locator(`#glide-cell-1-${lines.length}`)).toHaveCount(0);
}

async function addUnder(page: Page, line: number, title: string): Promise<void> {
  await focusCell(page, NAME, line);
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Add sub-record' }).click();
  await page.keyboard.type(title);
  await page.keyboard.press('Enter');
}

test('records stand under records, are folded and added to, and say how many comments they have', async ({
  signIn,
}) => {
  const maya = await signIn({ email: MAYA });
  const { page } = maya;
  const base = await newTasks(maya);

  await test.step('she makes a parent field for sub-records', async () => {
    await page.getByRole('button', { name: 'Sub-records' }).click();
    await page.getByRole('button', { name: 'Create a parent field' }).click();
    await expect(page.getByRole('radio', { name: 'Parent' })).toBeChecked();
    await page.keyboard.press('Escape');
  });

  await test.step('what is added under a record stays there', async () => {
    await addUnder(page, 0, 'Invite');
    await expectLines(page, ['Launch', 'Invite', 'Hire', 'Report']);
    await addUnder(page, 1, 'Print');
    await addUnder(page, 0, 'Cater');
    await expectLines(page, ['Launch', 'Invite', 'Print', 'Cater', 'Hire', 'Report']);
    await expect(page.getByText('6 records')).toBeVisible();
  });

  await test.step('keys and presses fold what is under a record, which is kept', async () => {
    await focusCell(page, NAME, 1);
    await page.keyboard.press('ArrowLeft');
    await expectLines(page, ['Launch', 'Invite', 'Cater', 'Hire', 'Report']);
    await page.locator('.dvn-scroller').click({ position: { x: 46 + 14, y: 36 + 17 } });
    await expectLines(page, ['Launch', 'Hire', 'Report']);
    await page.reload();
    await expectLines(page, ['Launch', 'Hire', 'Report']);
    await focusCell(page, NAME, 0);
    await page.keyboard.press('Alt+Shift+ArrowDown');
    await expectLines(page, ['Launch', 'Invite', 'Print', 'Cater', 'Hire', 'Report']);
  });

  await test.step('undo takes the last one back', async () => {
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect(page.getByText('5 records')).toBeVisible();
    await expectLines(page, ['Launch', 'Invite', 'Print', 'Hire', 'Report']);
  });

  await test.step('a comment is counted at its row and opened from there', async () => {
    const [table] = (await call<Base>(page, 'GET', `/bases/${base}`)).tables;
    const rows = await call<{ items: { id: string }[] }>(page, 'GET', `/bases/${base}/tables/${table?.id}/records`);
    const comments = `/bases/${base}/tables/${table?.id}/records/${rows.items[0]?.id}/comments`;
    await call(page, 'POST', comments, { text: 'Which hall?' });
    await expect(async () => {
      const { x, y, width } = await page.locator('.dvn-scroller').evaluate((grid) => {
        const box = grid.getBoundingClientRect();
        return { x: box.x, y: box.y, width: 260 };
      });
      await page.mouse.click(x + 46 + width - 46, y + 36 + 17);
      await expect(page.getByText('Which hall?')).toBeVisible({ timeout: 1000 });
    }).toPass();
  });
  await expect(focused(page)).toBeAttached();
  expect(await rowsOf(page, 'Table 1').then((rows) => rows.length)).toBe(5);
});
