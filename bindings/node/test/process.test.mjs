// What takes a process of its own: threads, collected memory, a module that is not there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Query } from '../index.mjs';
import loading from '../lib/native.js';

const { native } = loading;
const run = promisify(execFile);
const main = path.join(import.meta.dirname, '../index.js');

test('worker threads have each their own, at the same time', async () => {
  const program = `
    const { parentPort, workerData: { main, seed } } = require('node:worker_threads');
    const { Matcher, Query } = require(main);
    const matcher = new Matcher();
    for (let n = 0; n < 2_000; n += 1) matcher.insert('Game', JSON.stringify({ room: 'r' + n, score: { $gt: seed } }));
    let told = 0;
    for (let n = 0; n < 2_000; n += 1) {
      const hits = matcher.change(JSON.stringify({ currentParseObject: { className: 'Game', room: 'r' + n, score: n % 3 } }));
      told += (hits?.length ?? 0) / 2;
    }
    let refused;
    try { new Query('{"a":'); } catch ({ code }) { refused = code; }
    // As deep as is read, in the little stack of a thread.
    const deep = '{"a":' + '['.repeat(5_000) + ']'.repeat(5_000) + '}';
    let depth;
    try { depth = new Query('{"a":1}').verdict(deep); } catch ({ code }) { depth = code; }
    const logic = (levels) => levels ? '{"$or":[' + logic(levels - 1) + ']}' : '{"a":{"$in":[' + '['.repeat(50) + ']'.repeat(50) + ']}}';
    const nested = new Query(logic(31)).verdict('{"a":' + '['.repeat(110) + ']'.repeat(110) + '}');
    parentPort.postMessage({ told, refused, depth, nested });`;
  const workers = [0, 1, 2].map((seed) => new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData: { main, seed } });
    worker.once('message', resolve);
    worker.once('error', reject);
  }));
  const said = await Promise.all(workers);
  // Of 0, 1 and 2, two thirds are more than 0, a third is more than 1, and none is more than 2.
  assert.deepEqual(said.map(({ told }) => told), [1_333, 666, 0]);
  for (const { refused, depth, nested } of said) {
    assert.equal(refused, 'LIVEMATCH_REFUSED');
    assert.ok(['no-match', 'fault', 'LIVEMATCH_UNREADABLE'].includes(depth), depth);
    assert.ok(['match', 'no-match', 'fault'].includes(nested));
  }
});

test('a worker that is ended while it works takes nothing with it', async () => {
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { Matcher } = require(workerData);
    const matcher = new Matcher();
    parentPort.postMessage('begun');
    for (let n = 0; ; n += 1) matcher.insert('Game', JSON.stringify({ room: 'r' + n }));`;
  const worker = new Worker(program, { eval: true, workerData: main });
  await new Promise((resolve) => worker.once('message', resolve));
  await worker.terminate();
  assert.ok(new Query('{"a":1}').matches('{"a":1}'));
});

test('V8 is told of memory that it does not see, and what is not needed is collected', { skip: !native.Testing && 'only in a build for tests: node build.mjs --testing' }, async () => {
  const program = `
    const { Matcher, Query } = require(${JSON.stringify(main)});
    const { native } = require(${JSON.stringify(path.join(main, '../lib/native.js'))});
    const external = () => native.Testing.externalBytes();
    const settle = async () => { for (let n = 0; n < 5; n += 1) { global.gc(); await new Promise((resolve) => setImmediate(resolve)); } };
    const fill = (matcher) => { for (let n = 0; n < 5_000; n += 1) matcher.insert('Game', JSON.stringify({ room: 'r' + n })); return matcher; };
    (async () => {
      await settle();
      const before = external();
      let matcher = fill(new Matcher());
      const filled = external() - before, held = matcher.memoryUsage;
      matcher.dispose();
      const disposed = external() - before;
      fill(matcher);
      matcher = null;
      await settle();
      const collected = external() - before;
      let query = new Query(JSON.stringify({ a: { $in: Array.from({ length: 50_000 }, (_, n) => 'm' + n) } }));
      const large = external() - before - collected;
      query = null;
      await settle();
      console.log(JSON.stringify({ filled, held, disposed, collected, large, after: external() - before }));
    })();`;
  const { stdout } = await run(process.execPath, ['--expose-gc', '-e', program]);
  const { filled, held, disposed, collected, large, after } = JSON.parse(stdout);
  assert.ok(filled > held * 0.8 && filled < held * 1.3, stdout);
  assert.ok(large > 1_000_000, stdout);
  for (const left of [disposed, collected, after]) assert.ok(Math.abs(left) < 100_000, stdout);
});

test('a module that is not there is one clear error', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'livematch-'));
  try {
    for (const one of ['index.js', 'lib', 'package.json']) await cp(path.join(import.meta.dirname, '..', one), path.join(folder, one), { recursive: true });
    const program = `try { require(${JSON.stringify(folder)}); } catch ({ name, code, message }) { console.log(JSON.stringify({ name, code, message })); }`;
    const said = async (more = '') => JSON.parse((await run(process.execPath, ['-e', more + program])).stdout);
    const missing = await said();
    assert.deepEqual([missing.name, missing.code], ['LivematchError', 'LIVEMATCH_NOT_LOADED']);
    assert.match(missing.message, /^livematch cannot be loaded on \w+-\w+(-\w+)?: there is no package for this platform/);
    // One that the system cannot load: another C library, another processor.
    const { platform } = await import('../lib/load.js').then((loaded) => loaded.default);
    const broken = await said(`require('node:fs').writeFileSync(${JSON.stringify(path.join(folder, `livematch.${platform()}.node`))}, 'no module');`);
    assert.equal(broken.code, 'LIVEMATCH_NOT_LOADED');
    assert.doesNotMatch(broken.message, /there is no package/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
