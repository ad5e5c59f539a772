// The packages as they are published: packed, installed from their tarballs into a clean folder, and the first event there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = path.join(import.meta.dirname, '..');
const readme = (await readFile(path.join(here, 'README.md'), 'utf8')).replaceAll('\r', '');
let folder, packed;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'livematch-'));
  packed = path.join(folder, 'packed');
  await run(process.execPath, [path.join(here, 'pack.mjs'), packed]);
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  const tarballs = (await readdir(packed)).map((name) => path.join(packed, name));
  const began = performance.now();
  // Nothing is fetched: of the other platforms' packages none is needed.
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], { cwd: folder });
  console.log(`installed in ${Math.round(performance.now() - began)} ms`);
});
after(() => rm(folder, { recursive: true }));

test('there is one for all and one for this platform, with what they need and nothing else', async () => {
  const installed = path.join(folder, 'node_modules');
  const names = (await readdir(installed)).filter((name) => !name.startsWith('.'));
  assert.equal(names.length, 2, names.join());
  const [main, platform] = names;
  assert.equal(main, 'livematch');
  const files = (await readdir(path.join(installed, main))).sort();
  assert.deepEqual(files, ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'lib', 'package.json']);
  const { optionalDependencies, scripts, dependencies } = JSON.parse(await readFile(path.join(installed, main, 'package.json'), 'utf8'));
  assert.ok(optionalDependencies[platform] && Object.keys(optionalDependencies).length === 6);
  assert.deepEqual([scripts, dependencies], [undefined, undefined], 'nothing is run where it is installed');
  const { os, cpu, main: module } = JSON.parse(await readFile(path.join(installed, platform, 'package.json'), 'utf8'));
  assert.deepEqual([os, cpu], [[process.platform], [process.arch]]);
  assert.deepEqual((await readdir(path.join(installed, platform))).sort(), ['LICENSE-APACHE', 'LICENSE-MIT', module, 'package.json'].sort());
  for (const license of ['LICENSE-MIT', 'LICENSE-APACHE']) assert.equal(await readFile(path.join(here, license), 'utf8'), await readFile(path.join(here, '../..', license), 'utf8'));
});

test('programs of the README print what it says they print', async () => {
  const programs = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, text]) => text);
  assert.ok(programs.length >= 3);
  for (const [at, program] of programs.entries()) {
    const file = path.join(folder, `program${at}.${program.includes('require(') ? 'cjs' : 'mjs'}`);
    await writeFile(file, program);
    const began = performance.now();
    const { stdout } = await run(process.execPath, [file], { cwd: folder });
    if (at === 0) console.log(`first event after ${Math.round(performance.now() - began)} ms, Node's start among them`);
    const expected = [...program.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    assert.ok(expected.length > 0, program);
    assert.equal(stdout.trimEnd(), expected.join('\n'));
  }
});

test('require and import give the same', async () => {
  const script = "const required = require('livematch'); import('livematch').then((imported) => console.log(imported.default === required && imported.Query === required.Query));";
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: folder });
  assert.equal(stdout, 'true\n');
});
