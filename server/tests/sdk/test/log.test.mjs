// A log that nobody reads keeps nothing from its work.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BINARY, freePort, startRedis } from '../lib/process.mjs';
import { APP_ID, changes, publisher } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a server whose standard error is read only until it listens; then the reader ends, or stops to read. */
async function unread(args, endReader) {
  const child = spawn(BINARY, ['--listen', '127.0.0.1:0', '--admin-listen', 'off', '--log-format', 'json', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stderr });
  for await (const line of lines) {
    if (!line.includes('"listening"')) continue;
    const { address } = JSON.parse(line).fields;
    lines.close();
    endReader(child.stderr);
    return { http: `http://${address}`, ws: `ws://${address}/`, child, exited };
  }
  throw new Error('it does not listen');
}
const READERS = {
  ends: (stream) => stream.destroy(),
  'stops to read': (stream) => stream.pause(),
};

for (const [name, endReader] of Object.entries(READERS)) {
  test(`a reader that ${name}, and a Redis that comes late`, async () => {
    const port = await freePort();
    const args = ['--app-id', APP_ID, '--redis-url', `redis://127.0.0.1:${port}`, '--log', 'trace'];
    const server = await unread(args, endReader);
    await pause(1_500); // it tells of each time that it cannot connect
    const redis = await startRedis(port);
    while ((await fetch(`${server.http}/readyz`)).status !== 200) await pause(50);
    const socket = await Socket.open(server.ws);
    await socket.connect();
    await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: {} } });
    const source = publisher(redis.url);
    // More lines than wait anywhere, and messages that are told of because they cannot be read.
    for (let n = 0; n < 3_000; n++) await source.publish('afterSave', 'no message');
    await changes(source, 'Game').create('g', {});
    assert.equal((await socket.next()).object.objectId, 'g');
    socket.close();
    server.child.kill('SIGTERM');
    assert.deepEqual(await server.exited, [0, null]);
    await source.close();
    await redis.end('SIGTERM');
  });
}
