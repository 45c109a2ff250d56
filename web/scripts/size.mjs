// What is downloaded before the first screen, gzipped: the entry, what it imports, and the page and language it shows.
// Fails above the budget. Run after `npm run build`.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const budget = 220;
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'));

/** First screens: the page that is loaded on top of the entry. */
const screens = {
  'sign in': ['src/modules/auth/SignInPage.tsx'],
  drive: ['src/modules/drive/DrivePage.tsx'],
};
const always = ['index.html', 'src/i18n/zh/index.ts'];

function filesOf(keys) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    const chunk = manifest[key];
    if (!chunk) throw new Error(`${key} is not in the manifest: build first, or correct this script`);
    seen.add(key);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const key of keys) visit(key);
  return [...seen].map((key) => manifest[key]);
}

const kilobytes = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1024;
let failed = false;
for (const [screen, pages] of Object.entries(screens)) {
  const chunks = filesOf([...always, ...pages]);
  const scripts = [...new Set(chunks.map((chunk) => chunk.file).filter((file) => file.endsWith('.js')))];
  const styles = [...new Set(chunks.flatMap((chunk) => chunk.css ?? []))];
  const total = scripts.map(kilobytes).reduce((sum, size) => sum + size, 0);
  const css = styles.map(kilobytes).reduce((sum, size) => sum + size, 0);
  const over = total > budget;
  failed ||= over;
  console.log(`${screen}: ${total.toFixed(1)} KB of JavaScript (budget ${budget}), ${css.toFixed(1)} KB of CSS`);
  if (over)
    for (const file of scripts.toSorted((a, b) => kilobytes(b) - kilobytes(a)).slice(0, 12)) {
      console.log(`  ${kilobytes(file).toFixed(1).padStart(7)} KB  ${file}`);
    }
}
process.exitCode = failed ? 1 : 0;
