// Looking at a table: what a view keeps, finds and colours, and who may change it.
import type { Page } from '@playwright/test';
import { call, cell, focusCell, focused, LIN, MAYA, pick } from '../app';
import { expect, test } from '../fixtures';

interface Field {
  id: string;
  name: string;
  choices?: { id: string; name: string }[];
}
interface Table {
  id: string;
  fields: Field[];
  views: { id: string; name: string; owner?: string; locked?: boolean; colors?: unknown[] }[];
}

const TITLE = 0;
const STATUS = 1;

/** A base with forty visits, a third of them done; made as the member of the page. */
async function visits(page: Page): Promise<{ base: string; table: string }> {
  await page.goto('/bases');
  const { id: base } = await call<{ id: string }>(page, 'POST', '/resources', {
    kind: 'base',
    name: `Looks ${Date.now()}`,
  });
  const { table } = await call<{ table: Table }>(page, 'POST', `/bases/${base}/tables`, {
    name: 'Visits',
    fields: [
      { name: 'Title', type: 'text' },
      { name: 'Status', type: 'select', choices: [{ name: 'Planned' }, { name: 'Done' }, { name: 'Cancelled' }] },
      { name: 'Day', type: 'date' },
      { name: 'Who', type: 'member', multiple: true },
      { name: 'Hours', type: 'number', precision: 1 },
    ],
  });
  const me = await call<{ member: { id: string; time_zone: string } }>(page, 'GET', '/me');
  // Days count where the member is, whatever day it is here; Swedish dates are ISO dates.
  const today = new Date().toLocaleDateString('sv-SE', { timeZone: me.member.time_zone });
  const day = (n: number) => new Date(Date.parse(today) + n * 86_400_000).toISOString().slice(0, 10);
  const towns = ['Leipzig', 'Porto', '大阪', 'Quito'];
  const records = Array.from({ length: 40 }, (_, i) => ({
    fields: {
      Title: `Visit ${i + 1} ${towns[i % 4]}`,
      Status: ['Planned', 'Done', 'Cancelled'][i % 3],
      Day: day(i - 20),
      Who: i % 5 === 0 ? [me.member.id] : [],
      Hours: i / 2,
    },
  }));
  await call(page, 'POST', `/bases/${base}/tables/${table.id}/records?by=name`, { records });
  return { base, table: table.id };
}

async function open(page: Page, { base, table }: { base: string; table: string }) {
  await page.goto(`/base/${base}/${table}`);
  await expect(cell(page, TITLE, 0)).toHaveText('Visit 1 Leipzig');
}

const viewsOf = async (page: Page, { base, table }: { base: string; table: string }) => {
  const { tables } = await call<{ tables: Table[] }>(page, 'GET', `/bases/${base}`);
  return tables.find((one) => one.id === table)?.views ?? [];
};

test('a filter is built of people, days and groups, and says what it does', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await open(page, await visits(page));

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('button', { name: 'Add condition' }).click();
  await pick(page, page.getByRole('combobox', { name: 'Field', exact: true }), 'Day');
  await pick(page, page.getByRole('combobox', { name: 'Operator' }), 'is after');
  await pick(page, page.getByRole('combobox', { name: 'Kind of date' }), 'Today');
  await expect(page.getByText('19 records')).toBeVisible();

  await test.step('what is not complete is marked and changes nothing', async () => {
    await page.getByRole('button', { name: 'Add group' }).click();
    const group = page.getByRole('group', { name: 'Any of these is true' });
    await pick(page, group.getByRole('combobox', { name: 'Field', exact: true }), 'Who');
    await expect(group.getByText('Not applied yet: something is missing')).toBeVisible();
    await expect(page.getByText('19 records')).toBeVisible();
    await group.getByRole('button', { name: /^Value:/ }).click();
    await page.getByRole('option', { name: 'Me', exact: true }).click();
    await expect(page.getByText('3 records')).toBeVisible();
    await page.keyboard.press('Escape');
    await group.getByRole('button', { name: 'Add condition' }).click();
    await pick(page, group.getByRole('combobox', { name: 'Field', exact: true }).nth(1), 'Hours');
    await pick(page, group.getByRole('combobox', { name: 'Operator' }).nth(1), 'is between');
    await group.getByRole('textbox', { name: 'From' }).fill('18');
    await group.getByRole('textbox', { name: 'To' }).fill('18.5');
    await expect(page.getByText('5 records')).toBeVisible();
  });

  await page.keyboard.press('Escape');
  const said = 'Filter: Day is after today and (Who is me or Hours is between 18.0 and 18.5)';
  await expect(page.getByRole('button', { name: said })).toBeVisible();
});

