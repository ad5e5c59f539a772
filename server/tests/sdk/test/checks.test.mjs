// The mistakes that every new operator makes: each is named within some seconds, with what to do.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { freePort, startRedis, startServer } from '../lib/process.mjs';
import { APP_ID, changes, embedded, publisher } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';
import { JAVASCRIPT_KEY, MASTER_KEY, startParse, startPostgres } from '../lib/stack.mjs';

const PAIRS = JSON.stringify({ javascriptKey: JAVASCRIPT_KEY });

/** A mistake is named within so many seconds. */
const SECONDS = 10;

/** The fields of the line that tells of Parse Server, and whether the server is ready then. */
async function told(options) {
  const server = await startServer({ appId: APP_ID, ...options });
  const began = performance.now();
  const line = await server.line((line) => line.includes('Parse Server ') && !line.includes('no --'));
  assert.ok(performance.now() - began < SECONDS * 1_000, 'soon');
  const { level, fields } = JSON.parse(line);
  const ready = (await fetch(`${server.http}/readyz`)).status === 200;
  const health = await (await fetch(`${server.admin}/health`)).json();
  assert.equal(health.down.parseServer === undefined, ready);
  await server.end('SIGTERM');
  return { level, ready, why: fields.why, message: fields.message };
}

describe('Parse Server', () => {
  let postgres, redis;
  before(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  });
  after(async () => {
    await redis.end('SIGTERM');
    await postgres.end();
  });
  const parseWith = (settings) =>
    startParse({ databaseUrl: postgres.url, redisUrl: redis.url, classNames: ['Game'], settings });

  const good = { level: 'INFO', ready: true };
  const wrong = (why) => ({ level: 'ERROR', ready: false, why });
  const APPS = {
    'without client keys': {
      settings: {},
      cases: [
        [{ masterKey: MASTER_KEY }, good],
        [{}, good],
        [{ masterKey: 'wrong' }, wrong(/--master-key is not the masterKey/)],
        [{ masterKey: MASTER_KEY, appId: 'wrong' }, wrong(/--app-id/)],
        [{ appId: 'wrong' }, wrong(/--app-id/)],
      ],
    },
    'with a JavaScript key': {
      settings: { javascriptKey: JAVASCRIPT_KEY },
      cases: [
        [{ masterKey: MASTER_KEY }, good],
        [{ masterKey: 'wrong' }, wrong(/--master-key/)],
        [{}, wrong(/client keys/)],
        [{ keyPairs: PAIRS }, good],
        [{ keyPairs: '{"javascriptKey": "wrong"}' }, wrong(/--key-pairs/)],
        [{ keyPairs: PAIRS, masterKey: 'wrong' }, wrong(/--master-key is not the masterKey/)],
      ],
    },
    'with a REST key': {
      settings: { restAPIKey: 'rest' },
      cases: [
        [{ masterKey: MASTER_KEY }, good],
        [{ restKey: 'rest' }, good],
        [{ restKey: 'wrong' }, wrong(/--rest-key/)],
        [{ restKey: 'rest', masterKey: 'wrong' }, wrong(/--master-key is not the masterKey/)],
      ],
    },
    'that takes the master key from elsewhere only': {
      settings: { masterKeyIps: ['10.9.8.7'] },
      cases: [[{ masterKey: MASTER_KEY }, wrong(/masterKeyIps/)]],
    },
    'that takes the master key from elsewhere only, and has a JavaScript key': {
      settings: { masterKeyIps: ['10.9.8.7'], javascriptKey: JAVASCRIPT_KEY },
      cases: [[{ masterKey: MASTER_KEY, keyPairs: PAIRS }, wrong(/masterKeyIps/)]],
    },
  };
  for (const [name, { settings, cases }] of Object.entries(APPS)) {
    test(`an app ${name}`, async () => {
      const parse = await parseWith(settings);
      for (const [options, { level, ready, why }] of cases) {
        const found = await told({ parseUrl: parse.url, ...options });
        assert.deepEqual([found.level, found.ready], [level, ready], `${JSON.stringify(options)} ${JSON.stringify(found)}`);
        if (why) assert.match(found.why, why);
      }
      await parse.end('SIGTERM');
    });
  }

  test('an address that is wrong, or where nothing listens', async () => {
    const parse = await parseWith({});
    const found = await told({ parseUrl: parse.url.replace('/parse', '/other'), masterKey: MASTER_KEY });
    assert.equal(found.level, 'ERROR');
    assert.match(found.why, /path.*mounted/);
    await parse.end('SIGTERM');
    const away = await told({ parseUrl: `http://127.0.0.1:${await freePort()}/parse`, masterKey: MASTER_KEY });
    assert.deepEqual([away.level, away.ready], ['WARN', false]);
    assert.match(away.why, /refused.*--parse-url/);
  });
});

