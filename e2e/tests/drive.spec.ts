// The drive: order among files, and who may see them.
import type { Page } from '@playwright/test';
import { call, LIN, MAYA, pick, type Resource, TOM, toast } from '../app';
import { expect, test, watch } from '../fixtures';

const line = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

async function newFolder(page: Page, name: string) {
  await page.getByRole('main').getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: 'New folder' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(line(page, name)).toBeVisible();
}

async function act(page: Page, name: string, action: string) {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

async function create(page: Page, kind: string, name: string, parent: string | null): Promise<Resource> {
  return call<Resource>(page, 'POST', '/resources', { kind, name, parent });
}

test('a folder is made, renamed, moved, starred, thrown away and brought back', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await page.goto('/drive/mine');
  await newFolder(page, 'Surveys');
  await newFolder(page, 'Archive');

  await act(page, 'Surveys', 'Rename');
  const name = page.getByRole('textbox', { name: 'New name of Surveys' });
  await name.fill('Site surveys');
  await name.press('Enter');
  await expect(line(page, 'Site surveys')).toBeVisible();

  await act(page, 'Site surveys', 'Move to…');
  await page.getByRole('treeitem', { name: 'Archive' }).click();
  await page.getByRole('button', { name: 'Move here' }).click();
  await expect(toast(page, '“Site surveys” was moved to Archive')).toBeVisible();
  await expect(line(page, 'Site surveys')).toBeHidden();
  await page.getByRole('link', { name: 'Archive' }).click();
  await expect(page.getByRole('navigation', { name: 'Path' })).toContainText('My drive');

  await line(page, 'Site surveys').getByRole('button', { name: 'Add star' }).click();
  await expect(line(page, 'Site surveys').getByRole('button', { name: 'Remove star' })).toBeVisible();
  await page.getByRole('link', { name: 'Starred' }).click();
  await expect(line(page, 'Site surveys')).toBeVisible();

  await act(page, 'Site surveys', 'Move to trash');
  await expect(line(page, 'Site surveys')).toBeHidden();
  await toast(page, 'was moved to the trash').getByRole('button', { name: 'Undo' }).click();
  await expect(line(page, 'Site surveys')).toBeVisible();

  await line(page, 'Site surveys').click();
  await page.keyboard.press('Delete');
  await expect(line(page, 'Site surveys')).toBeHidden();
  await page.getByRole('link', { name: 'Trash' }).click();
  await act(page, 'Site surveys', 'Restore');
  await expect(page.getByText('The trash is empty')).toBeVisible();
  await page.getByRole('link', { name: 'My drive' }).click();
  await page.getByRole('link', { name: 'Archive' }).click();
  await expect(line(page, 'Site surveys')).toBeVisible();
});

test('the share dialog says who has access and why', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN });
  await page.goto('/drive/mine');
  const folder = await create(page, 'folder', 'Contracts', null);
  await create(page, 'base', 'Suppliers', folder.id);
  await act(page, 'Contracts', 'Share');
  const outer = page.getByRole('dialog', { name: 'Share “Contracts”' });
  await outer.getByRole('combobox', { name: 'Add people, departments or groups' }).fill('林晓');
  await page.getByRole('option', { name: '林晓' }).click();
  await outer.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(outer.getByRole('listitem').filter({ hasText: '林晓' })).toContainText('Given here');
  await expect(outer.getByRole('listitem').filter({ hasText: 'Maya Okafor' })).toContainText('Owner');
  await outer.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('link', { name: 'Contracts' }).click();
  await act(page, 'Suppliers', 'Share');
  const inner = page.getByRole('dialog', { name: 'Share “Suppliers”' });
  await expect(inner.getByRole('listitem').filter({ hasText: '林晓' })).toContainText('Inherited from “Contracts”');
  await pick(page, inner.getByRole('combobox', { name: 'Person' }), '林晓');
  await expect(inner.getByRole('status')).toContainText('林晓: Can view');

  await lin.page.goto('/drive/shared');
  await expect(line(lin.page, 'Contracts')).toBeVisible();
  await inner.getByRole('switch', { name: 'Inherit access from the folder above' }).click();
  await page.getByRole('button', { name: 'Stop inheriting' }).click();
  await expect(inner.getByRole('listitem').filter({ hasText: '林晓' })).toBeHidden();
  await expect(inner.getByRole('status')).toContainText('林晓 has no access');
  await lin.page.getByRole('link', { name: 'Contracts' }).click();
  await expect(lin.page.getByText('This folder is empty')).toBeVisible();
});

