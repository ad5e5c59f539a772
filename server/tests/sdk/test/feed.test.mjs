// The way from Redis, and what goes wrong on it: what is missed is told, and what is wrong is named with what to do.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createClient } from 'redis';
import { BINARY, freePort, start, startOnPort, startRedis, startServer } from '../lib/process.mjs';
import { APP_ID, changes, object, publisher } from '../lib/feed.mjs';
import { makeCertificates } from '../lib/certificates.mjs';
import { Socket } from '../lib/socket.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server that does not wait for Redis: the address comes from the environment. */
const startWithout = (redisUrl, options = {}) => startServer({ appId: APP_ID, ...options }, { LIVEMATCH_REDIS_URL: redisUrl });

async function subscribed(server) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: {} } });
  return socket;
}

const closed = async (socket) => {
  const [code, reason] = await once(socket.raw, 'close');
  return [code, `${reason}`];
};
/** The connection is lost, which every SDK knows. */
const MISSED = [1006, ''];

/** Asks a Redis as its operator does. */
async function operate(url, ...commands) {
  const client = createClient({ url });
  await client.connect();
  for (const command of commands) await client.sendCommand(command.split(' '));
  await client.close();
}

describe('what is missed is told', () => {
  test('from the start, if clients were there before Redis', async () => {
    const port = await freePort();
    const server = await startWithout(`redis://127.0.0.1:${port}`);
    assert.equal(await server.metric('livematch_ready'), 0);
    const socket = await subscribed(server);
    const end = closed(socket);
    const redis = await startRedis(port);
    assert.deepEqual(await end, MISSED);
    assert.equal(await server.metric('livematch_feed_gaps_total'), 1);
    assert.equal(await server.metric('livematch_clients_dropped_total', 'gap'), 1);
    // Who comes now has missed nothing.
    const next = await subscribed(server);
    const source = publisher(redis.url);
    await changes(source, 'Game').create('g', {});
    assert.equal((await next.next()).object.objectId, 'g');
    next.close();
    await source.close();
    await server.end('SIGTERM');
    await redis.end('SIGTERM');
  });

  test('nobody is told from the start, if nobody was there', async () => {
    const port = await freePort();
    const server = await startWithout(`redis://127.0.0.1:${port}`);
    const redis = await startRedis(port);
    await server.line((line) => line.includes('listening to Redis'));
    assert.equal(await server.metric('livematch_feed_gaps_total'), 0);
    assert.equal(await server.metric('livematch_ready'), 1);
    await server.end('SIGTERM');
    await redis.end('SIGTERM');
  });

  test('unless an option says that nobody is to be told', async () => {
    const port = await freePort();
    const server = await startWithout(`redis://127.0.0.1:${port}`, { reopenPerSecond: 0 });
    const socket = await subscribed(server);
    const redis = await startRedis(port);
    await server.settled('livematch_feed_gaps_total', 1);
    const source = publisher(redis.url);
    await changes(source, 'Game').create('g', {});
    assert.equal((await socket.next()).object.objectId, 'g');
    socket.close();
    await source.close();
    await server.end('SIGTERM');
    await redis.end('SIGTERM');
  });

  test('clients are closed over a time, and not all at once', async () => {
    const redis = await startRedis();
    const server = await startServer({ appId: APP_ID, redisUrl: redis.url, reopenPerSecond: 10 });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => subscribed(server)));
    let count = 0;
    const ends = sockets.map((socket) => closed(socket).then((end) => (count++, end)));
    await redis.end('SIGKILL');
    const again = await startRedis(redis.port);
    await server.settled('livematch_feed_gaps_total', 1);
    await Promise.race(ends);
    assert.ok(count < 20, `${count} of 20 at once`);
    for (const end of await Promise.all(ends)) assert.deepEqual(end, MISSED);
    await server.end('SIGTERM');
    await again.end('SIGTERM');
  });

  test('when changes come faster than they are read', async () => {
    const redis = await startRedis();
    const server = await startServer({ appId: APP_ID, redisUrl: redis.url, feedBufferBytes: 65_536 });
    const socket = await subscribed(server);
    const ids = [];
    socket.raw.on('message', (text) => ids.push(JSON.parse(text).object.objectId));
    const end = closed(socket);
    const source = publisher(redis.url);
    const game = changes(source, 'Game');
    const text = 'x'.repeat(30_000);
    process.kill(server.pid, 'SIGSTOP');
    await Promise.all(Array.from({ length: 500 }, (_, n) => game.create(`${n}`, { text })));
    process.kill(server.pid, 'SIGCONT');
    assert.deepEqual(await end, MISSED);
    const lost = await server.metric('livematch_changes_lost_total');
    assert.ok(lost > 0);
    assert.equal(ids.length + lost, 500, 'each was sent or counted');
    assert.deepEqual(ids, [...ids].sort((a, b) => a - b));
    assert.equal(await server.metric('livematch_feed_gaps_total'), 1);
    await source.close();
    await server.end('SIGTERM');
    await redis.end('SIGTERM');
  });
});

