// Clients that read slowly stay, however much waits for them, and those that read nothing are let go.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { withServer } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

/** How many changes there are, and how many subscriptions a client has that hear of each. */
const [CHANGES, SUBSCRIPTIONS] = [100, 30];
const EVENTS = CHANGES * SUBSCRIPTIONS;

/** Of these the system keeps some hundreds for a client that does not read; others wait at the server. */
const TEXT = 'x'.repeat(8_500);

async function client(url) {
  const socket = await Socket.open(url);
  await socket.connect();
  for (let requestId = 0; requestId < SUBSCRIPTIONS; requestId++) {
    await socket.ask({ op: 'subscribe', requestId, query: { className: 'Game', where: {} } });
  }
  return socket;
}

/** Changes one object, over and over. */
async function change(game) {
  for (let n = 0; n < CHANGES; n++) await game.update('g', {}, { n, text: TEXT });
}

/** All that a client is to hear of it: each subscription of each change, in order. */
async function assertHearsAll(socket) {
  const told = Array.from({ length: SUBSCRIPTIONS }, () => []);
  for (const { op, requestId, object } of await socket.take(EVENTS)) {
    assert.equal(op, 'update');
    told[requestId].push(object.n);
  }
  const all = Array.from({ length: CHANGES }, (_, n) => n);
  told.forEach((ns, requestId) => assert.deepEqual(ns, all, `subscription ${requestId}`));
}

/** A line to a server on which so many bytes a second come in, a few at a time. */
async function narrowLine(server, bytesPerSecond) {
  const listener = createServer((client) => {
    const upstream = connect(server.port, '127.0.0.1');
    const start = performance.now();
    let taken = 0;
    const sip = setInterval(() => {
      const due = ((performance.now() - start) / 1_000) * bytesPerSecond;
      for (let piece; taken < due && (piece = upstream.read(Math.min(upstream.readableLength, 4_096))); taken += piece.length) {
        client.write(piece);
      }
      // What has not been sent is no credit for later.
      taken = Math.max(taken, due);
    }, 5);
    client.pipe(upstream);
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      one.on('error', () => {}).on('close', () => (clearInterval(sip), other.destroy()));
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { url: `ws://127.0.0.1:${listener.address().port}/`, close: () => listener.close() };
}

test('who reads slowly and steadily hears everything, in order', { timeout: 60_000 }, async () => {
  await withServer({ pingSeconds: 4 }, async (server, game) => {
    // It takes longer for all of it than one may who takes nothing.
    const line = await narrowLine(server, 3_000_000);
    const socket = await client(line.url);
    await change(game);
    await server.settled('livematch_hits_total', EVENTS);
    const waiting = EVENTS - (await server.metric('livematch_events_total'));
    assert.ok(waiting > 1_024, `${waiting} wait at the server`);
    await assertHearsAll(socket);
    assert.equal((await socket.ask({ op: 'unsubscribe', requestId: 0 })).op, 'unsubscribed', 'it is still there');
    assert.equal(await server.metric('livematch_clients_dropped_total'), 0);
    socket.close();
    line.close();
  });
});

test('nor does it matter how long it takes to read what is before a ping', { timeout: 60_000 }, async () => {
  await withServer({ pingSeconds: 1 }, async (server, game) => {
    const line = await narrowLine(server, 1_500_000);
    const socket = await client(line.url);
    await change(game);
    await assertHearsAll(socket);
    assert.equal(await server.metric('livematch_clients_dropped_total'), 0);
    socket.close();
    line.close();
  });
});

test('who reads nothing is let go, and another misses nothing', { timeout: 60_000 }, async () => {
  await withServer({ pingSeconds: 1 }, async (server, game) => {
    const [reader, sleeper] = [await client(server.ws), await client(server.ws)];
    sleeper.raw.pause();
    await change(game);
    await assertHearsAll(reader);
    await server.settled('livematch_clients', 1);
    assert.equal(await server.metric('livematch_clients_dropped_total', 'slow'), 1);
    assert.equal(await server.metric('livematch_clients_dropped_total'), 1);
    assert.match(await server.line((line) => line.includes('a client is disconnected')), /"end":"Slow"/);
    assert.equal((await reader.ask({ op: 'unsubscribe', requestId: 0 })).op, 'unsubscribed', 'the other is still there');
    [reader, sleeper].forEach((socket) => socket.raw.terminate());
  });
});