test('a link with a password opens in a browser that is not signed in', async ({ signIn, browser, server }) => {
  const { page } = await signIn({ email: MAYA });
  await page.goto('/drive/mine');
  await create(page, 'base', 'Price list', null);
  await act(page, 'Price list', 'Share');
  const dialog = page.getByRole('dialog', { name: 'Share “Price list”' });
  await dialog.getByRole('switch', { name: 'Anyone with the link' }).click();
  const url = await dialog.getByRole('textbox', { name: 'Link to share' }).inputValue();
  await dialog.getByRole('textbox', { name: 'Password' }).fill('open sesame');
  await dialog.getByRole('button', { name: 'Set a password' }).click();
  await expect(dialog.getByText('Password is set')).toBeVisible();

  const context = await browser.newContext({ baseURL: server.url });
  const visitor = await context.newPage();
  const faults = watch(visitor, server.url);
  await visitor.goto(url);
  await expect(visitor.getByText('This link is protected by a password.')).toBeVisible();
  await expect(visitor.getByText('Price list')).toBeHidden();
  await visitor.getByRole('textbox', { name: 'Password' }).fill('wrong');
  await visitor.getByRole('button', { name: 'Open' }).click();
  await expect(visitor.getByRole('alert')).toBeVisible();
  await visitor.getByRole('textbox', { name: 'Password' }).fill('open sesame');
  await visitor.getByRole('button', { name: 'Open' }).click();
  await expect(visitor.getByRole('heading', { name: 'Price list' })).toBeVisible();
  await expect(visitor.getByRole('button', { name: 'Add record' })).toBeHidden();

  await dialog.getByRole('switch', { name: 'Anyone with the link' }).click();
  await page.getByRole('button', { name: 'Switch off' }).click();
  await expect(visitor).toHaveURL(/\/sign-in/);
  expect(faults).toEqual([]);
  await context.close();
});

test('a guest sees only what is shared with them', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const tom = await signIn({ email: TOM });
  await maya.page.goto('/drive/mine');
  const base = await create(maya.page, 'base', 'For the auditor', null);
  const secret = await create(maya.page, 'base', 'Not for the auditor', null);
  await tom.page.goto('/drive/shared');
  await expect(tom.page.getByRole('link', { name: 'Stations' })).toBeVisible();
  await expect(tom.page.locator('[data-row]')).toHaveCount(1);
  await expect(tom.page.getByRole('main').getByRole('button', { name: 'New', exact: true })).toBeHidden();

  const { member } = await call<{ member: { id: string } }>(tom.page, 'GET', '/me');
  await call(maya.page, 'PUT', `/resources/${base.id}/grants`, {
    subject: { kind: 'member', id: member.id },
    role: 'view',
  });
  await expect(tom.page.getByRole('link', { name: 'For the auditor' })).toBeVisible();
  await expect(tom.page.locator('[data-row]')).toHaveCount(2);
  await tom.page.goto(`/base/${secret.id}`);
  await expect(tom.page.getByText('This base is not available')).toBeVisible();
  await tom.page.goto(`/base/${base.id}`);
  await expect(tom.page.getByText('Can view')).toBeVisible();
  await expect(tom.page.getByRole('button', { name: 'Add record' })).toBeHidden();
});