describe('a Redis that answers and hands on nothing', () => {
  test('a replica without a link', async () => {
    const redis = await startRedis();
    const server = await startServer({ appId: APP_ID, redisUrl: redis.url });
    const socket = await subscribed(server);
    const end = closed(socket);
    await operate(redis.url, 'REPLICAOF 127.0.0.1 1');
    await server.settled('livematch_ready', 0);
    assert.equal((await fetch(`${server.http}/readyz`)).status, 503);
    assert.match(JSON.stringify(await (await fetch(`${server.admin}/health`)).json()), /replica without a link/);
    await operate(redis.url, 'REPLICAOF NO ONE');
    await server.settled('livematch_ready', 1);
    assert.equal(await server.metric('livematch_feed_gaps_total'), 1);
    assert.deepEqual(await end, MISSED);
    await server.end('SIGTERM');
    await redis.end('SIGTERM');
  });

  test('a replica with a link hands everything on', async () => {
    const [primary, replica] = [await startRedis(), await startRedis()];
    await operate(replica.url, `REPLICAOF 127.0.0.1 ${primary.port}`);
    const server = await startWithout(replica.url);
    await server.settled('livematch_ready', 1);
    const socket = await subscribed(server);
    const source = publisher(primary.url);
    await changes(source, 'Game').create('g', {});
    assert.equal((await socket.next()).object.objectId, 'g');
    socket.close();
    await source.close();
    await server.end('SIGTERM');
    await Promise.all([primary.end('SIGTERM'), replica.end('SIGTERM')]);
  });

  test('a node whose cluster is not whole', async () => {
    const redis = await startRedis(undefined, ['--cluster-enabled', 'yes']);
    const server = await startWithout(redis.url);
    await server.line((line) => line.includes('cluster is not whole'));
    assert.equal(await server.metric('livematch_ready'), 0);
    await operate(redis.url, `CLUSTER ADDSLOTS ${Array.from({ length: 16_384 }, (_, slot) => slot).join(' ')}`);
    await server.settled('livematch_ready', 1);
    await server.end('SIGTERM');
    await redis.end('SIGTERM');
  });
});

describe('what is wrong is named, with what to do', () => {
  let redis;
  before(async () => {
    redis = await startRedis();
    await operate(
      redis.url,
      `ACL SETUSER live on >p resetchannels &${APP_ID}* +subscribe`,
      `ACL SETUSER deaf on >p resetchannels &other* +subscribe +ping`,
      `ACL SETUSER mute on >p resetchannels &${APP_ID}* +ping`,
    );
  });
  after(() => redis.end('SIGTERM'));
  const as = (user) => `redis://${user}@127.0.0.1:${redis.port}`;

  test('a user who may listen and no more is enough', async () => {
    const server = await startWithout(as('live:p'));
    await server.settled('livematch_ready', 1);
    const socket = await subscribed(server);
    await pause(7_000);
    assert.equal(await server.metric('livematch_feed_gaps_total'), 0);
    assert.ok(server.lines.some((line) => line.includes('+ping')) && server.lines.some((line) => line.includes('+role')));
    assert.ok(server.lines.length < 15, server.lines.join('\n'));
    const source = publisher(redis.url);
    await changes(source, 'Game').create('g', {});
    assert.equal((await socket.next()).object.objectId, 'g');
    socket.close();
    await source.close();
    await server.end('SIGTERM');
  });

  for (const user of ['deaf', 'mute']) {
    test(`a user who may not listen (${user})`, async () => {
      const server = await startWithout(as(`${user}:p`));
      const line = await server.line((line) => line.includes('cannot listen to Redis'));
      assert.ok(line.includes(`&${APP_ID}* +subscribe +ping`), line);
      await pause(3_000);
      assert.ok(server.lines.length < 15, 'it waits longer and longer');
      assert.equal(await server.metric('livematch_ready'), 0);
      await server.end('SIGTERM');
    });
  }

  test('a wrong password', async () => {
    const server = await startWithout(as('live:wrong'));
    assert.match(await server.line((line) => line.includes('cannot listen to Redis')), /redis:\/\/USER:PASSWORD@HOST/);
    await server.end('SIGTERM');
  });

  test('an address that cannot be read, and certificates without TLS', async () => {
    const said = async (...args) => {
      const server = await start(BINARY, ['--app-id', 'a', '--listen', '127.0.0.1:0', '--admin-listen', 'off', ...args], () => true);
      assert.notEqual((await server.exited).code, 0);
      return server.lines.join('\n');
    };
    assert.match(await said('--redis-url', 'http://127.0.0.1'), /--redis-url/);
    assert.match(await said('--redis-url', redis.url, '--redis-ca', '/dev/null'), /rediss:/);
    assert.match(await said('--redis-url', 'rediss://127.0.0.1', '--redis-ca', '/no/such/file'), /\/no\/such\/file/);
  });
});

