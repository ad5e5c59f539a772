'use strict';
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const { FOLDER } = require('./folder');

/** Each in a process of its own, as what is installed stays. */
const same = (options, saves = 200) => new Promise((resolve, reject) => {
  execFile(process.execPath, [path.join(__dirname, 'same.js'), FOLDER, String(saves), '100', '8'], { env: { ...process.env, OPTIONS: JSON.stringify(options) } },
    (error, out, said) => (error ? reject(new Error(said)) : resolve(JSON.parse(out))));
});

test('what is sent is byte for byte what Parse Server sends', async () => {
  const { pushes, metrics } = await same({});
  assert.ok(pushes > 500);
  assert.ok(metrics.hits > 500 && metrics.refused > 0 && metrics.unreadable > 0 && metrics.everyone > 0);
  assert.strictEqual(metrics.unasked + metrics.declined + metrics.different, 0);
});

test('in order too', async () => {
  const { metrics } = await same({ ordered: true });
  assert.ok(metrics.waited > 0);
  assert.strictEqual(metrics.gaveUp, 0);
});

test('a shadow finds nothing different', async () => {
  const { metrics } = await same({ shadow: true });
  assert.ok(metrics.compared > 1000);
  assert.strictEqual(metrics.different, 0);
});

test('a shadow finds what is different', async () => {
  const { metrics } = await same({ shadow: true, dialect: 'find' });
  assert.ok(metrics.different > 0);
});
