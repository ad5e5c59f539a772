// The way from a Redis Stream: nothing is missed while either end is away, and what is missing is told.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createClient } from 'redis';
import { BINARY, start, startRedis, startServer } from '../lib/process.mjs';
import { APP_ID, object } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A Redis that is asked, and forgets nothing that it has acknowledged. */
async function startStreams() {
  const folder = await mkdtemp(`${tmpdir()}/livematch-streams-`);
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder];
  let redis = await startRedis(undefined, durable);
  const { url, port } = redis;
  let client;
  const connect = async () => {
    client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on('error', () => {});
    await client.connect();
  };
  await connect();
  const ask = (...words) => client.sendCommand(words.map(String));
  /** Appends a save of an object `g` whose `n` is given; stamped, if a number says so. */
  const add = (key, n, { seq, writer = 'w', app = APP_ID, id = '*', text = '' } = {}) => {
    const message = JSON.stringify({ currentParseObject: object('Game', 'g', { n, text }) });
    const stamp = seq === undefined ? [] : ['writer', writer, 'seq', seq];
    return ask('XADD', key, id, 'channel', `${app}afterSave`, 'message', message, ...stamp);
  };
  return {
    url,
    ask,
    add,
    addAll: (key, ns, options = {}) => Promise.all(ns.map((n) => add(key, n, { ...options, seq: options.stamped ? n : undefined }))),
    kill: () => redis.end('SIGKILL'),
    again: async () => {
      redis = await startRedis(port, durable);
      await connect();
    },
    end: async () => {
      client.destroy();
      await redis.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startReader(redis, key, options = {}) {
  const server = await startServer({ appId: APP_ID, redisStream: key, ...options }, { LIVEMATCH_REDIS_URL: redis.url });
  await server.line((line) => line.includes('reading the stream of Redis'));
  return server;
}

async function subscribed(server) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: {} } });
  return socket;
}

const hear = async (socket, count) => (await socket.take(count)).map(({ object }) => object.n);
/** Puts a server to sleep. What it waited for when it fell asleep, Redis has given up by then: it hears of nothing until it wakes up. */
async function sleeping(server) {
  process.kill(server.pid, 'SIGSTOP');
  await pause(1_200);
}
const gaps = (server) => server.metric('livematch_feed_gaps_total');
const missing = (server) => server.metric('livematch_changes_missing_total');

let redis, folder;
before(async () => {
  folder = await mkdtemp(`${tmpdir()}/livematch-position-`);
  redis = await startStreams();
});
after(async () => {
  await redis.end();
  await rm(folder, { recursive: true });
});

describe('a stream', () => {
  test('is read from its end on, in order, whatever else stands in it', async () => {
    await redis.addAll('plain', range(1, 5));
    const server = await startReader(redis, 'plain');
    const socket = await subscribed(server);
    await redis.add('plain', 6, { seq: 1 });
    await redis.add('plain', 7, { app: 'other', seq: 2 });
    await redis.ask('XADD', 'plain', '*', 'some', 'thing');
    await redis.ask('XADD', 'plain', '*', 'channel', `${APP_ID}afterSave`, 'message', 'no JSON');
    await redis.ask('XADD', 'plain', '*', 'channel', `${APP_ID}clearCache`, 'message', '{"userId":"u"}');
    await redis.add('plain', 8, { seq: 3 });
    await redis.add('plain', 8, { seq: 3 });
    await redis.addAll('plain', range(9, 400));
    assert.deepEqual(await hear(socket, 394), [6, ...range(8, 400)]);
    assert.equal(await server.metric('livematch_changes_unread_total'), 2);
    assert.equal(await server.metric('livematch_changes_repeated_total'), 1);
    assert.equal(await missing(server), 0);
    socket.close();
    await server.end('SIGTERM');
  });

  test('in which there is nothing of this app is told of', async () => {
    const server = await startReader(redis, 'strange');
    await redis.addAll('strange', range(1, 9), { app: 'other' });
    await redis.add('strange', 10);
    await redis.addAll('strange', range(11, 30), { app: 'other' });
    await server.settled('livematch_changes_total', 1);
    const wrong = await startReader(redis, 'strange');
    await redis.addAll('strange', range(31, 60), { app: 'other' });
    assert.match(await wrong.line((line) => line.includes('another application')), /otherafterSave/);
    assert.ok(!server.lines.some((line) => line.includes('another application')));
    await server.end('SIGTERM');
    await wrong.end('SIGTERM');
  });

  test('that is not there yet is read from its begin', async () => {
    const server = await startReader(redis, 'later');
    const socket = await subscribed(server);
    await redis.addAll('later', range(1, 3));
    assert.deepEqual(await hear(socket, 3), [1, 2, 3]);
    await pause(2_500);
    assert.equal(await missing(server), 0);
    socket.close();
    await server.end('SIGTERM');
  });

  test('keeps what finds no room in the server until it does', async () => {
    const server = await startReader(redis, 'crowded', { feedBufferBytes: 65_536 });
    const socket = await subscribed(server);
    process.kill(server.pid, 'SIGSTOP');
    await redis.addAll('crowded', range(1, 200), { text: 'x'.repeat(30_000) });
    process.kill(server.pid, 'SIGCONT');
    assert.deepEqual(await hear(socket, 200), range(1, 200));
    await redis.add('crowded', 201, { text: 'x'.repeat(70_000) });
    await redis.add('crowded', 202);
    assert.deepEqual(await hear(socket, 1), [202], 'one that never finds room is lost, and told');
    assert.equal(await server.metric('livematch_changes_lost_total'), 1);
    await server.settled('livematch_feed_gaps_total', 1);
    await server.end('SIGTERM');
  });
});

