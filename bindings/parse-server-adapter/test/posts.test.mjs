// Messages that are posted: to a server that answers in every way there is, and to livematch-server itself.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Socket } from '../../../server/tests/sdk/lib/socket.mjs';
import { adapter, freePort, pause, save, startServer, until } from './setup.mjs';

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A server that keeps what is posted, and answers as it is told to. */
async function startPosted(answer = () => ({ status: 202 })) {
  const bodies = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = JSON.parse(Buffer.concat(pieces));
    bodies.push({ body, headers: request.headers });
    const said = await answer([body].flat(), bodies.length);
    if (said) response.writeHead(said.status, said.headers).end(JSON.stringify(said.body ?? {}));
    else response.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const seqs = () => bodies.map(({ body }) => (Array.isArray(body) ? body.map(({ seq }) => seq) : body.seq));
  const end = () => (server.closeAllConnections(), server.close());
  return { url: `http://127.0.0.1:${server.address().port}/publish`, bodies, seqs, end };
}

describe('what is posted', () => {
  test('is a message, or an array of those that came together, with their stamps', async () => {
    const server = await startPosted();
    const { pubSub, publish, settled } = adapter({ post: { url: server.url, token: 'secret' } });
    publish('myAppafterSave', save('1'));
    await settled();
    publish('myAppafterDelete', save('2'));
    publish('myAppclearCache', '{"userId":"u"}');
    await settled();
    const { writer } = pubSub.metrics();
    const [one, two] = server.bodies;
    assert.deepEqual(one.body, { op: 'afterSave', writer, seq: 1, message: JSON.parse(save('1')) });
    assert.equal(one.headers['content-type'], 'application/json');
    assert.equal(one.headers.authorization, 'Bearer secret');
    assert.deepEqual(two.body, [
      { op: 'afterDelete', writer, seq: 2, message: JSON.parse(save('2')) },
      { op: 'clearCache', writer, seq: 3, message: { userId: 'u' } },
    ]);
    await pubSub.close();
    server.end();
  });

  test('comes one batch after the other, however slow the answers are', async () => {
    let [under, most] = [0, 0];
    const server = await startPosted(async () => {
      most = Math.max(most, ++under);
      await pause(50);
      under--;
      return { status: 202 };
    });
    const { pubSub, publish, settled } = adapter({ post: { url: server.url }, maxBatchMessages: 3 });
    for (const n of range(1, 7)) publish('aafterSave', save(`${n}`));
    await settled();
    assert.deepEqual(server.seqs(), [[1, 2, 3], [4, 5, 6], 7]);
    assert.equal(most, 1);
    await pubSub.close();
    server.end();
  });

  test('comes again until it is taken, whatever goes wrong', async () => {
    const wrong = [{ status: 503 }, { status: 401 }, null, { status: 404 }, { status: 500 }, { status: 408 }, { status: 302, headers: { location: '/other' } }];
    const server = await startPosted((messages, count) => (count <= wrong.length ? wrong[count - 1] : { status: 202 }));
    const { pubSub, publish, settled, said, destination } = adapter({ post: { url: server.url }, maxRetryMs: 20 });
    publish('aafterSave', save('1'));
    publish('aafterSave', save('2'));
    await settled();
    assert.deepEqual(server.seqs(), Array.from({ length: wrong.length + 1 }, () => [1, 2]));
    assert.equal(destination().retries, wrong.length);
    assert.equal(destination().written, 2);
    assert.ok(said.some((line) => /warn .*takes no changes: 401/.test(line)), said.join('\n'));
    await pubSub.close();
    server.end();
  });

  test('waits as long as the server asks, as far as the longest wait goes', async () => {
    const server = await startPosted((_, count) => (count === 1 ? { status: 503, headers: { 'retry-after': '1' } } : { status: 202 }));
    const { pubSub, publish, settled } = adapter({ post: { url: server.url }, maxRetryMs: 1_000 });
    const began = Date.now();
    publish('aafterSave', save('1'));
    await settled();
    assert.ok(Date.now() - began >= 750);
    await pubSub.close();
    server.end();
  });

  test('comes by halves if it is too much, and is refused if it is one', async () => {
    const server = await startPosted((messages) => {
      if (messages.length > 2) return { status: 413 };
      return messages.some(({ seq }) => seq === 3) ? { status: messages.length > 1 ? 400 : 413 } : { status: 202 };
    });
    const { pubSub, publish, settled, said, destination } = adapter({ post: { url: server.url } });
    for (const n of range(1, 5)) publish('aafterSave', save(`${n}`));
    await settled();
    assert.deepEqual(server.seqs(), [[1, 2, 3, 4, 5], [1, 2], [3, 4, 5], 3, [4, 5]]);
    assert.equal(destination().written, 4);
    assert.equal(destination().refused, 1);
    assert.ok(said.some((line) => /error .*refused 1 changes, first number 3: 413/.test(line)), said.join('\n'));
    await pubSub.close();
    server.end();
  });

  test('is refused one by one where the answers say so', async () => {
    const server = await startPosted((messages) => ({
      status: 207,
      body: { answers: messages.map(({ seq }) => (seq === 2 ? { error: 'in /message: bad' } : {})) },
    }));
    const { pubSub, publish, settled, said, destination } = adapter({ post: { url: server.url } });
    for (const n of range(1, 3)) publish('aafterSave', save(`${n}`));
    await settled();
    assert.equal(destination().written, 2);
    assert.equal(destination().refused, 1);
    assert.ok(said.some((line) => line.includes('first number 2: in /message: bad')), said.join('\n'));
    await pubSub.close();
    server.end();
  });

  test('goes to each of several servers, and none waits for another', async () => {
    const [one, other] = [await startPosted(), await startPosted()];
    const nowhere = `http://127.0.0.1:${await freePort()}/publish`;
    const { pubSub, publish } = adapter({ post: [{ url: one.url }, { url: nowhere }, { url: other.url }], closeMs: 100 });
    for (const n of range(1, 3)) publish('aafterSave', save(`${n}`));
    const standing = () => JSON.stringify(pubSub.metrics().destinations.map(({ written, queued }) => [written, queued]));
    await until(() => standing() === '[[3,0],[0,3],[3,0]]', 'both have them');
    assert.deepEqual((await pubSub.close()).map(({ left }) => left), [0, 3, 0]);
    one.end();
    other.end();
  });

  test('is given up if no answer comes in time, and comes again', async () => {
    const server = await startPosted((_, count) => (count === 1 ? new Promise(() => {}) : { status: 202 }));
    const { pubSub, publish, settled, destination } = adapter({ post: { url: server.url }, timeoutMs: 200 });
    publish('aafterSave', save('1'));
    await settled();
    assert.deepEqual(server.seqs(), [1, 1]);
    assert.equal(destination().retries, 1);
    await pubSub.close();
    server.end();
  });
});

