// The typed client of a base, as a program uses it: compiled by tsc, and run against the real server.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, MAYA } from '../app';
import { expect, test } from '../fixtures';

const program = `
import { connect, SkeinError, type Tables } from './client.js';

const skein = connect({ url: process.argv[2] ?? '', token: process.argv[3] ?? '' });
const stations = skein.table('Stations');
const refs = await skein.batch([
  { do: 'create', table: 'Regions', records: [{ id: 'ref:north', fields: { Region: 'North' } }] },
  { do: 'create', table: 'Stations', records: [{ id: 'ref:a', fields: { Station: 'A', Kind: 'Gas', In: ['ref:north'] } }] },
]);
const [b] = await stations.create([{ Station: 'B', Kind: 'Power', Price: 2, Open: true }], { key: 'b-1' });
const again = await stations.upsert(['Station'], [{ Station: 'B', Price: 2 }, { Station: 'C' }]);
await stations.update([{ id: refs['a'] ?? '', fields: { Price: 5 } }]);
const kind: 'Gas' | 'Power' | undefined = b?.fields.Kind;
const double: number | undefined = typeof b?.fields.Double === 'number' ? b.fields.Double : undefined;
const row: Tables['Stations']['read'] = (await stations.get(refs['a'] ?? '')).fields;
const filter = { and: [{ field: 'Price' as const, op: 'gte' as const, value: 1 }] };
const page = await stations.list({ filter, sort: [{ field: 'Price', descending: true }], limit: 1 });
const all: unknown[] = [];
for await (const one of stations.all({ filter, limit: 1 })) all.push(one.fields.Station);
const sums = await stations.aggregate({
  group: [{ field: 'Kind' }],
  summaries: [{ field: 'Price', function: 'sum' }],
  levels: [{ by: { summary: 0 }, descending: true, limit: 2 }],
});
let refused = '';
try {
  await stations.update([{ id: 'rec_00000000000000000000000001', fields: {} }]);
} catch (error) {
  refused = error instanceof SkeinError ? error.code : String(error);
}
await stations.delete([again[1]?.id ?? '']);
// @ts-expect-error a choice the field does not have
const wrong: Tables['Stations']['write'] = { Station: 'x', Kind: 'Coal' };
// @ts-expect-error computed
const computed: Tables['Stations']['write'] = { Station: 'x', Double: 1 };
// @ts-expect-error no such table
const nowhere = () => skein.table('Nowhere');
// @ts-expect-error no such field
const unsorted = () => stations.list({ sort: [{ field: 'Nothing' }] });
console.log(JSON.stringify({
  kind, double, region: row.In, results: again.map((one) => one.result), first: page.items[0]?.fields.Station, total: page.total,
  all, groups: sums.groups.map((group) => [group.label, group.summaries[0]]), more: sums.more, refused,
  left: (await stations.list()).total, unused: [wrong, computed, nowhere, unsorted].length,
}));
`;

function run(command: string, args: string[], cwd: string): string {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8' });
  expect(done.status, `${command} ${args.join(' ')}\n${done.stdout}\n${done.stderr}`).toBe(0);
  return done.stdout;
}

test('the client of a base compiles strictly and reads and writes its records', async ({ server, signIn }) => {
  const maya = await signIn({ email: MAYA });
  await maya.page.goto('/drive');
  const base = await call<{ id: string }>(maya.page, 'POST', '/resources', { kind: 'base', name: 'Typed' });
  const tables = `/bases/${base.id}/tables`;
  const regions = await call<{ table: { id: string } }>(maya.page, 'POST', tables, {
    name: 'Regions',
    fields: [{ name: 'Region', type: 'text' }],
  });
  await call(maya.page, 'POST', tables, {
    name: 'Stations',
    fields: [
      { name: 'Station', type: 'text', required: true },
      { name: 'Kind', type: 'select', choices: [{ name: 'Gas' }, { name: 'Power' }] },
      { name: 'Price', type: 'number' },
      { name: 'Open', type: 'checkbox' },
      { name: 'In', type: 'link', table: regions.table.id },
      { name: 'Double', type: 'formula', formula: '[Price] * 2' },
    ],
  });
  const token = await call<{ secret: string }>(maya.page, 'POST', '/me/tokens', {
    name: 'client',
    scopes: ['read', 'write'],
  });
  const source = await maya.page.request.get(`/api/v1/bases/${base.id}/client.ts`);
  const folder = mkdtempSync(join(tmpdir(), 'skein-client-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'client.ts'), await source.text());
  writeFileSync(join(folder, 'program.ts'), program);
  const strict = [
    '--strict',
    '--noUncheckedIndexedAccess',
    '--exactOptionalPropertyTypes',
    '--noUnusedLocals',
    'false',
  ];
  const target = ['--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
  const types = ['--typeRoots', join(import.meta.dirname, '../node_modules/@types')];
  run(join(import.meta.dirname, '../node_modules/.bin/tsc'), [...strict, ...target, ...types, 'program.ts'], folder);
  const said = JSON.parse(run(process.execPath, ['program.js', server.url, token.secret], folder));
  expect(said).toMatchObject({
    kind: 'Power',
    double: 4,
    region: [{ text: 'North' }],
    results: ['unchanged', 'created'],
    first: 'A',
    total: 2,
    all: ['A', 'B'],
    groups: [
      ['Gas', 5],
      ['Power', 2],
    ],
    more: 1,
    refused: 'record.not_found',
    left: 2,
  });
  rmSync(folder, { recursive: true });
});
