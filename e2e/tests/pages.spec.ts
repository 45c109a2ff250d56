// Every main page, in both themes: for everybody (axe), on a phone, and as pictures to look at.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { chooseFile, LIN, MAYA, openBase } from '../app';
import { expect, test, watch } from '../fixtures';

const visits = new URL('../files/visits.csv', import.meta.url).pathname;

interface Place {
  name: string;
  open(page: Page): Promise<void>;
}

const heading = (page: Page) => expect(page.getByRole('heading', { level: 1 })).toBeVisible();

async function openStations(page: Page) {
  await openBase(page, 'Stations');
  await expect(page.locator('#glide-cell-1-0')).not.toBeEmpty();
}

const places: Place[] = [
  {
    name: 'drive',
    async open(page) {
      await page.goto('/drive/mine');
      await expect(page.locator('[data-row]').first()).toBeVisible();
    },
  },
  {
    name: 'share',
    async open(page) {
      await page.goto('/drive/mine');
      await page.locator('[data-row]').first().click();
      await page.keyboard.press('s');
      await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible();
    },
  },
  {
    name: 'bases',
    async open(page) {
      await page.goto('/bases');
      await expect(page.getByRole('main').getByRole('link', { name: 'Stations' })).toBeVisible();
    },
  },
  {
    name: 'members',
    async open(page) {
      await page.goto('/members');
      await page.getByText('Maya Okafor').first().click();
      await expect(page.getByRole('complementary')).toBeVisible();
    },
  },
  {
    name: 'settings',
    async open(page) {
      await page.goto('/settings/profile');
      await heading(page);
      await expect(page.getByRole('textbox').first()).toBeVisible();
    },
  },
  {
    name: 'tokens',
    async open(page) {
      await page.goto('/settings/tokens');
      await heading(page);
    },
  },
  { name: 'base', open: openStations },
  {
    name: 'import',
    async open(page) {
      await openStations(page);
      await page.locator('header button[aria-haspopup=menu]').click();
      await page.getByRole('menuitem').first().click();
      const wizard = page.getByRole('dialog');
      await chooseFile(page, wizard.locator('button[data-autofocus]'), visits, 'visits.csv', 'text/csv');
      await expect(wizard.locator('table')).toBeVisible();
    },
  },
  {
    name: 'palette',
    async open(page) {
      await page.goto('/drive/mine');
      await expect(page.locator('[data-row]').first()).toBeVisible();
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('option').first()).toBeVisible();
    },
  },
];

/** Waits until nothing moves, so that colours are what they will stay. */
async function settle(page: Page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const finite = document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.all(finite.map((animation) => animation.finished.catch(() => undefined)));
  });
}

async function faultsOf(page: Page) {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).setLegacyMode().analyze();
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ''}`)}`,
  );
}

for (const dark of [false, true]) {
  const theme = dark ? 'dark' : 'light';

  test(`axe finds nothing on the sign-in page, ${theme}`, async ({ browser, server }) => {
    const context = await browser.newContext({ baseURL: server.url, colorScheme: theme });
    const page = await context.newPage();
    const faults = watch(page, server.url);
    await page.goto('/sign-in');
    await expect(page.getByRole('textbox', { name: 'Email' })).toBeVisible();
    await settle(page);
    expect(await faultsOf(page)).toEqual([]);
    await page.screenshot({ path: `shots/sign-in-${theme}-en.png` });
    expect(faults).toEqual([]);
    await context.close();
  });

  test(`axe finds nothing on the main pages, ${theme}`, async ({ signIn }) => {
    const { page } = await signIn({ email: MAYA, dark });
    const found: Record<string, string[]> = {};
    for (const place of places) {
      await place.open(page);
      await settle(page);
      await page.screenshot({ path: `shots/${place.name}-${theme}-en.png` });
      const faults = await faultsOf(page);
      if (faults.length > 0) found[place.name] = faults;
    }
    expect(found).toEqual({});
  });

  test(`the pages in Chinese, ${theme}`, async ({ signIn }) => {
    const { page } = await signIn({ email: LIN, dark, language: 'zh' });
    for (const place of places) {
      await place.open(page);
      await settle(page);
      await page.screenshot({ path: `shots/${place.name}-${theme}-zh.png` });
    }
  });
}

test('a phone of 360 pixels never scrolls a page sideways', async ({ signIn }) => {
  const { page } = await signIn({ email: MAYA, viewport: { width: 360, height: 740 } });
  for (const place of places) {
    if (place.name === 'palette') continue;
    await place.open(page);
    await settle(page);
    await page.screenshot({ path: `shots/${place.name}-phone.png` });
    const width = await page.evaluate(() => document.scrollingElement?.scrollWidth);
    expect(width, place.name).toBe(360);
  }
});