describe('nothing is missed', () => {
  test('while Redis is away, and nobody is closed', async () => {
    const server = await startReader(redis, 'away');
    const socket = await subscribed(server);
    await redis.addAll('away', range(1, 50));
    for (const round of [1, 2]) {
      await redis.kill();
      await server.settled('livematch_ready', 0);
      await redis.again();
      await redis.addAll('away', range(round * 50 + 1, round * 50 + 50));
      await server.settled('livematch_ready', 1);
    }
    assert.deepEqual(await hear(socket, 150), range(1, 150));
    assert.equal(await gaps(server), 0);
    assert.equal(await server.metric('livematch_clients'), 1);
    socket.close();
    await server.end('SIGTERM');
  });

  test('while the server is away, if a file says how far it was', async () => {
    const positionFile = `${folder}/away.json`;
    const first = await startReader(redis, 'restarted', { positionFile });
    await redis.addAll('restarted', range(1, 20), { stamped: true });
    await first.settled('livematch_changes_total', 20);
    await pause(300);
    await first.end('SIGKILL');
    const { position, writers, added, stream } = JSON.parse(await readFile(positionFile, 'utf8'));
    assert.match(position, /^\d+-\d+$/);
    assert.deepEqual({ writers, added, stream }, { writers: { w: 20 }, added: 20, stream: 'restarted' });
    await redis.addAll('restarted', range(18, 45), { stamped: true });
    const second = await startReader(redis, 'restarted', { positionFile });
    await second.settled('livematch_changes_total', 25);
    assert.equal(await second.metric('livematch_changes_repeated_total'), 3);
    assert.equal(await missing(second), 0);
    await second.end('SIGTERM');
    const without = await startReader(redis, 'restarted');
    await redis.add('restarted', 46);
    await without.settled('livematch_changes_total', 1);
    await without.end('SIGTERM');
  });
});

