// Kanban and gallery: cards in columns dragged, keyed and made, seen by somebody else as they move; pictures side by side.
import type { Page } from '@playwright/test';
import { call, LIN, MAYA, type Resource, rowsOf } from '../app';
import { expect, type Person, test } from '../fixtures';

/** A base with tasks in three states, shared with Lin. */
async function newTasks({ page }: Person, other: Person): Promise<{ base: string; table: string }> {
  await page.goto('/bases');
  const { id: base } = await call<Resource>(page, 'POST', '/resources', { kind: 'base', name: 'Sprint' });
  const { member } = await call<{ member: { id: string } }>(other.page, 'GET', '/me');
  await call(page, 'PUT', `/resources/${base}/grants`, {
    subject: { kind: 'member', id: member.id },
    role: 'edit',
  });
  const { table } = await call<{ table: { id: string } }>(page, 'POST', `/bases/${base}/tables`, {
    name: 'Tasks',
    fields: [
      { name: 'Task', type: 'text' },
      {
        name: 'State',
        type: 'select',
        choices: [
          { name: 'Todo', color: 'gray' },
          { name: 'Doing', color: 'blue' },
          { name: 'Done', color: 'green' },
        ],
      },
      { name: 'Hours', type: 'number', precision: 0 },
    ],
  });
  await call(page, 'POST', `/bases/${base}/tables/${table.id}/records?by=name`, {
    records: [
      { fields: { Task: 'Paint', State: 'Todo', Hours: 3 } },
      { fields: { Task: 'Wire', State: 'Todo', Hours: 5 } },
      { fields: { Task: 'Plan', State: 'Doing', Hours: 2 } },
      { fields: { Task: 'Dream' } },
    ],
  });
  return { base, table: table.id };
}

const column = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const card = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });

async function expectCards(page: Page, name: string, cards: readonly string[]): Promise<void> {
  const shown = column(page, name).getByRole('listitem');
  await expect(shown).toHaveCount(cards.length);
  for (const [at, text] of cards.entries()) await expect(shown.nth(at)).toContainText(text);
}

async function drag(page: Page, name: string, to: string): Promise<void> {
  const from = await card(page, name).boundingBox();
  const into = await column(page, to).boundingBox();
  if (!from || !into) throw new Error('there is nothing to drag');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width / 2 + 20, from.y + from.height / 2 + 10, { steps: 4 });
  await page.mouse.move(into.x + into.width / 2, into.y + 120, { steps: 10 });
  await page.mouse.up();
}

test('cards move between columns for everybody at once', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN });
  const { base, table } = await newTasks(maya, lin);
  const { page } = maya;
  await page.goto(`/base/${base}/${table}`);

  await test.step('she makes a kanban of the table', async () => {
    await page.getByRole('button', { name: /^View:/ }).click();
    await page.getByRole('menuitem', { name: 'New view' }).click();
    await page.getByRole('radio', { name: 'Kanban' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await expectCards(page, 'Todo', ['Paint', 'Wire']);
    await expectCards(page, 'Doing', ['Plan']);
    await expectCards(page, 'Done', []);
    await expectCards(page, 'No State', ['Dream']);
  });

  await lin.page.goto(page.url());
  await expectCards(lin.page, 'Todo', ['Paint', 'Wire']);

  await test.step('a card is dragged, and undone', async () => {
    await drag(page, 'Paint', 'Doing');
    for (const one of [page, lin.page]) {
      await expectCards(one, 'Todo', ['Wire']);
      await expectCards(one, 'Doing', ['Paint', 'Plan']);
    }
    await page.keyboard.press('Control+z');
    for (const one of [page, lin.page]) {
      await expectCards(one, 'Todo', ['Paint', 'Wire']);
      await expectCards(one, 'Doing', ['Plan']);
    }
  });

  await test.step('the other one moves a card by keys, and opens it', async () => {
    await card(lin.page, 'Wire').focus();
    await lin.page.keyboard.press('Control+ArrowRight');
    await expectCards(page, 'Doing', ['Wire', 'Plan']);
    await expect(card(lin.page, 'Wire')).toBeFocused();
    await lin.page.keyboard.press('Enter');
    await expect(lin.page.getByRole('complementary', { name: 'Record' })).toContainText('Wire');
    await lin.page.keyboard.press('Escape');
  });

  await test.step('with a field for it, cards stand where they are put', async () => {
    await page.getByRole('toolbar').getByRole('button', { name: 'Kanban', exact: true }).click();
    const make = page.getByRole('button', { name: 'Create a field for it' });
    await make.click();
    await expect(make).toHaveCount(0);
    await page.keyboard.press('Escape');
    await card(lin.page, 'Wire').focus();
    await lin.page.keyboard.press('Control+ArrowDown');
    for (const one of [page, lin.page]) await expectCards(one, 'Doing', ['Plan', 'Wire']);
  });

  await test.step('a card made in a column has its value', async () => {
    await column(page, 'Done').getByRole('button', { name: 'New card', exact: true }).click();
    await page.keyboard.type('Ship');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    for (const one of [page, lin.page]) await expectCards(one, 'Done', ['Ship']);
    const rows = await rowsOf(page, 'Tasks');
    expect(rows.find((row) => row.Task === 'Ship')?.State).toBeTruthy();
  });

  await test.step('a new column is a new choice; limits and hidden columns are seen by both', async () => {
    await page.getByRole('button', { name: 'Add column' }).click();
    await page.keyboard.type('Blocked');
    await page.keyboard.press('Enter');
    await expect(column(lin.page, 'Blocked')).toBeVisible();
    await page.getByRole('button', { name: 'Menu of column Doing' }).click();
    await page.getByRole('menuitem', { name: 'Set a limit…' }).click();
    await page.getByLabel('Cards at most').fill('1');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(column(lin.page, 'Doing').getByTitle('More than the limit of 1')).toHaveText('2 / 1');
    await page.getByRole('button', { name: 'Menu of column Blocked' }).click();
    await page.getByRole('menuitem', { name: 'Hide column' }).click();
    await expect(column(lin.page, 'Blocked')).toHaveCount(0);
    await expect(lin.page.getByRole('button', { name: '1 hidden', exact: true })).toBeVisible();
  });
});

test('a gallery shows cards side by side and goes from one to the next by keys', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN });
  const { base, table } = await newTasks(maya, lin);
  const { page } = maya;
  const made = await call<{ view: { id: string } }>(page, 'POST', `/bases/${base}/tables/${table}/views`, {
    name: 'Cards',
    kind: { type: 'gallery', size: 'small' },
  });
  await page.goto(`/base/${base}/${table}/${made.view.id}`);
  await card(page, 'Paint').focus();
  await page.keyboard.press('ArrowRight');
  await expect(card(page, 'Wire')).toBeFocused();
  await page.keyboard.press('End');
  await expect(card(page, 'Dream')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(card(page, 'Dream')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await expect(card(page, 'Dream')).toBeVisible();
  await card(page, 'Wire').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await expect(card(page, 'Wire')).toHaveCount(2);
});
