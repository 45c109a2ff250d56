// Writes src/data/api.gen.ts from docs/openapi.json. Installs its own packages when they are not there yet.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const schema = join(root, 'docs', 'openapi.json');
const target = join(root, 'web', 'src', 'data', 'api.gen.ts');
const command = join(here, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');

if (!existsSync(schema)) {
  console.error(`${schema} is missing: it is written by a test of the server`);
  process.exit(1);
}
if (!existsSync(command)) execFileSync('npm', ['ci'], { cwd: here, stdio: 'inherit' });
execFileSync(process.execPath, [command, schema, '--output', target, '--alphabetize'], { stdio: 'inherit' });
