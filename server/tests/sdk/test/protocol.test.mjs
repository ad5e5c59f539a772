// What no SDK does, or does only by mistake: frames, keys, limits, and who may publish.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort, start, startRedis, startServer, BINARY } from '../lib/process.mjs';
import { APP_ID, changes, embedded, object, post, publisher, withServer } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const KEYS = { javascriptKey: 'js', masterKey: 'master' };
const subscribe = (requestId, where = {}, className = 'Game') => ({ op: 'subscribe', requestId, query: { className, where } });

describe('frames', () => {
  let server, game;
  before(async () => {
    server = await startServer({ appId: APP_ID });
    game = changes((await embedded()).connect(server), 'Game');
  });
  after(() => server.end('SIGTERM'));

  test('each bad frame is answered, and the connection stays', async () => {
    const socket = await Socket.open(server.ws);
    const { clientId } = await socket.connect();
    const bad = [
      ['this is no JSON', 1, null],
      ['[]', 1, null],
      ['{"op":"nonsense"}', 1, null],
      ['{"op":"connect"}', 1, null],
      ['{"op":"query","requestId":7,"query":{"className":"Game","where":{}}}', 1, 7],
      ['{"op":"subscribe","requestId":"7"}', 1, null],
      ['{"op":"subscribe","requestId":7,"query":{"className":"Game","where":{},"count":1}}', 1, 7],
      ['{"op":"unsubscribe","requestId":7}', 2, 7],
      [JSON.stringify(subscribe(8, { $or: {} })), 102, 8],
      [JSON.stringify(subscribe(8, { a: { $regex: '[' } })), 102, 8],
      [JSON.stringify(subscribe(8, { a: { b: '['.repeat(1_000) } })).replace('"[', '[').replace('["', '['), 1, null],
    ];
    for (const [frame, code, requestId] of bad) {
      socket.send(frame);
      const { op, reconnect, ...answer } = await socket.next();
      assert.deepEqual([op, reconnect, answer.code, answer.requestId], ['error', false, code, requestId], frame);
    }
    socket.raw.send(Buffer.from([1, 2, 3]), { binary: true });
    assert.equal((await socket.next()).code, 1);
    assert.deepEqual(await socket.ask(subscribe(1)), { op: 'subscribed', clientId, requestId: 1 });
    socket.close();
  });

  test('who has not connected is told to', async () => {
    const socket = await Socket.open(server.ws);
    const { op, code, requestId, reconnect } = await socket.ask(subscribe(1));
    assert.deepEqual([op, code, requestId, reconnect], ['error', 2, 1, false]);
    socket.close();
  });

  test('a second query under a number replaces the first, and the number may be 0', async () => {
    const socket = await Socket.open(server.ws);
    await socket.connect();
    await socket.ask(subscribe(0, { n: 1 }));
    assert.equal((await socket.ask({ ...subscribe(0, { n: 2 }), op: 'update' })).op, 'subscribed');
    await game.create('one', { n: 1 });
    await game.create('two', { n: 2 });
    const { op, requestId, object } = await socket.next();
    assert.deepEqual([op, requestId, object.objectId], ['create', 0, 'two']);
    assert.equal(await server.metric('livematch_subscriptions'), 1);
    socket.close();
  });

  test('nothing comes after the answer to unsubscribe, even if it was on its way', async () => {
    const socket = await Socket.open(server.ws);
    await socket.connect();
    await socket.ask(subscribe(1));
    await socket.ask(subscribe(2));
    // What the client does not read yet waits at the server.
    socket.raw.pause();
    const text = 'x'.repeat(100_000);
    for (let n = 0; n < 150; n++) await game.create(`${n}`, { text });
    socket.send({ op: 'unsubscribe', requestId: 1 });
    socket.raw.resume();
    const told = [];
    while (told.filter((frame) => frame === 'create 2').length < 150) {
      const { op, requestId } = await socket.next();
      told.push(`${op} ${requestId}`);
    }
    const end = told.indexOf('unsubscribed 1');
    assert.ok(end > 0 && end < told.lastIndexOf('create 2'));
    assert.ok(told.lastIndexOf('create 1') < end);
    socket.close();
  });

  test('what a client says of itself is charged', async () => {
    const held = () => server.metric('livematch_memory_bytes', 'sockets');
    const device = 'd'.repeat(3_900);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => Socket.open(server.ws)));
    for (const socket of sockets) await socket.connect({ installationId: device, sessionToken: `r:${device}` });
    // A gauge is set now and then.
    const deadline = Date.now() + 10_000;
    while ((await held()) < 20 * (4_096 + 7_800)) {
      assert.ok(Date.now() < deadline, `${await held()} bytes`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    sockets.forEach((socket) => socket.close());
  });

  test('who connects again is somebody else', async () => {
    const socket = await Socket.open(server.ws);
    const { clientId } = await socket.connect();
    await socket.ask(subscribe(1));
    assert.notEqual((await socket.connect()).clientId, clientId);
    assert.equal((await socket.ask({ op: 'unsubscribe', requestId: 1 })).code, 2);
    socket.close();
  });

  test('what is sent is the object, and what it was', async () => {
    const socket = await Socket.open(server.ws);
    const { clientId } = await socket.connect({ installationId: 'device' });
    await socket.ask({ op: 'subscribe', requestId: 5, query: { className: 'Game', where: {}, fields: ['n'] } });
    await game.update('g', { n: 1, m: 1 }, { n: 2, m: 2 });
    const whole = object('Game', 'g', {});
    delete whole.__type;
    assert.deepEqual(await socket.next(), {
      op: 'update',
      clientId,
      installationId: 'device',
      requestId: 5,
      object: { ...whole, n: 2 },
      original: { ...whole, n: 1 },
    });
    socket.close();
  });

  test('the paths of HTTP are no WebSockets, and others are nothing else', async () => {
    for (const path of ['/livez', '/readyz', '/health', '/publish']) {
      await assert.rejects(Socket.open(`ws://127.0.0.1:${server.port}${path}`), path);
    }
    assert.equal((await fetch(`${server.http}/health`)).status, 200);
    assert.equal((await fetch(`${server.http}/parse`)).status, 426);
  });
});