test('text is found where it stands, and only records that have it are shown when one wants', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  await open(page, await visits(page));
  await focusCell(page, TITLE, 0);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('porto');
  const search = page.getByRole('search');
  await expect(search.getByText('1 / 10')).toBeVisible();
  await expect(focused(page)).toHaveAccessibleName('Title, row 2: Visit 2 Porto');
  await page.keyboard.press('Enter');
  await expect(search.getByText('2 / 10')).toBeVisible();
  await expect(focused(page)).toHaveAccessibleName('Title, row 6: Visit 6 Porto');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('Shift+Enter');
  await expect(search.getByText('10 / 10')).toBeVisible();
  await expect(focused(page)).toHaveAccessibleName('Title, row 38: Visit 38 Porto');
  await expect(page.getByText('40 records')).toBeVisible();
  await search.getByRole('button', { name: 'Show only records that have it' }).click();
  await expect(page.getByText('10 records')).toBeVisible();
  await search.getByRole('button', { name: 'Clear search' }).click();
  await expect(page.getByText('40 records')).toBeVisible();
});

test('in groups, text is found at its line, and a new record stands where it is put in', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA });
  const place = await visits(page);
  const { tables } = await call<{ tables: Table[] }>(page, 'GET', `/bases/${place.base}`);
  const table = tables.find((one) => one.id === place.table);
  const group = [{ field: table?.fields[STATUS]?.id, descending: false }];
  await call(page, 'PATCH', `/bases/${place.base}/tables/${place.table}/views/${table?.views[0]?.id}`, { group });
  await page.goto(`/base/${place.base}/${place.table}`);
  await expect(cell(page, TITLE, 1)).toHaveText('Visit 1 Leipzig');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('porto');
  await expect(focused(page)).toHaveAccessibleName('Title, row 5: Visit 10 Porto');
  await page.keyboard.press('Enter');
  await expect(focused(page)).toHaveAccessibleName('Title, row 9: Visit 22 Porto');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Insert record below' }).click();
  await expect(focused(page)).toHaveAccessibleName('Title, row 10: ');
  await expect(cell(page, STATUS, 9)).toHaveText('Planned');
  await expect(cell(page, TITLE, 10)).toHaveText('Visit 25 Leipzig');
});