test('a Parse Server that comes back or changes is looked at again', async () => {
  let answer = () => [200, {}];
  const parse = createServer((request, response) => {
    const [status, body] = request.url.endsWith('/health') ? [200, { status: 'ok' }] : answer();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(parse, 'listening');
  const parseUrl = `http://127.0.0.1:${parse.address().port}/parse`;
  const server = await startServer({ appId: APP_ID, parseUrl, masterKey: MASTER_KEY });
  await server.settled('livematch_ready', 1);
  answer = () => [500, {}];
  await server.line((line) => line.includes('Parse Server does not answer'));
  assert.equal(await server.metric('livematch_ready'), 1, 'what is public is still sent');
  answer = () => [403, { error: 'Permission denied' }];
  await server.settled('livematch_ready', 0);
  answer = () => [200, {}];
  await server.settled('livematch_ready', 1);
  assert.equal(server.lines.filter((line) => line.includes('refuses to answer')).length, 1, 'said once');
  await server.end('SIGTERM');
  parse.close();
});

test('a class of which nothing is published is named, though Parse Server says nothing', async () => {
  const feed = await embedded();
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const server = await startServer({ ...feed.options, parseUrl: `http://127.0.0.1:${silent.address().port}/parse` });
  const socket = await Socket.open(server.ws);
  await socket.connect();
  for (const [requestId, className] of [[1, 'Game'], [2, 'Quiet']]) {
    await socket.ask({ op: 'subscribe', requestId, query: { className, where: {} } });
  }
  await changes(feed.connect(server), 'Game').create('g', {});
  const began = performance.now();
  const line = await server.line((line) => line.includes('nothing has been published'));
  assert.ok(performance.now() - began < SECONDS * 1_000, 'soon');
  assert.match(line, /"class":"Quiet"/);
  assert.match(line, /liveQuery\.classNames/);
  assert.equal(await server.metric('livematch_silent_classes'), 1);
  assert.ok(!server.lines.some((line) => line.includes('nothing has been published') && line.includes('Game')));
  socket.close();
  await server.end('SIGTERM');
  silent.closeAllConnections();
  silent.close();
});

test('an app id that is wrong is named where only another one is published', async () => {
  const redis = await startRedis();
  const start = (appId) => startServer({ appId, redisUrl: redis.url });
  const [wrong, right] = await Promise.all([start('wrong'), start(APP_ID)]);
  const theirs = publisher(redis.url);
  const began = performance.now();
  await changes(theirs, 'Game').create('g', {});
  const line = await wrong.line((line) => line.includes('another application'));
  assert.ok(performance.now() - began < SECONDS * 1_000, 'soon');
  const { app_id: own, other } = JSON.parse(line).fields;
  assert.deepEqual([own, other], ['wrong', APP_ID]);
  // Who has heard of their own is told nothing, and nobody goes on listening to others.
  const stranger = publisher(redis.url, 'stranger');
  await changes(stranger, 'Game').create('g', {});
  await right.settled('livematch_changes_total', 1);
  const deadline = Date.now() + SECONDS * 1_000;
  while (Number((await theirs.command(['PUBSUB', 'NUMPAT'])) > 0)) assert.ok(Date.now() < deadline, 'they go on listening');
  assert.ok(!right.lines.some((line) => line.includes('another application')));
  assert.equal(wrong.lines.filter((line) => line.includes('another application')).length, 1);
  await Promise.all([theirs.close(), stranger.close()]);
  await Promise.all([wrong, right, redis].map((one) => one.end('SIGTERM')));
});