describe('what is missing is told', { concurrency: true }, () => {
  /** A reader that sleeps while something happens to its stream. */
  const asleep = async (key, happens) => {
    const server = await startReader(redis, key);
    const socket = await subscribed(server);
    await redis.addAll(key, range(1, 10), { stamped: key.includes('stamped') });
    assert.deepEqual(await hear(socket, 10), range(1, 10));
    const end = once(socket.raw, 'close');
    await pause(2_500); // it has seen how the stream stands
    await sleeping(server);
    await happens(key);
    process.kill(server.pid, 'SIGCONT');
    await end;
    assert.equal(await gaps(server), 1);
    const told = server.lines.find((line) => line.includes('did not arrive'));
    const count = await missing(server);
    await server.end('SIGTERM');
    return { told, count };
  };

  test('that was trimmed, as Redis counts', async () => {
    const { told, count } = await asleep('trimmed', async (key) => {
      await redis.addAll(key, range(11, 40));
      await redis.ask('XTRIM', key, 'MAXLEN', '12');
    });
    assert.equal(count, 18);
    assert.match(told, /"missing":18/);
  });

  test('that was trimmed, as the stamps tell', async () => {
    const { told, count } = await asleep('trimmed, stamped', async (key) => {
      await redis.addAll(key, range(11, 40), { stamped: true });
      await redis.ask('XTRIM', key, 'MAXLEN', '12');
    });
    assert.equal(count, 18);
    assert.match(told, /"missing":18/);
    assert.match(told, /"by":"w"/);
  });

  test('when all was removed, of unknown number', async () => {
    const { told, count } = await asleep('removed', async (key) => {
      await redis.add(key, 11);
      await redis.ask('DEL', key);
      await redis.addAll(key, range(12, 14));
    });
    assert.equal(count, 0);
    assert.match(told, /begun anew/);
  });

  test('when the stream ends before what was read, as after a failover with a lost tail or a clock set back', async () => {
    const key = 'shorter';
    const server = await startReader(redis, key);
    const socket = await subscribed(server);
    await redis.addAll(key, range(1, 5), { stamped: true });
    assert.deepEqual(await hear(socket, 5), range(1, 5));
    await sleeping(server);
    await redis.ask('DEL', key);
    for (const n of range(3, 8)) await redis.add(key, n, { seq: n, id: `${n}-0` });
    process.kill(server.pid, 'SIGCONT');
    assert.deepEqual(await hear(socket, 3), range(6, 8), 'what was read before is known by its stamps');
    await server.settled('livematch_feed_gaps_total', 1);
    assert.ok(server.lines.some((line) => line.includes('it ends before what was read of it')));
    await server.end('SIGTERM');
  });
});

describe('what is wrong is named', () => {
  test('something else at the key', async () => {
    await redis.ask('SET', 'text', 'text');
    const server = await startServer({ appId: APP_ID, redisStream: 'text' }, { LIVEMATCH_REDIS_URL: redis.url });
    assert.match(await server.line((line) => line.includes('cannot read the stream')), /WRONGTYPE.*--redis-stream names a key/);
    assert.equal(await server.metric('livematch_ready'), 0);
    await redis.ask('DEL', 'text');
    await server.settled('livematch_ready', 1);
    await server.end('SIGTERM');
  });

  test('a user of Redis who may not read it', async () => {
    await redis.ask('ACL', 'SETUSER', 'reader', 'on', '>p', 'resetkeys', '~mine', '+xread', '+xinfo|stream');
    const as = (key) => startServer({ appId: APP_ID, redisStream: key }, { LIVEMATCH_REDIS_URL: redis.url.replace('//', '//reader:p@') });
    const wrong = await as('yours');
    assert.match(await wrong.line((line) => line.includes('cannot read the stream')), /~yours \+xread \+xinfo\|stream/);
    await wrong.end('SIGTERM');
    const right = await as('mine');
    await right.settled('livematch_ready', 1);
    await right.end('SIGTERM');
  });

  test('a file that says no position, is of another stream, cannot be written, or is used already', async () => {
    const said = async (file, key = 'filed') => {
      const args = ['--app-id', 'a', '--redis-url', redis.url, '--redis-stream', key, '--position-file', file];
      const server = await start(BINARY, [...args, '--listen', '127.0.0.1:0', '--admin-listen', 'off'], () => true);
      assert.notEqual((await server.exited).code, 0);
      return server.lines.join('\n');
    };
    const file = `${folder}/filed.json`;
    await writeFile(file, 'somebody else’s');
    assert.match(await said(file), /--position-file.*it is no position in a stream/);
    assert.equal(await readFile(file, 'utf8'), 'somebody else’s');
    await rm(file);
    assert.match(await said(`${folder}/no/such/file`), /--position-file.*No such file/);
    const server = await startReader(redis, 'filed', { positionFile: file });
    assert.match(await said(file), /--position-file.*another server has it/);
    await redis.add('filed', 1);
    await server.settled('livematch_changes_total', 1);
    await pause(300);
    await server.end('SIGTERM');
    assert.match(await said(file, 'other'), /--position-file.*it is of the stream "filed"/);
  });

  test('a file that cannot be written any more: the server goes on', async () => {
    const place = await mkdtemp(`${tmpdir()}/livematch-gone-`);
    const server = await startReader(redis, 'gone', { positionFile: `${place}/position.json` });
    await rm(place, { recursive: true });
    await redis.add('gone', 1);
    assert.match(await server.line((line) => line.includes('--position-file')), /cannot be written/);
    await redis.add('gone', 2);
    await server.settled('livematch_changes_total', 2);
    await server.end('SIGTERM');
  });
});
