// Calendar: records on their days, dragged to others, made and keyed, seen by somebody else as they move.
import type { Page } from '@playwright/test';
import { call, LIN, MAYA, type Resource, rowsOf } from '../app';
import { expect, type Person, test } from '../fixtures';

const DAY = 86_400_000;

/** This month's day of this number, as the API writes it. */
const dayOfMonth = (day: number): string => {
  const [year, month] = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date()).split('-');
  return `${year}-${month}-${String(day).padStart(2, '0')}`;
};

/** A base with three visits, one without a date, and a calendar of them; shared with Lin. */
async function newVisits({ page }: Person, other: Person): Promise<string> {
  await page.goto('/bases');
  const { id: base } = await call<Resource>(page, 'POST', '/resources', { kind: 'base', name: 'Tour' });
  const { member } = await call<{ member: { id: string } }>(other.page, 'GET', '/me');
  await call(page, 'PUT', `/resources/${base}/grants`, { subject: { kind: 'member', id: member.id }, role: 'edit' });
  const { table } = await call<{ table: { id: string; fields: { id: string }[] } }>(
    page,
    'POST',
    `/bases/${base}/tables`,
    {
      name: 'Visits',
      fields: [
        { name: 'Visit', type: 'text' },
        { name: 'From', type: 'date', time: false },
        { name: 'To', type: 'date', time: false },
      ],
    },
  );
  await call(page, 'POST', `/bases/${base}/tables/${table.id}/records?by=name`, {
    records: [
      { fields: { Visit: 'Osaka', From: dayOfMonth(10), To: dayOfMonth(11) } },
      { fields: { Visit: 'Berlin', From: dayOfMonth(14) } },
      { fields: { Visit: 'Austin' } },
    ],
  });
  const [, start, end] = table.fields;
  const kind = { type: 'calendar', start: start?.id, end: end?.id };
  const { view } = await call<{ view: { id: string } }>(page, 'POST', `/bases/${base}/tables/${table.id}/views`, {
    name: 'Tour plan',
    kind,
  });
  return `/base/${base}/${table.id}/${view.id}`;
}

const visit = (page: Page, name: string) => page.locator('[data-record]').filter({ hasText: name });
const cellOf = (page: Page, day: string) => page.locator(`[role=gridcell][data-day="${Date.parse(day) / DAY}"]`);

async function drag(page: Page, from: { x: number; y: number }, day: string): Promise<void> {
  const to = await cellOf(page, day).boundingBox();
  if (!to) throw new Error(`${day} is not shown`);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 12, from.y + 6, { steps: 3 });
  await page.mouse.move(to.x + to.width / 2, to.y + to.height - 8, { steps: 8 });
  await page.mouse.up();
}

async function expectDays(page: Page, name: string, from: string | null, to: string | null): Promise<void> {
  await expect
    .poll(async () => {
      const row = (await rowsOf(page, 'Visits')).find(({ Visit }) => Visit === name);
      return [row?.From ?? null, row?.To ?? null];
    })
    .toEqual([from, to]);
}

/** Whether a record lies over a day. */
async function expectOver(page: Page, name: string, day: string): Promise<void> {
  await expect(async () => {
    const [bar, cell] = [await visit(page, name).first().boundingBox(), await cellOf(page, day).boundingBox()];
    if (!bar || !cell) throw new Error(`${name} is not shown`);
    expect(bar.x).toBeGreaterThanOrEqual(cell.x - 1);
    expect(bar.x).toBeLessThan(cell.x + cell.width);
    expect(bar.y).toBeGreaterThan(cell.y);
    expect(bar.y).toBeLessThan(cell.y + cell.height);
  }).toPass();
}

test('what one drags to another day moves for everybody, and comes back by undo', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN });
  const view = await newVisits(maya, lin);
  await maya.page.goto(view);
  await lin.page.goto(view);
  await expectOver(lin.page, 'Osaka', dayOfMonth(10));

  const bar = await visit(maya.page, 'Osaka').first().boundingBox();
  if (!bar) throw new Error('there is nothing to drag');
  await drag(maya.page, { x: bar.x + 20, y: bar.y + 10 }, dayOfMonth(17));
  await expectOver(maya.page, 'Osaka', dayOfMonth(17));
  await expectOver(lin.page, 'Osaka', dayOfMonth(17));
  await expectDays(maya.page, 'Osaka', dayOfMonth(17), dayOfMonth(18));

  await maya.page.keyboard.press('Control+z');
  await expectOver(lin.page, 'Osaka', dayOfMonth(10));
  await expectDays(maya.page, 'Osaka', dayOfMonth(10), dayOfMonth(11));
});

test('records get dates from a list, an end by their edge, and are made over days', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN });
  const { page } = maya;
  await page.goto(await newVisits(maya, lin));

  await page.getByRole('button', { name: 'Without a date (1)' }).click();
  const austin = await page.getByRole('complementary').getByRole('button', { name: 'Austin' }).boundingBox();
  if (!austin) throw new Error('there is nothing to drag');
  await drag(page, { x: austin.x + 30, y: austin.y + 10 }, dayOfMonth(20));
  await expectDays(page, 'Austin', dayOfMonth(20), dayOfMonth(20));
  await expect(page.getByText('All records have a date.')).toBeVisible();

  const edge = await visit(page, 'Berlin').locator('[data-edge=end]').boundingBox();
  if (!edge) throw new Error('there is no edge');
  await drag(page, { x: edge.x + 3, y: edge.y + 8 }, dayOfMonth(16));
  await expectDays(page, 'Berlin', dayOfMonth(14), dayOfMonth(16));

  await cellOf(page, dayOfMonth(24)).dblclick({ position: { x: 40, y: 60 } });
  await expect(page.getByRole('complementary', { name: 'Record' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Visit', exact: true }).fill('Paris');
  await page.keyboard.press('Tab');
  await expectDays(page, 'Paris', dayOfMonth(24), dayOfMonth(24));
});

test('a calendar goes by keys, and is a list on a phone', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const lin = await signIn({ email: LIN });
  const { page } = maya;
  await page.goto(await newVisits(maya, lin));
  await expect(visit(page, 'Osaka').first()).toBeVisible();
  await cellOf(page, dayOfMonth(9)).click({ position: { x: 60, y: 60 } });
  await cellOf(page, dayOfMonth(9)).focus();
  await page.keyboard.press('ArrowRight');
  await expect(cellOf(page, dayOfMonth(10))).toBeFocused();
  await page.keyboard.press('w');
  await expect(page.getByRole('grid')).toHaveCount(0);
  await page.keyboard.press('m');
  await expect(page.getByRole('grid')).toBeVisible();
  await cellOf(page, dayOfMonth(10)).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/record=rec_/);

  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole('button', { name: 'Close' }).first().click();
  await expect(page.getByRole('heading', { name: 'Without a date' })).toBeVisible();
  await expect(visit(page, 'Berlin')).toBeVisible();
});
