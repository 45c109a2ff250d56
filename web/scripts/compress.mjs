// Compresses what the build made, so that the server sends files as they are: Brotli for browsers
// that take it, gzip for the rest.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = new URL('../dist/', import.meta.url).pathname;
const worthwhile = /\.(js|css|html|svg|json|webmanifest|map)$/;
const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

const files = readdirSync(root, { recursive: true })
  .map((name) => join(root, String(name)))
  .filter((path) => worthwhile.test(path) && statSync(path).size > 512);

let before = 0;
let after = 0;
await Promise.all(
  files.map(async (path) => {
    const content = readFileSync(path);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    const [br, gz] = await Promise.all([brotli(content, { params }), deflate(content, { level: 9 })]);
    writeFileSync(`${path}.br`, br);
    writeFileSync(`${path}.gz`, gz);
    before += content.length;
    after += br.length;
  }),
);
process.stdout.write(`${files.length} files: ${kilobytes(before)} KB, ${kilobytes(after)} KB as Brotli\n`);

function kilobytes(bytes) {
  return Math.round(bytes / 1024);
}
