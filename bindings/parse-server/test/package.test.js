'use strict';
// The package as it is published, beside those of livematch: installed from tarballs into a clean folder, and the first event there.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { FOLDER } = require('./folder');

const here = path.join(__dirname, '..');
const read = file => readFileSync(path.join(here, file), 'utf8');

test('it is packed, installed and has a first event', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'livematch-'));
  const packed = path.join(folder, 'packed');
  try {
    execFileSync(process.execPath, [path.join(here, '../node/pack.mjs'), packed], { stdio: 'ignore' });
    execFileSync('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: here, stdio: 'ignore' });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    const tarballs = readdirSync(packed).map(name => path.join(packed, name));
    const began = performance.now();
    // Nothing is fetched, parse-server neither: it is where tests have it.
    execFileSync('npm', ['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', '--silent', ...tarballs], { cwd: folder });
    console.log(`installed in ${Math.round(performance.now() - began)} ms`);
    const installed = path.join(folder, 'node_modules/parse-server-livematch');
    assert.deepStrictEqual(readdirSync(installed).sort(), ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'index.d.ts', 'index.js', 'lib', 'package.json']);
    for (const license of ['LICENSE-MIT', 'LICENSE-APACHE']) assert.strictEqual(read(license), read(`../../${license}`));
    const program = `
      const { load, serve, quietly } = require(${JSON.stringify(path.join(__dirname, 'drive.js'))});
      const parse = load(${JSON.stringify(FOLDER)});
      const livematch = require('parse-server-livematch');
      const installed = livematch.install({ parseServer: parse.folder });
      (async () => {
        const at = await serve(parse, async (...args) => { const server = new parse.module.ParseLiveQueryServer(...args); await server.connect(); return server; });
        const client = await at.client();
        await client.subscribe(1, 'Game', { score: { $gt: 5 } });
        at.publish('afterSave', { currentParseObject: { className: 'Game', __type: 'Object', objectId: 'o1', score: 6 } });
        await quietly(at);
        console.log(JSON.stringify({ installed, told: JSON.parse(client.frames.at(-1)).op, hits: livematch.metrics().hits }));
        process.exit(0);
      })();`;
    const said = execFileSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' });
    assert.deepStrictEqual(JSON.parse(said), { installed: true, told: 'create', hits: 1 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('its types name what it exports, its options and its counts', () => {
  const types = read('index.d.ts');
  for (const name of Object.keys(require('..'))) assert.match(types, new RegExp(`export function ${name}\\(`));
  for (const count of Object.keys(require('..').metrics())) assert.match(types, new RegExp(`'${count}'`));
  const options = [...types.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name).sort();
  assert.deepStrictEqual(options, require('../lib/options').NAMES.toSorted());
});