test('what it costs to find hits is told', async () => {
  await withServer({}, async (server, game) => {
    const socket = await Socket.open(server.ws);
    await socket.connect();
    for (let n = 0; n < 50; n += 1) await socket.ask(subscribe(n, { n }));
    await socket.ask(subscribe(50, { n: { $ne: 7 } }));
    await game.create('g', { n: 7 });
    await socket.next();
    assert.equal(await server.metric('livematch_candidates_total'), 2, 'the one with the value, and the one without');
    assert.equal(await server.metric('livematch_hits_total'), 1);
    assert.equal(await server.metric('livematch_events_total', 'create'), 1);
    assert.equal(await server.metric('livematch_queries'), 51);
    socket.close();
  });
});

test('keys are asked for as Parse Server does', async () => {
  await withServer({ keyPairs: JSON.stringify(KEYS) }, async (server, game) => {
    const socket = await Socket.open(server.ws);
    const wrong = await socket.connect({ javascriptKey: 'wrong' }).catch((error) => error);
    assert.equal(wrong.code, 4);
    assert.equal((await socket.connect({ javascriptKey: 'js', applicationId: 'another' })).op, 'connected');
    const master = await Socket.open(server.ws);
    await master.connect({ masterKey: 'master' });
    await Promise.all([socket.ask(subscribe(1)), master.ask(subscribe(1))]);
    await game.create('secret', { ACL: {} });
    await game.create('open', {});
    assert.equal((await socket.next()).object.objectId, 'open');
    assert.equal((await master.next()).object.objectId, 'secret');
    [socket, master].forEach((one) => one.close());
  });
});