test('rules colour records, and a locked view is changed by a copy of one’s own', async ({ signIn }) => {
  const maya = await signIn({ email: MAYA });
  const place = await visits(maya.page);
  await open(maya.page, place);

  await test.step('Maya colours what is done', async () => {
    await maya.page.getByRole('button', { name: 'Colours', exact: true }).click();
    await maya.page.getByRole('button', { name: 'Add rule' }).click();
    await expect(maya.page.getByText('Not applied yet: something is missing')).toBeVisible();
    await maya.page.getByRole('button', { name: /^Value:/ }).click();
    await maya.page.getByRole('option', { name: 'Done' }).click();
    await expect(maya.page.getByRole('button', { name: '1 colour rule' })).toBeVisible();
    await maya.page.keyboard.press('Escape');
    await expect.poll(() => tint(maya.page, 1)).not.toBe(await tint(maya.page, 0));
  });

  await test.step('a record that becomes so is coloured at once', async () => {
    const before = await tint(maya.page, 0);
    await focusCell(maya.page, STATUS, 0);
    await maya.page.keyboard.type('Done');
    await maya.page.keyboard.press('Enter');
    await expect(cell(maya.page, STATUS, 0)).toHaveText('Done');
    await expect.poll(() => tint(maya.page, 0)).not.toBe(before);
  });

  await test.step('she locks the view and lets Lin edit the base', async () => {
    await maya.page.getByRole('button', { name: /^View: / }).click();
    await maya.page.getByRole('menuitem', { name: 'Lock view' }).click();
    await expect.poll(async () => (await viewsOf(maya.page, place))[0]?.locked).toBe(true);
    const { items } = await call<{ items: { id: string; email: string }[] }>(maya.page, 'GET', '/members');
    const lin = items.find((member) => member.email === LIN)?.id;
    await call(maya.page, 'PUT', `/resources/${place.base}/grants`, {
      subject: { kind: 'member', id: lin },
      role: 'edit',
    });
  });

  await test.step('Lin filters for herself, and keeps it as a view nobody else sees', async () => {
    const lin = await signIn({ email: LIN });
    await open(lin.page, place);
    await lin.page.getByRole('button', { name: /^View: / }).click();
    await expect(lin.page.getByRole('menuitem', { name: 'Unlock view' })).toBeHidden();
    await expect(lin.page.getByRole('menuitem', { name: 'Delete view' })).toBeHidden();
    await lin.page.keyboard.press('Escape');
    await lin.page.getByRole('button', { name: 'Filter', exact: true }).click();
    await lin.page.getByRole('button', { name: 'Add condition' }).click();
    await lin.page.getByRole('textbox', { name: 'Value' }).fill('Quito');
    await expect(lin.page.getByText('10 records')).toBeVisible();
    await lin.page.keyboard.press('Escape');
    await lin.page.getByRole('button', { name: 'Save as my view' }).click();
    await expect.poll(async () => (await viewsOf(lin.page, place)).length).toBe(2);
    await expect(lin.page.getByText('Only for you')).toBeHidden();
    await expect(lin.page.getByText('10 records')).toBeVisible();
    expect(await viewsOf(maya.page, place)).toHaveLength(1);
    await expect(maya.page.getByText('40 records')).toBeVisible();
  });
});

/** The background of a row on the canvas, right of the text of its first cell. */
function tint(page: Page, row: number): Promise<string> {
  return page.evaluate((at) => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-testid="data-grid-canvas"]');
    const scale = (canvas?.width ?? 0) / (canvas?.clientWidth ?? 1);
    const pixel = canvas?.getContext('2d')?.getImageData(250 * scale, (36 + at * 34 + 26) * scale, 1, 1).data;
    return String(pixel);
  }, row);
}

test('undo is there when there is something to undo, and formulas are explained in the language of the reader', async ({
  signIn,
}) => {
  const { page } = await signIn({ email: LIN, language: 'zh' });
  const made = await visits(page);
  await open(page, made);
  await expect(page.getByRole('button', { name: '撤销', exact: true })).toBeEnabled();
  await expect(page.getByRole('button', { name: '重做', exact: true })).toBeDisabled();

  await page.getByRole('button', { name: '新增字段' }).click();
  const editor = page.getByRole('dialog', { name: '新增字段' });
  await editor.getByRole('button', { name: '字段类型' }).click();
  await editor.getByRole('option', { name: '公式' }).click();
  const formula = editor.getByRole('textbox', { name: '公式' });
  await formula.pressSequentially('ROUND([Hours], ');
  await expect(editor.getByText('将数字四舍五入到指定的小数位数，-1 表示十位。')).toBeVisible();
  await expect(editor.getByRole('status')).toHaveText('此处应为一个值，实际为公式结尾。');
  await formula.fill('ABS([Who])');
  await expect(editor.getByRole('status')).toHaveText('ABS 的“数字”需要数字，而不是人员列表。');
  await formula.fill('[Hour] * 2');
  await editor.getByRole('button', { name: '改为 Hours' }).click();
  await expect(formula).toHaveValue('[Hours] * 2');
  await editor.getByRole('textbox', { name: '名称' }).fill('Twice');
  await editor.getByRole('button', { name: '创建' }).click();
  await page.getByRole('button', { name: '撤销', exact: true }).click();
  await expect(page.getByRole('button', { name: '重做', exact: true })).toBeEnabled();
});
