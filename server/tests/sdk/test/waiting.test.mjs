// What waits for an answer of Parse Server keeps nobody else from their events, and nor does what another client has of a change.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { APP_ID, changes, embedded } from '../lib/feed.mjs';
import { startServer } from '../lib/process.mjs';
import { Socket } from '../lib/socket.mjs';

const subscribe = (requestId, className, where, more = {}) => ({ op: 'subscribe', requestId, query: { className, where, ...more } });

async function client(server, fields) {
  const socket = await Socket.open(server.ws);
  await socket.connect(fields);
  return socket;
}

/** A Parse Server that accepts connections and says nothing. */
async function silent() {
  const sockets = new Set();
  const parse = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(parse, 'listening');
  const close = () => (sockets.forEach((socket) => socket.destroy()), parse.close());
  return { url: `http://127.0.0.1:${parse.address().port}/parse`, close };
}

/** A client whose 3,000 subscriptions all wait for an answer about its session, and what a bystander hears meanwhile. */
test('public events go on while one client waits for a Parse Server that is silent', { timeout: 60_000 }, async () => {
  const parse = await silent();
  const server = await startServer({ appId: APP_ID, memory: 16 << 20, parseUrl: parse.url });
  const source = (await embedded()).connect(server);
  const [waited, heard] = [changes(source, 'Private'), changes(source, 'Public')];
  const [bystander, crowd] = [await client(server), await client(server, { sessionToken: 'r:made-up' })];
  await bystander.ask(subscribe(1, 'Public', {}));
  for (let n = 0; n < 3_000; n++) crowd.send(subscribe(n, 'Private', {}));
  await crowd.take(3_000);
  for (let n = 0; n < 3; n++) {
    await waited.create(`${n}`, { ACL: { u1: { read: true } } });
    const start = performance.now();
    await heard.create(`${n}`, {});
    assert.equal((await bystander.next()).object.objectId, `${n}`);
    assert.ok(performance.now() - start < 1_500, 'at once');
  }
  assert.ok((await server.metric('livematch_events_unanswered_total')) > 0);
  assert.ok((await server.metric('livematch_memory_bytes', 'parked')) <= 2 << 20);
  // Nobody is told what is withheld.
  assert.deepEqual(await crowd.events(), []);
  [bystander, crowd].forEach((socket) => socket.close());
  await server.end('SIGTERM');
  parse.close();
});
