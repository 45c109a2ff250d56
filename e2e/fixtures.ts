// What every browser test gets: a server of its worker, people signed in, and a page that fails the
// test when it logs an error or asks anything of another host.
import { type Browser, test as base, expect, type Page } from '@playwright/test';
import { enterByPage } from './app';
import { type Server, startServer } from './server';

export const PASSWORD = 'wild-goose-2026';

export interface Person {
  page: Page;
  close(): Promise<void>;
}

export interface PersonOptions {
  email: string;
  language?: 'en' | 'zh' | 'ja';
  dark?: boolean;
  viewport?: { width: number; height: number };
  /** Uses the sign-in page instead of asking the API. */
  throughPage?: boolean;
}

interface WorkerFixtures {
  server: Server;
}

interface Fixtures {
  /** Opens a browser of its own and signs somebody of the demo company in. */
  signIn(options: PersonOptions): Promise<Person>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the parameters
    async ({}, use) => {
      const server = await startServer({ demo: true });
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  signIn: async ({ browser, server }, use) => {
    const open: Person[] = [];
    await use(async (options) => {
      const person = await enter(browser, server, options);
      open.push(person);
      return person;
    });
    for (const person of open) {
      await person.close();
    }
  },
});

async function enter(browser: Browser, server: Server, options: PersonOptions): Promise<Person> {
  const context = await browser.newContext({
    baseURL: server.url,
    colorScheme: options.dark ? 'dark' : 'light',
    ...(options.viewport ? { viewport: options.viewport } : {}),
  });
  const page = await context.newPage();
  const faults = watch(page, server.url);
  if (options.throughPage) {
    await enterByPage(page, options.email, PASSWORD);
  } else {
    const answer = await page.request.post('/api/v1/auth/sign-in', {
      data: { email: options.email, password: PASSWORD },
      headers: { origin: server.url },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
  }
  await page.request.patch('/api/v1/me', {
    data: { language: options.language ?? 'en', theme: options.dark ? 'dark' : 'light' },
    headers: { origin: server.url },
  });
  return {
    page,
    async close() {
      expect(faults).toEqual([]);
      await context.close();
    },
  };
}

/** Collects what no page may do. A lost connection is the one fault a test may cause on purpose. */
export function watch(page: Page, origin: string): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    const expected = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket connection|status of 4\d\d/;
    if (message.type() === 'error' && !expected.test(message.text())) {
      faults.push(message.text());
    }
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob|ws:\/\/127\.0\.0\.1)/.test(url)) {
      faults.push(`a request left the machine: ${url}`);
    }
  });
  return faults;
}

export { expect };
