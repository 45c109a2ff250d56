// Ways in and out, and what is there on every page.
import { call, MAYA, SATO, toast } from '../app';
import { expect, PASSWORD, test, watch } from '../fixtures';
import { startServer } from '../server';

test('a new server is set up from the first page to the first base', async ({ browser }) => {
  const server = await startServer({ demo: false });
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  const faults = watch(page, server.url);
  await page.goto('/');
  await expect(page).toHaveURL(/\/setup/);
  await page.getByRole('button', { name: 'Create organisation' }).click();
  await expect(page.getByText('Fill this in')).toHaveCount(2);
  await page.getByLabel('Organisation').fill('Grey Heron Works');
  await page.getByLabel('Your name').fill('Ada Brandt');
  await page.getByLabel('Email').fill('ada@heron.example');
  await page.getByRole('textbox', { name: 'Password' }).fill('password1');
  await page.getByRole('button', { name: 'Create organisation' }).click();
  await expect(page.getByRole('alert').or(page.locator('[data-error]')).first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Password' }).fill('a heron on one leg');
  await page.getByRole('button', { name: 'Create organisation' }).click();
  await expect(page).toHaveURL(/\/drive/);
  await page.getByRole('link', { name: 'Bases' }).click();
  await page.getByRole('button', { name: 'New base' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Orders');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible();
  expect(faults).toEqual([]);
  await context.close();
  await server.stop();
});

test('a wrong password says so, and the right one leads to where one wanted to go', async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  const faults = watch(page, server.url);
  await page.goto('/members');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Fill this in')).toHaveCount(2);
  await page.getByLabel('Email').fill(SATO);
  await page.getByRole('textbox', { name: 'Password' }).fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/members/);
  expect(faults).toEqual([]);
  await context.close();
});

test('the palette finds files, people and commands; ? shows the keys', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await page.goto('/drive');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  const search = page.getByRole('combobox', { name: 'Search files, people and commands…' });
  await search.fill('dark');
  await expect(page.getByRole('option', { name: 'Switch between light and dark' })).toBeVisible();
  await search.fill('美咲');
  await expect(page.getByRole('option', { name: '佐藤 美咲' })).toBeVisible();
  await search.fill('Stations');
  await expect(page.getByRole('option', { name: 'Stations' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Stations' })).toBeVisible();

  await page.goto('/members');
  await expect(page.getByText('Maya Okafor').first()).toBeVisible();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet.getByText('Go to Drive')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/\/drive/);
});

/** What a text looks like that was not translated: the key of it. */
const rawKey = /\b(auth|base|common|directory|drive|problem|settings|share)[.:][a-z][\w.]+\b|\{\{/;

test('each language is complete on the pages one uses', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  const places = ['/drive', '/drive/trash', '/bases', '/members', '/settings/profile', '/settings/audit'];
  const titles = { English: 'Drive', 简体中文: '云盘', 日本語: 'ドライブ' };
  for (const [name, title] of Object.entries(titles)) {
    await page.goto('/drive');
    await page.locator('[aria-haspopup=dialog]').first().click();
    await page.getByRole('dialog').getByText(name, { exact: true }).click();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('navigation').first().getByText(title).first()).toBeVisible();
    for (const place of places) {
      await page.goto(place);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(await page.locator('body').innerText(), `${place} in ${name}`).not.toMatch(rawKey);
    }
  }
  await expect(page.locator('html')).toHaveAttribute('lang', /^ja/);
});

test('the theme is kept', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await page.goto('/drive');
  await page.getByRole('button', { name: 'Switch to dark theme' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Switch to light theme' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('a member changes their name, makes a token, and ends a session elsewhere', async ({ signIn }) => {
  const here = await signIn({ email: SATO });
  const there = await signIn({ email: SATO });
  const { page } = here;
  await page.goto('/settings/profile');
  await page.getByLabel('Name').fill('佐藤 みさき');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Account of 佐藤 みさき' })).toBeVisible();

  await page.getByRole('link', { name: 'API tokens' }).click();
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('What is it for?').fill('weekly report');
  await page.getByRole('button', { name: 'Create' }).click();
  const secret = await page.getByRole('textbox', { name: 'Token', exact: true }).inputValue();
  expect(secret.length).toBeGreaterThan(20);
  const answer = await fetch(new URL('/api/v1/me', page.url()), { headers: { authorization: `Bearer ${secret}` } });
  expect(answer.status).toBe(200);
  await page.reload();
  await expect(page.getByText('weekly report')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Token', exact: true })).toBeHidden();

  await there.page.goto('/drive');
  await expect(there.page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Sessions' }).click();
  await expect(page.getByText('This device')).toBeVisible();
  const ends = page.getByRole('button', { name: 'End session' });
  for (let left = await ends.count(); left > 0; left--) {
    await ends.first().click();
    await expect(ends).toHaveCount(left - 1);
  }
  await expect(there.page).toHaveURL(/\/sign-in/);
  await call(page, 'PATCH', '/me', { name: '佐藤 美咲' });
});

test('who is deactivated is out at once', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  const other = await signIn({ email: SATO });
  await other.page.goto('/members');
  await expect(other.page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.goto('/members');
  await page.getByText('佐藤 美咲').click();
  const panel = page.getByRole('complementary', { name: 'Details of 佐藤 美咲' });
  await panel.getByRole('button', { name: 'Actions for 佐藤 美咲' }).click();
  await page.getByRole('menuitem', { name: 'Deactivate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(toast(page, 'was deactivated')).toBeVisible();
  await expect(other.page).toHaveURL(/\/sign-in/);
  await panel.getByRole('button', { name: 'Actions for 佐藤 美咲' }).click();
  await page.getByRole('menuitem', { name: 'Reactivate' }).click();
  await expect(toast(page, 'is active again')).toBeVisible();
});