test('without Parse Server only what is public is sent', async () => {
  await withServer({}, async (server, game) => {
    const socket = await Socket.open(server.ws);
    await socket.connect({ sessionToken: 'r:abc' });
    await socket.ask({ ...subscribe(1), sessionToken: 'r:abc' });
    assert.equal((await socket.ask(subscribe(2, {}, '_Session'))).code, 209);
    await game.create('private', { ACL: { user: { read: true } } });
    await game.update('g', { ACL: { '*': { read: true } } }, { ACL: { user: { read: true } } });
    await game.update('g', { ACL: { user: { read: true } } }, { ACL: { '*': { read: true } } });
    await game.remove('private', { ACL: { user: { read: true } } });
    await game.create('last', {});
    const told = [await socket.next(), await socket.next(), await socket.next()];
    assert.deepEqual(told.map(({ op, object: { objectId }, original }) => [op, objectId, !!original]), [
      ['leave', 'g', true],
      ['enter', 'g', false],
      ['create', 'last', false],
    ]);
    socket.close();
  });
});

describe('publishing', () => {
  const change = { op: 'afterSave', message: { currentParseObject: object('Game', 'g') } };

  test('with a token, and in a form that no page of a browser can send', async () => {
    await withServer({ publishToken: 'secret' }, async (server) => {
      const token = { authorization: 'Bearer secret' };
      const status = async (...args) => (await post(server, ...args)).status;
      assert.equal(await status(change), 401);
      assert.equal(await status(change, { authorization: 'Bearer wrong' }), 401);
      assert.equal(await status('what is not allowed is not read'), 401);
      assert.equal(await status(change, token), 202);
      assert.equal(await status(change, { ...token, 'content-type': 'text/plain' }), 415);
      assert.equal(await status('{', token), 400);
      assert.equal(await status({ op: 'afterFind', message: {} }, token), 400);
      assert.equal(await status({ op: 'afterSave', message: {} }, token), 400);
      assert.equal(await status({ op: 'clearCache', message: { userId: 'u' } }, token), 202);
      assert.equal(await status({ op: 'clearCache', message: {} }, token), 400);
      assert.equal(await server.metric('livematch_changes_total', 'save'), 1);
      assert.equal(await server.metric('livematch_changes_unread_total'), 1);
    });
  });

  test('several at once, each answered, and those of one object told in order', async () => {
    await withServer({ maxChangeBytes: 100_000 }, async (server) => {
      const socket = await Socket.open(server.ws);
      await socket.connect();
      await socket.ask(subscribe(1));
      const message = (n) => ({ op: 'afterSave', message: { currentParseObject: object('Game', 'g', { n }) } });
      const answered = async (...args) => {
        const response = await post(server, ...args);
        return { status: response.status, ...(await response.json()) };
      };
      const hear = async (count) => (await socket.take(count)).map(({ object }) => object.n);
      assert.deepEqual(await answered([1, 2, 3].map(message)), { status: 202, answers: [{}, {}, {}] });
      assert.deepEqual(await hear(3), [1, 2, 3]);

      const some = await answered([message(4), { op: 'afterFind', message: {} }, 5, message(6), { op: 'clearCache', message: { userId: 'u' } }]);
      assert.equal(some.status, 207);
      assert.deepEqual(some.answers.map(({ error }) => error?.split(':')[0]), [undefined, 'at /op', 'expected {"op"', undefined, undefined]);
      assert.deepEqual(await hear(2), [4, 6]);

      const lines = { 'content-type': 'application/x-ndjson' };
      const text = `${JSON.stringify(message(7))}\r\n\n{\n${JSON.stringify(message(8))}\n`;
      const lined = await answered(text, lines);
      assert.equal(lined.status, 207);
      assert.deepEqual(lined.answers.map(({ error }) => error !== undefined), [false, true, false]);
      assert.deepEqual(await hear(2), [7, 8]);

      // What is no array is refused as a whole.
      for (const text of [`[${JSON.stringify(message(9))}`, `[${JSON.stringify(message(9))},]`]) {
        const { status, error } = await answered(text);
        assert.equal(status, 400);
        assert.match(error, /^expected an array of messages/);
      }
      assert.deepEqual(await answered([]), { status: 202, answers: [] });
      assert.match((await answered(`[${'1,'.repeat(10_000)}1]`)).error, /at most 10000 messages/);
      assert.equal((await answered([message(9), { ...message(9), more: 'x'.repeat(100_000) }])).status, 413, 'the bound is that of a change');
      assert.deepEqual(await socket.events(), []);
      socket.close();
    });
  });

  test('stamped ones once, and what is missing by their numbers is counted', async () => {
    await withServer({}, async (server) => {
      const message = (writer, seq) => ({ op: 'clearCache', writer, seq, message: { userId: 'u' } });
      const say = async (body) => (await post(server, body)).json();
      assert.deepEqual(await say([message('a', 5), message('a', 5), message('b', 1)]), { answers: [{}, { repeated: true }, {}] });
      assert.deepEqual(await say(message('a', 4)), { repeated: true });
      assert.deepEqual(await say(message('a', 9)), {});
      for (const body of [message('a'), message(undefined, 1), message('', 1), message('x'.repeat(65), 1), message(1, 1), message('a', -1), message('a', 1.5)]) {
        assert.equal((await post(server, body)).status, 400, JSON.stringify(body));
      }
      assert.equal(await server.metric('livematch_changes_repeated_total'), 2);
      assert.equal(await server.metric('livematch_changes_missing_total'), 3);
      assert.ok(server.lines.some((line) => line.includes('did not arrive') && line.includes('"missing":3')), server.lines.join('\n'));
    });
  });

  test('not beside Redis; and a Redis that is lost is found again, and the gap is told', async () => {
    const port = await freePort();
    let redis = await startRedis(port);
    const server = await startServer({ appId: APP_ID, redisUrl: redis.url });
    assert.equal((await post(server, change)).status, 404);
    const missing = await Socket.open(server.ws);
    const closed = once(missing.raw, 'close');
    await missing.connect();
    await missing.ask(subscribe(1));
    await redis.end('SIGKILL');
    await server.line((line) => line.includes('Redis has closed the connection') || line.includes('is lost'));
    assert.equal((await fetch(`${server.http}/health`)).status, 503);
    redis = await startRedis(port);
    await server.line((line) => line.includes('Redis is back'));
    assert.equal((await fetch(`${server.http}/health`)).status, 200);
    assert.equal(await server.metric('livematch_feed_gaps_total'), 1);
    assert.equal((await closed)[0], 1006, 'lost, so that the SDK opens again');
    const socket = await Socket.open(server.ws);
    await socket.connect();
    await socket.ask(subscribe(1));
    const source = publisher(redis.url);
    await source.publish('afterSave', 'no message');
    await changes(source, 'Game').create('after', {});
    assert.equal((await socket.next()).object.objectId, 'after');
    assert.equal(await server.metric('livematch_changes_unread_total'), 1);
    socket.close();
    await source.close();
    await server.end('SIGTERM');
    await redis.end('SIGTERM');
  });
});

