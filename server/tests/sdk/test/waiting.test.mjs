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

/** Forty sessions, of which Parse Server says nothing, and twenty changes a second that everybody may read. */
test('nobody is cut off or misses what is public because Parse Server is silent', { timeout: 60_000 }, async () => {
  const [CLIENTS, PUBLIC, EVERY] = [40, 80, 10];
  const parse = await silent();
  const server = await startServer({ appId: APP_ID, parseTimeout: 3, parseUrl: parse.url });
  const game = changes((await embedded()).connect(server), 'Game');
  const viewers = await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(server, { sessionToken: `r:made-up-${n}` })));
  for (const viewer of viewers) await viewer.ask(subscribe(1, 'Game', {}));
  for (let n = 0; n < PUBLIC; n++) {
    const pause = new Promise((resolve) => setTimeout(resolve, 50));
    if (n % EVERY === 0) await game.create(`private ${n}`, { ACL: { u1: { read: true } } });
    await game.create(`${n}`, {});
    for (const viewer of viewers) assert.equal((await viewer.next()).object.objectId, `${n}`);
    if (n === 0) assert.equal(await server.metric('livematch_events_parked'), CLIENTS, 'overtaken by what is public');
    await pause;
  }
  await server.decided((PUBLIC + PUBLIC / EVERY) * CLIENTS);
  assert.equal(await server.metric('livematch_events_hidden_total'), (PUBLIC / EVERY) * CLIENTS);
  assert.equal(await server.metric('livematch_events_parked'), 0);
  assert.ok((await server.metric('livematch_parse_failures_total')) >= 5);
  assert.ok((await server.metric('livematch_parse_unasked_total', 'circuit')) > 0);
  assert.equal(await server.metric('livematch_clients_dropped_total'), 0);
  assert.equal(await server.metric('livematch_clients'), CLIENTS);
  for (const viewer of viewers) assert.deepEqual(await viewer.events(), []);
  viewers.forEach((viewer) => viewer.close());
  await server.end('SIGTERM');
  parse.close();
});
