// Gantt: bars dragged over days, what waits moved along, seen by somebody else as they move; scheduling looked at before it is done.
import type { Page } from '@playwright/test';
import { call, LIN, MAYA, type Resource, rowsOf } from '../app';
import { expect, type Person, test } from '../fixtures';

interface Plan {
  base: string;
  table: string;
  view: string;
}

/** A base with a gantt of three tasks of which each waits for the one before, shared with Lin. */
async function newPlan({ page }: Person, other: Person, autoSchedule: boolean): Promise<Plan> {
  await page.goto('/bases');
  const { id: base } = await call<Resource>(page, 'POST', '/resources', { kind: 'base', name: 'Launch' });
  const { member } = await call<{ member: { id: string } }>(other.page, 'GET', '/me');
  await call(page, 'PUT', `/resources/${base}/grants`, { subject: { kind: 'member', id: member.id }, role: 'edit' });
  const { table } = await call<{ table: { id: string; fields: { id: string; name: string }[] } }>(
    page,
    'POST',
    `/bases/${base}/tables`,
    {
      name: 'Tasks',
      fields: [
        { name: 'Task', type: 'text' },
        { name: 'Start', type: 'date' },
        { name: 'End', type: 'date' },
      ],
    },
  );
  const root = `/bases/${base}/tables/${table.id}`;
  const { field } = await call<{ field: { id: string } }>(page, 'POST', `${root}/fields`, {
    name: 'After',
    type: 'link',
    table: table.id,
    multiple: true,
  });
  const [task, start, end] = table.fields.map(({ id }) => id) as [string, string, string];
  let before: string[] = [];
  for (const [name, first, last] of [
    ['Draw', '2026-11-16', '2026-11-18'],
    ['Build', '2026-11-19', '2026-11-20'],
    ['Ship', '2026-11-23', '2026-11-23'],
  ]) {
    const { records } = await call<{ records: [{ id: string }] }>(page, 'POST', `${root}/records`, {
      records: [{ fields: { [task]: name, [start]: first, [end]: last, [field.id]: before } }],
    });
    before = [records[0].id];
  }
  const kind = {
    type: 'gantt',
    start,
    end,
    predecessors: field.id,
    working_days: [1, 2, 3, 4, 5],
    auto_schedule: autoSchedule,
    scale: 'day',
  };
  const { view } = await call<{ view: { id: string } }>(page, 'POST', `${root}/views`, { name: 'Plan', kind });
  return { base, table: table.id, view: view.id };
}

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
const bar = (page: Page, name: string) => page.locator('[data-bar]').filter({ hasText: name });

const dates = async (page: Page) =>
  Object.fromEntries((await rowsOf(page, 'Tasks')).map(({ Task, Start, End }) => [Task, `${Start} ${End}`]));

/** Drags a bar by its middle, or from its end, by days. */
async function drag(page: Page, name: string, days: number): Promise<void> {
  const box = await bar(page, name).boundingBox();
  if (!box) throw new Error('there is no bar');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 10, y, { steps: 2 });
  await page.mouse.move(x + days * 36, y, { steps: 8 });
  await page.mouse.up();
}

test('a bar that is dragged takes along what waits for it, for everybody at once', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN });
  const { base, table, view } = await newPlan(maya, lin, true);
  const { page } = maya;
  const path = `/base/${base}/${table}/${view}`;
  await page.goto(path);
  await lin.page.goto(path);
  // Somewhere in sight, whatever day it is: the chart opens near its tasks.
  await bar(page, 'Draw').scrollIntoViewIfNeeded();
  const shipped = async (one: Page) => row(one, 'Ship').textContent();
  expect(await shipped(lin.page)).toContain('2026-11-23');

  await drag(page, 'Draw', 1);
  await expect(async () => {
    expect(await dates(page)).toEqual({
      Draw: '2026-11-17 2026-11-19',
      Build: '2026-11-20 2026-11-23',
      Ship: '2026-11-24 2026-11-24',
    });
  }).toPass();
  for (const one of [page, lin.page]) {
    await expect(row(one, 'Ship')).toContainText('2026-11-24');
  }

  await page.keyboard.press('Control+z');
  for (const one of [page, lin.page]) {
    await expect(row(one, 'Ship')).toContainText('2026-11-23');
    await expect(row(one, 'Draw')).toContainText('2026-11-16');
  }
});

test('scheduling is looked at before it is done, and taken back', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN });
  const { base, table, view } = await newPlan(maya, lin, false);
  const { page } = maya;
  await page.goto(`/base/${base}/${table}/${view}`);
  const ship = row(page, 'Ship');

  await page.getByRole('button', { name: 'Schedule' }).click();
  await expect(page.getByText('Every task may begin when it does.')).toBeVisible();

  await test.step('a task is moved by keys, and no other', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Alt+ArrowRight');
    await page.keyboard.press('Alt+ArrowRight');
    await expect(row(page, 'Draw')).toContainText('2026-11-18');
    await expect(ship).toContainText('2026-11-23');
  });

  await page.getByRole('button', { name: 'Schedule' }).click();
  await expect(page.getByText('2 tasks begin too early and would move.')).toBeVisible();
  await page.getByRole('button', { name: 'Move 2 tasks' }).click();
  await expect(ship).toContainText('2026-11-25');
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(ship).toContainText('2026-11-23');

  await test.step('what decides when all is done', async () => {
    await page.getByRole('button', { name: 'Critical path' }).click();
    await expect(bar(page, 'Ship')).toHaveAttribute('data-critical', 'true');
  });

  await test.step('Enter opens the task', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('Build');
  });
});