describe('TLS', () => {
  let certificates, redis, strict;
  const startTls = (clients) =>
    startOnPort(async (port) => {
      const { ca, server } = certificates;
      const args = ['--port', '0', '--tls-port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'];
      const tls = ['--tls-ca-cert-file', ca, '--tls-cert-file', server.certificate, '--tls-key-file', server.key, '--tls-auth-clients', clients];
      const started = await start('redis-server', [...args, ...tls], (line) => line.includes('Ready to accept'));
      return { ...started, port, url: `rediss://127.0.0.1:${port}` };
    });
  before(async () => {
    certificates = await makeCertificates();
    [redis, strict] = await Promise.all([startTls('no'), startTls('yes')]);
  });
  after(async () => {
    await Promise.all([redis, strict].map((one) => one.end('SIGTERM')));
    await certificates.remove();
  });

  test('with the certificate of the issuer, by option or as one of the system', async () => {
    const { ca } = certificates;
    for (const [options, env] of [[{ redisCa: ca }, {}], [{}, { SSL_CERT_FILE: ca }]]) {
      const server = await startServer({ appId: APP_ID, redisUrl: redis.url, ...options }, env);
      const socket = await subscribed(server);
      const source = createClient({ url: redis.url, socket: { ca: await readFile(ca), tls: true } });
      await source.connect();
      await source.publish(`${APP_ID}afterSave`, JSON.stringify({ currentParseObject: object('Game', 'g') }));
      assert.equal((await socket.next()).object.objectId, 'g');
      socket.close();
      await source.close();
      await server.end('SIGTERM');
    }
  });

  test('with a certificate of ours, where Redis wants one', async () => {
    const { ca, client } = certificates;
    const ours = { redisCert: client.certificate, redisKey: client.key };
    const server = await startServer({ appId: APP_ID, redisUrl: strict.url, redisCa: ca, ...ours });
    assert.equal(await server.metric('livematch_ready'), 1);
    await server.end('SIGTERM');
    const without = await startWithout(strict.url, { redisCa: ca });
    assert.match(await without.line((line) => line.includes('cannot listen to Redis')), /--redis-cert/);
    await without.end('SIGTERM');
  });

  test('an issuer who is not known', async () => {
    const server = await startWithout(redis.url);
    assert.match(await server.line((line) => line.includes('cannot listen to Redis')), /--redis-ca/);
    await server.end('SIGTERM');
  });

  test('TLS to a port that does not speak it, and none to one that does', async () => {
    const plain = await startRedis();
    const mistaken = await startWithout(plain.url.replace('redis:', 'rediss:'), { redisCa: certificates.ca });
    assert.match(await mistaken.line((line) => line.includes('cannot listen to Redis')), /has to begin with redis:/);
    await mistaken.end('SIGTERM');
    await plain.end('SIGTERM');
    const other = await startWithout(redis.url.replace('rediss:', 'redis:'));
    assert.match(await other.line((line) => line.includes('cannot listen to Redis')), /has to begin with rediss:/);
    await other.end('SIGTERM');
  });
});

describe('what is posted', () => {
  const body = (bytes) => JSON.stringify({ op: 'afterSave', message: { currentParseObject: object('Game', 'g', { text: 'x'.repeat(bytes) }) } });
  const headers = { 'content-type': 'application/json' };
  const publish = (server, body) => fetch(`${server.http}/publish`, { method: 'POST', headers, body, duplex: 'half' });

  test('has room for some bytes in all, and some time to come', async () => {
    const server = await startServer({ appId: APP_ID, feedBufferBytes: 100_000, maxChangeBytes: 80_000 });
    // It announces more than it ever sends.
    const slow = connect(server.port, '127.0.0.1');
    slow.write('POST /publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 70000\r\n\r\n{');
    await pause(200);
    assert.equal((await publish(server, body(50_000))).status, 503, 'its room is taken');
    assert.equal((await publish(server, body(1_000))).status, 202);
    let answer = '';
    slow.on('data', (bytes) => (answer += bytes));
    await once(slow, 'close');
    assert.match(answer, /^HTTP\/1\.1 408/);
    assert.equal((await publish(server, body(50_000))).status, 202, 'its room is free again');
    assert.equal((await publish(server, body(90_000))).status, 413);
    const pieces = async function* () {
      for (const piece of body(90_000).match(/.{1,10000}/g)) yield Buffer.from(piece);
    };
    assert.equal((await publish(server, pieces())).status, 413, 'of which the size is not announced');
    assert.equal(await server.metric('livematch_changes_total', 'save'), 2);
    await server.end('SIGTERM');
  });

  test('however much it is, others are answered meanwhile', async () => {
    // An eighth of it is room for all of them.
    const server = await startServer({ appId: APP_ID, memory: 2 ** 31 });
    const large = body(8_000_000);
    const socket = await Socket.open(server.ws);
    await socket.connect();
    let pending = 20;
    const posts = Array.from({ length: pending }, () => publish(server, large).finally(() => pending--));
    let answers = 0;
    while (pending > 0) {
      const { op } = await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Other', where: {} } });
      assert.equal(op, 'subscribed');
      answers++;
    }
    assert.ok(answers > 20, `${answers} answers`);
    for (const post of await Promise.all(posts)) assert.equal(post.status, 202);
    socket.close();
    await server.end('SIGTERM');
  });
});