describe('limits', () => {
  test('of a frame, and of clauses', async () => {
    const limits = { maxFrameBytes: 1_000, maxConstraints: 4, maxListMembers: 5 };
    await withServer(limits, async (server) => {
      const socket = await Socket.open(server.ws);
      await socket.connect();
      const code = async (...args) => (await socket.ask(subscribe(...args))).code;
      assert.equal(await code(1, { a: 'x'.repeat(1_000) }), 155);
      assert.equal(await code(1, { a: { $in: [1, 2, 3, 4, 5, 6] } }), 102);
      assert.equal(await code(1, { a: 1, b: 2, c: 3, d: 4, e: 5 }), 102);
      assert.equal(await code(1, { a: { $ne: 5 } }), undefined);
      assert.equal(await code(2, {}), undefined);
      assert.equal(await code(2, { a: 3 }), undefined, 'a number that is in use may be used again');
      socket.send('x'.repeat(4_001));
      await once(socket.raw, 'close');
    });
  });

  test('of the memory that a client takes, which it gets back', async () => {
    await withServer({ clientMemory: 200_000 }, async (server) => {
      const socket = await Socket.open(server.ws);
      await socket.connect();
      const ask = async (frame) => {
        const { op, requestId, error } = await socket.ask(frame);
        return op === 'error' ? `${requestId}: ${error}` : op;
      };
      const full = '2: Expected a client to need at most 200000 bytes of memory';
      const large = { a: { $in: Array.from({ length: 1_000 }, (_, n) => `some text ${n}`) } };
      assert.equal(await ask(subscribe(1, large)), 'subscribed');
      assert.equal(await ask(subscribe(2, { ...large, b: 1 })), full);
      assert.equal(await ask(subscribe(1, { ...large, c: 1 })), 'subscribed', 'instead of the first');
      assert.equal(await ask({ op: 'unsubscribe', requestId: 1 }), 'unsubscribed');
      assert.equal(await ask(subscribe(2, large)), 'subscribed');
      await socket.connect();
      assert.equal(await ask(subscribe(1, large)), 'subscribed');
      socket.close();
    });
  });

  test('of clients', async () => {
    await withServer({ maxClients: 1 }, async (server) => {
      const first = await Socket.open(server.ws);
      await assert.rejects(Socket.open(server.ws), /503/);
      first.close();
      await once(first.raw, 'close');
      await server.settled('livematch_clients', 0);
      (await Socket.open(server.ws)).close();
    });
  });

  test('a client that does not read is let go, and another misses nothing', async () => {
    await withServer({ clientMemory: 4_000_000 }, async (server, game) => {
      const [reader, sleeper] = [await Socket.open(server.ws), await Socket.open(server.ws)];
      for (const socket of [reader, sleeper]) {
        await socket.connect();
        await socket.ask(subscribe(1));
      }
      sleeper.raw.pause();
      const text = 'x'.repeat(1_000_000);
      for (let n = 0; n < 40; n++) {
        await game.create(`${n}`, { text });
        assert.equal((await reader.next()).object.objectId, `${n}`);
      }
      await server.settled('livematch_clients', 1);
      assert.equal(await server.metric('livematch_clients_dropped_total', 'memory'), 1);
      [reader, sleeper].forEach((socket) => socket.raw.terminate());
    });
  });

  test('a client that answers no ping is let go, and another stays', async () => {
    await withServer({ pingSeconds: 0.2 }, async (server) => {
      const alive = await Socket.open(server.ws);
      const dead = await Socket.open(server.ws, { autoPong: false });
      await once(dead.raw, 'close');
      assert.equal(await server.metric('livematch_clients_dropped_total', 'silent'), 1);
      assert.equal((await alive.connect()).op, 'connected');
      alive.close();
    });
  });
});

