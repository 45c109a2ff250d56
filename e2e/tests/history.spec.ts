// What was done to a base is seen, talked about, taken back and brought back.
import { baseOf, call, MAYA, rowsOf, toast } from '../app';
import { expect, test } from '../fixtures';

interface Shape {
  tables: { id: string; fields: { id: string }[] }[];
}

test('what was done is seen, talked about and brought back', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await page.goto('/bases');
  const made = await call<{ id: string }>(page, 'POST', '/resources', { kind: 'base', name: 'Past' });
  const { tables } = await call<Shape>(page, 'GET', `/bases/${made.id}`);
  const [table] = tables;
  const name = table?.fields[0]?.id ?? '';
  const records = `/bases/${made.id}/tables/${table?.id}/records`;
  const first = await call<{ records: { id: string }[] }>(page, 'POST', records, {
    records: [{ fields: { [name]: 'Harbour' } }, { fields: { [name]: 'Hill' } }],
  });
  const [harbour, hill] = first.records.map(({ id }) => id);
  await call(page, 'PATCH', records, { records: [{ id: harbour, fields: { [name]: 'Haven' } }] });

  await page.goto(`/base/${made.id}/${table?.id}?record=${harbour}`);
  const panel = page.getByRole('complementary');
  await test.step('she comments and mentions herself', async () => {
    await panel.getByRole('tab', { name: 'Comments' }).click();
    await panel.getByRole('textbox', { name: 'Write a comment' }).fill('Who renamed this? @May');
    await page.getByRole('option', { name: /^.*Maya Okafor$/ }).click();
    await page.keyboard.press('Control+Enter');
    await expect(panel.getByRole('article')).toContainText('Who renamed this? @Maya Okafor');
    await expect(panel.getByRole('tab', { name: 'Comments' })).toContainText('1');
  });

  await test.step('its history brings the old name back', async () => {
    await panel.getByRole('tab', { name: 'History' }).click();
    const change = panel.getByRole('listitem').filter({ hasText: 'Haven' });
    await expect(change.getByRole('deletion')).toHaveText('Harbour');
    await change.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('menuitem', { name: 'Restore to right before this' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore the record' });
    await expect(dialog).toContainText('Records that come back: 0. That change: 1.');
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await expect(toast(page, 'Restored.')).toBeVisible();
    expect((await rowsOf(page, 'Table 1'))[0]).toMatchObject({ Name: 'Harbour' });
  });

  await test.step('what was deleted comes back from the trash', async () => {
    await call(page, 'POST', `${records}/delete`, { records: [hill] });
    await page.goto(`/base/${baseOf(page)}/${table?.id}`);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Trash' }).click();
    const past = page.getByRole('dialog', { name: 'History' });
    await past.getByRole('listitem').filter({ hasText: 'Hill' }).getByRole('button', { name: 'Restore' }).click();
    await expect(past.getByText('The trash is empty')).toBeVisible();
    expect(await rowsOf(page, 'Table 1')).toHaveLength(2);
    await past.getByRole('tab', { name: 'My changes' }).click();
    await expect(past.getByRole('listitem').first()).toContainText('Added a record to Table 1');
  });
});
