// The package as it is published: what it contains, and how it is loaded.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { install } from './setup.mjs';

const run = promisify(execFile);
const read = (path) => readFile(new URL(path, import.meta.url), 'utf8');

let installed;
before(async () => (installed = await install()));
after(() => installed.remove());

test('it contains what it needs and nothing else', async () => {
  const own = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'index.d.ts', 'package.json'];
  assert.deepEqual(installed.files.filter((file) => !file.startsWith('lib/')), own);
  const modules = installed.files.filter((file) => file.startsWith('lib/'));
  assert.ok(modules.length > 5 && modules.every((file) => /^lib\/[\w-]+\.m?js$/.test(file)), modules.join());
  for (const license of ['LICENSE-MIT', 'LICENSE-APACHE']) assert.equal(await read(`../${license}`), await read(`../../../${license}`));
  const { dependencies, scripts } = JSON.parse(await read('../package.json'));
  assert.equal(dependencies, undefined);
  assert.ok(!Object.keys(scripts).some((name) => /install|prepare/.test(name)), 'nothing is run where it is installed');
});

test('require and import give the same class', async () => {
  const script = `
    const required = require('parse-server-livematch-adapter');
    import('parse-server-livematch-adapter').then((imported) => {
      const all = [required, required.default, required.LivematchPubSub, imported.default, imported.LivematchPubSub];
      console.log(all.every((one) => one === required), typeof new required({ stream: { url: 'redis://127.0.0.1:1' } }).createPublisher);
    });`;
  const { stdout, stderr } = await run(process.execPath, ['-e', script], { cwd: installed.folder });
  assert.equal(`${stdout}${stderr}`, 'true function\n');
});

test('without the package redis it says what to do, if it is needed', async () => {
  const script = `
    const Adapter = require(process.argv[1]);
    new Adapter({ post: { url: 'http://127.0.0.1:1/publish' } }).createPublisher();
    try {
      new Adapter({ stream: { url: 'redis://127.0.0.1:1' } }).createPublisher();
    } catch (error) {
      console.log(error.message);
    }`;
  const bare = new URL('../lib/index.js', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, ['-e', script, bare], { cwd: '/' });
  assert.match(stdout, /^the package redis is needed to reach a Redis \(npm install redis\)/);
});