describe('livematch-server', () => {
  let server, socket;
  before(async () => {
    server = await startServer();
    socket = await subscribed(server);
  });
  after(async () => {
    socket.close();
    await server.end('SIGTERM');
  });
  const subscribed = async (server) => {
    const socket = await Socket.open(server.ws);
    await socket.connect();
    await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: {} } });
    return socket;
  };
  const hear = async (socket, count) => {
    const ids = [];
    while (ids.length < count) ids.push((await socket.next()).object.objectId);
    return ids;
  };

  test('tells clients of what the adapter posts, in order', async () => {
    const { pubSub, publish, settled, destination } = adapter({ post: { url: `${server.http}/publish` }, maxBatchMessages: 10 });
    for (const n of range(1, 50)) publish('myAppafterSave', save(`${n}`));
    assert.deepEqual(await hear(socket, 50), range(1, 50).map(String));
    await settled();
    assert.equal(destination().batches, 5);
    assert.equal(destination().refused, 0);
    await pubSub.close();
  });

  test('drops what comes again, and counts what is missing', async () => {
    const writer = 'somebody';
    const message = (seq) => ({ op: 'afterSave', writer, seq, message: JSON.parse(save(`again ${seq}`)) });
    const headers = { 'content-type': 'application/json' };
    const post = async (body) => (await fetch(`${server.http}/publish`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    const [repeated, missing] = [await server.metric('livematch_changes_repeated_total'), await server.metric('livematch_changes_missing_total')];
    assert.deepEqual(await post([message(1), message(2)]), { answers: [{}, {}] });
    assert.deepEqual(await post([message(1), message(2), message(3)]), { answers: [{ repeated: true }, { repeated: true }, {}] });
    assert.deepEqual(await post(message(3)), { repeated: true });
    assert.deepEqual(await post(message(7)), {});
    assert.deepEqual(await hear(socket, 4), ['again 1', 'again 2', 'again 3', 'again 7']);
    assert.equal(await server.metric('livematch_changes_repeated_total'), repeated + 3);
    assert.equal(await server.metric('livematch_changes_missing_total'), missing + 3);
  });

  test('hears what was published while it was away', async () => {
    const port = await freePort();
    const { pubSub, publish, settled } = adapter({ post: { url: `http://127.0.0.1:${port}/publish` }, maxRetryMs: 2_000 });
    for (const n of range(1, 20)) publish('myAppafterSave', save(`${n}`));
    const started = await startServer({ port });
    const client = await subscribed(started);
    await settled();
    assert.equal(await started.metric('livematch_changes_total'), 20);
    await started.end('SIGKILL');
    for (const n of range(21, 40)) publish('myAppafterSave', save(`${n}`));
    const again = await startServer({ port });
    await settled();
    assert.equal(await again.metric('livematch_changes_total'), 20);
    assert.equal(await again.metric('livematch_feed_gaps_total'), 0);
    client.raw.terminate();
    await pubSub.close();
    await again.end('SIGTERM');
  });

  test('tells clients when messages found no room in the adapter', async () => {
    const port = await freePort();
    const away = adapter({ post: { url: `http://127.0.0.1:${port}/publish` }, maxQueuedMessages: 5, maxBatchMessages: 1 });
    away.publish('myAppafterSave', save('1'));
    const first = await startServer({ port });
    await away.settled();
    const client = await subscribed(first);
    const end = once(client.raw, 'close');
    process.kill(first.pid, 'SIGSTOP');
    for (const n of range(2, 20)) away.publish('myAppafterSave', save(`${n}`));
    assert.ok(away.destination().dropped > 0);
    process.kill(first.pid, 'SIGCONT');
    await away.settled();
    assert.equal(await first.metric('livematch_changes_missing_total'), away.destination().dropped);
    await end;
    assert.equal(await first.metric('livematch_feed_gaps_total'), 1);
    await away.pubSub.close();
    await first.end('SIGTERM');
  });
});