test('the end is the end of the connections', async () => {
  const server = await startServer({ appId: APP_ID });
  const socket = await Socket.open(server.ws);
  await socket.connect();
  const closed = once(socket.raw, 'close');
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
  assert.equal((await closed)[0], 1006, 'of a goodbye Android would tell its app nothing');
});

test('a peer that does not finish its request holds nothing up', async () => {
  const server = await startServer({ appId: APP_ID, shutdownSeconds: 0.3 });
  const peer = connect(server.port, '127.0.0.1').on('error', () => {});
  await once(peer, 'connect');
  peer.write('GET /health HT');
  assert.equal((await fetch(`${server.http}/health`)).status, 200);
  assert.equal((await server.end('SIGTERM')).code, 0);
});

test('options may come from the environment', async () => {
  const server = await startServer({}, { LIVEMATCH_PUBLISH_TOKEN: 'secret', LIVEMATCH_MAX_CLIENTS: '5' });
  assert.equal((await post(server, {})).status, 401);
  await server.end('SIGTERM');
  const help = await start(BINARY, ['--help'], (line) => line.includes('--redis-url'), { env: { LIVEMATCH_MASTER_KEY: 'hush' } });
  await help.exited;
  assert.ok(help.lines.every((line) => !line.includes('hush')));
});
