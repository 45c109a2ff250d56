// How smoothly the grid scrolls a large table with cells of every type, and how much memory that takes. Makes the table in a
// running server with the demo company unless BASE and TABLE name one, then scrolls it in headless Chromium:
//   SKEIN_URL=http://127.0.0.1:7302 ROWS=1000000 node scroll.mjs
import { chromium } from '@playwright/test';

const url = process.env.SKEIN_URL ?? 'http://127.0.0.1:7300';
const rows = Number(process.env.ROWS ?? 1_000_000);
const seconds = Number(process.env.SECONDS ?? 8);
const batch = 5_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--enable-precise-memory-info'],
});
const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
page.on('pageerror', (error) => console.error(error));

async function call(method, path, data) {
  const answer = await page.request.fetch(`/api/v1${path}`, {
    method,
    headers: { origin: url },
    data,
    timeout: 300_000,
  });
  const text = await answer.text();
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

const choices = (...names) => names.map((name) => ({ name }));
const fields = [
  { name: 'Title', type: 'text' },
  { name: 'Notes', type: 'text', format: 'long' },
  { name: 'Site', type: 'text', format: 'url' },
  { name: 'Mail', type: 'text', format: 'email' },
  { name: 'Amount', type: 'number', precision: 2, thousands: true },
  { name: 'Share', type: 'number', precision: 0, format: 'percent' },
  { name: 'Money', type: 'number', precision: 2, format: 'currency', currency: 'CNY', thousands: true },
  { name: 'Progress', type: 'number', precision: 0, format: 'progress' },
  { name: 'Stars', type: 'number', precision: 0, format: 'rating' },
  { name: 'Span', type: 'number', precision: 0, format: 'duration' },
  { name: 'Status', type: 'select', choices: choices('Planned', '进行中', '完了', 'Cancelled') },
  { name: 'Tags', type: 'multi_select', choices: choices('A', 'Beta', '伽马', 'Delta', 'イプシロン') },
  { name: 'Day', type: 'date' },
  { name: 'When', type: 'date', time: true },
  { name: 'Done', type: 'checkbox' },
  { name: 'Who', type: 'member', multiple: true },
  { name: 'Place', type: 'location' },
];

async function fill() {
  const { id: base } = await call('POST', '/resources', { kind: 'base', name: `Scrolling ${rows}` });
  const { table: regions } = await call('POST', `/bases/${base}/tables`, {
    name: 'Regions',
    fields: [{ name: 'Region', type: 'text' }],
  });
  const names = ['North', '华东', '関西', 'South-West'];
  await call('POST', `/bases/${base}/tables/${regions.id}/records?by=name`, {
    records: names.map((Region) => ({ fields: { Region } })),
  });
  const linked = (await call('GET', `/bases/${base}/tables/${regions.id}/records`)).items.map(({ id }) => id);
  const { table } = await call('POST', `/bases/${base}/tables`, { name: 'Everything', fields });
  const path = `/bases/${base}/tables/${table.id}`;
  for (const field of [
    { name: 'Region', type: 'link', table: regions.id, multiple: true },
    { name: 'Number', type: 'auto_number' },
    { name: 'Made', type: 'created_at' },
    { name: 'Maker', type: 'created_by' },
    { name: 'Twice', type: 'formula', formula: '[Amount] * 2' },
    { name: 'Failed', type: 'formula', formula: '1 / ([Stars] - [Stars])' },
    { name: 'Go', type: 'button', label: 'Open', color: 'blue', action: { do: 'open', formula: '[Site]' } },
  ]) {
    await call('POST', `${path}/fields`, field);
  }
  const me = (await call('GET', '/me')).member.id;
  const record = (i) => ({
    fields: {
      Title: `${['Station', '加油站', 'ステーション'][i % 3]} ${i}`,
      Notes: `What was seen on visit ${i}, at some length,\nand on a second line`,
      Site: `https://example.org/${i}`,
      Mail: `visitor${i}@example.org`,
      Amount: (i * 7.25) % 100_000,
      Share: (i % 100) / 100,
      Money: (i * 3.5) % 50_000,
      Progress: (i % 11) / 10,
      Stars: i % 6,
      Span: i % 86_400,
      Status: ['Planned', '进行中', '完了', 'Cancelled'][i % 4],
      Tags: [['A'], ['A', 'Beta'], ['伽马', 'Delta', 'イプシロン']][i % 3],
      Day: `2026-${String((i % 12) + 1).padStart(2, '0')}-${String((i % 28) + 1).padStart(2, '0')}`,
      When: `2026-11-${String((i % 28) + 1).padStart(2, '0')}T08:00:00Z`,
      Done: i % 2 === 0,
      Who: i % 3 === 0 ? [me] : [],
      Region: i % 5 === 0 ? linked.slice(0, 2) : [linked[i % 4]],
      ...(i % 4 === 0 ? { Place: { name: 'Leipzig', latitude: 51.34, longitude: 12.37 } } : {}),
    },
  });
  for (let from = 0; from < rows; from += batch) {
    const records = Array.from({ length: Math.min(batch, rows - from) }, (_, i) => record(from + i));
    await call('POST', `${path}/records?by=name`, { records });
  }
  return { base, table: table.id };
}

/** Runs in the page: scrolls by so many pixels a frame there and back, and tells how long the frames took. */
function scroll([dx, dy, milliseconds]) {
  const scroller = document.querySelector('.dvn-scroller');
  const frames = [];
  return new Promise((resolve) => {
    const start = performance.now();
    let last = start;
    function frame(now) {
      frames.push(now - last);
      last = now;
      if (now - start > milliseconds) return resolve(frames.slice(1));
      const ahead = Math.floor((now - start) / 2_000) % 2 === 0 ? 1 : -1;
      scroller.scrollBy(dx * ahead, dy);
      requestAnimationFrame(frame);
    }
    requestAnimationFrame(frame);
  });
}

await page.request.post('/api/v1/auth/sign-in', {
  headers: { origin: url },
  data: { email: 'maya.okafor@wildgoose.example', password: 'wild-goose-2026' },
});
const began = performance.now();
const { base, table } =
  process.env.BASE && process.env.TABLE ? { base: process.env.BASE, table: process.env.TABLE } : await fill();
console.log(`BASE=${base} TABLE=${table} (filled in ${((performance.now() - began) / 1000).toFixed(0)} s)`);

const devtools = await context.newCDPSession(page);
await devtools.send('Performance.enable');
await page.goto(`/base/${base}/${table}`);
await page.locator('canvas').first().waitFor({ timeout: 120_000 });
await page.waitForTimeout(2_000);

async function heap() {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0) / (1 << 20);
}

const before = await heap();
for (const [name, dx, dy] of [
  ['a row a frame', 0, 34],
  ['half a page a frame', 0, 400],
  ['ten pages a frame', 0, 8_000],
  ['sideways', 60, 0],
  ['both ways', 30, 60],
]) {
  const frames = (await page.evaluate(scroll, [dx, dy, seconds * 1_000])).toSorted((a, b) => a - b);
  const total = frames.reduce((sum, one) => sum + one, 0);
  const at = (part) => frames[Math.min(frames.length - 1, Math.floor(frames.length * part))].toFixed(1);
  const late = frames.filter((one) => one > 25).length;
  const rate = ((frames.length * 1_000) / total).toFixed(1);
  console.log(
    `${name.padEnd(20)} ${rate} frames a second; a frame p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)} ms; ${late} late`,
  );
}
console.log(`heap ${before.toFixed(0)} MB before, ${(await heap()).toFixed(0)} MB after`);
await browser.close();
