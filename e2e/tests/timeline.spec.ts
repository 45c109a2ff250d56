// Timeline: what people do over time, handed on by dragging, seen by somebody else at once.
import type { Page } from '@playwright/test';
import { call, LIN, MAYA, type Resource, rowsOf } from '../app';
import { expect, test } from '../fixtures';

const DAY = 86_400_000;

interface Me {
  member: { id: string; name: string };
}

/** So many days from today, as the API writes it. */
const dayFrom = (days: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now() + days * DAY);

const rowOf = (page: Page, name: string) => page.getByRole('group', { name, exact: true });

test('what one hands to somebody else is theirs for everybody, and comes back by undo', async ({ signIn }) => {
  const [maya, lin] = [await signIn({ email: MAYA }), await signIn({ email: LIN })];
  const { page } = maya;
  await page.goto('/bases');
  await lin.page.goto('/bases');
  const { member: me } = await call<Me>(page, 'GET', '/me');
  const { member: other } = await call<Me>(lin.page, 'GET', '/me');
  const { id: base } = await call<Resource>(page, 'POST', '/resources', { kind: 'base', name: 'Sprint' });
  await call(page, 'PUT', `/resources/${base}/grants`, { subject: { kind: 'member', id: other.id }, role: 'edit' });
  const { table } = await call<{ table: { id: string; fields: { id: string }[] } }>(
    page,
    'POST',
    `/bases/${base}/tables`,
    {
      name: 'Tasks',
      fields: [
        { name: 'Task', type: 'text' },
        { name: 'Who', type: 'member', multiple: false },
        { name: 'From', type: 'date', time: false },
        { name: 'To', type: 'date', time: false },
      ],
    },
  );
  const [task, people, start, end] = table.fields.map(({ id }) => id);
  const fields = (name: string, who: string, from: number, to: number) => ({
    fields: { [task ?? '']: name, [people ?? '']: [who], [start ?? '']: dayFrom(from), [end ?? '']: dayFrom(to) },
  });
  await call(page, 'POST', `/bases/${base}/tables/${table.id}/records`, {
    records: [fields('Paint', me.id, 1, 3), fields('Wire', other.id, 2, 2)],
  });
  const kind = { type: 'timeline', people, start, end };
  const path = `/bases/${base}/tables/${table.id}/views`;
  const { view } = await call<{ view: { id: string } }>(page, 'POST', path, { name: 'Who does what', kind });
  for (const one of [page, lin.page]) {
    await one.goto(`/base/${base}/${table.id}/${view.id}`);
    await expect(rowOf(one, me.name).getByRole('button', { name: 'Paint' })).toBeVisible();
  }

  const bar = await rowOf(page, me.name).getByRole('button', { name: 'Paint' }).boundingBox();
  const row = await rowOf(page, other.name).boundingBox();
  if (!bar || !row) throw new Error('there is nothing to drag');
  const width = bar.width / 3;
  await page.mouse.move(bar.x + width / 2, bar.y + 8);
  await page.mouse.down();
  await page.mouse.move(bar.x + width / 2 + 10, bar.y + 10, { steps: 3 });
  await page.mouse.move(bar.x + width * 2.5, row.y + row.height / 2, { steps: 6 });
  await page.mouse.up();
  await expect(rowOf(lin.page, other.name).getByRole('button', { name: 'Paint' })).toBeVisible();
  await expect
    .poll(async () => (await rowsOf(page, 'Tasks')).find(({ Task }) => Task === 'Paint'))
    .toMatchObject({ Who: [other.id], From: dayFrom(3), To: dayFrom(5) });

  await page.keyboard.press('Control+z');
  await expect(rowOf(lin.page, me.name).getByRole('button', { name: 'Paint' })).toBeVisible();
});
