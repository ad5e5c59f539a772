// The adapter in the real Parse Server: what is saved arrives, whatever becomes of Redis, and both LiveQuery servers hear of it.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { MASTER_KEY, startParse, startPostgres, rest as restOf } from '../../../server/tests/sdk/lib/stack.mjs';
import { Socket } from '../../../server/tests/sdk/lib/socket.mjs';
import { APP_ID } from '../../../server/tests/sdk/lib/feed.mjs';
import { startOnPort } from '../../../server/tests/sdk/lib/process.mjs';
import { entries, install, pause, read, start as startProgram, startDurableRedis, startRedis, startServer, until } from './setup.mjs';

let installed, postgres;
before(async () => ([installed, postgres] = await Promise.all([install(), startPostgres()])));
after(() => Promise.all([installed.remove(), postgres.end()]));

const start = (options, liveQueryServerOptions) => {
  const pubSubAdapter = { module: installed.home, options };
  const settings = { liveQuery: { classNames: ['Game'], pubSubAdapter }, ...(liveQueryServerOptions ? { liveQueryServerOptions } : { startLiveQueryServer: false }) };
  return startParse({ databaseUrl: postgres.url, classNames: ['Game'], settings });
};

test('every save is in the stream once and in order, and told so, though Redis is killed meanwhile', async () => {
  const redis = await startDurableRedis();
  await redis.kill();
  // It starts without Redis.
  const parse = await start({ stream: { url: redis.url } });
  const rest = restOf(parse.url);
  const id = await rest.create('Game', { n: 0 });
  await redis.again();
  const server = await startServer({ appId: APP_ID, redisStream: 'livequery' }, { LIVEMATCH_REDIS_URL: redis.url });
  await server.settled('livematch_ready', 1);
  const socket = await Socket.open(server.ws);
  await socket.connect();
  await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: { n: { $gt: 0 } } } });
  let [n, isOver] = [0, false];
  const saving = (async () => {
    while (!isOver) await rest.update('Game', id, { n: ++n });
  })();
  // If a save waited for Redis, there would be no more while it is away.
  const saves = async (count) => {
    const enough = n + count;
    await until(() => n >= enough, `${count} are saved`);
  };
  for (let times = 0; times < 2; times++) {
    await saves(20);
    await redis.kill();
    await saves(20);
    await redis.again();
  }
  await saves(10);
  isOver = true;
  await saving;
  let found;
  const last = ({ message }) => message.currentParseObject.n;
  await until(async () => (found = await entries(redis.url)).some((entry) => last(entry) === n), 'the last save is there');
  const { told, missing } = read(found);
  assert.deepEqual(told.map(last), Array.from({ length: n + 1 }, (_, index) => index));
  assert.deepEqual(missing, []);
  // So a client hears of each once and in order, and is not closed.
  assert.deepEqual((await socket.take(n)).map(({ object }) => object.n), Array.from({ length: n }, (_, index) => index + 1));
  assert.equal(await server.metric('livematch_feed_gaps_total'), 0);
  socket.close();
  await server.end('SIGTERM');
  assert.deepEqual(new Set(told.map(({ fields }) => fields.channel)), new Set(['testAppafterSave']));
  await parse.end('SIGTERM');
  await redis.end();
});

const TEES = {
  process: { of: () => 'process', serverOptions: (_, pubSubAdapter) => ({ pubSubAdapter }) },
  'the channels of Redis': { of: ({ url }) => ({ url }), serverOptions: ({ url }) => ({ redisURL: url }) },
};

describe('both LiveQuery servers hear of a save', () => {
  for (const [name, tee] of Object.entries(TEES)) {
    test(`Parse Server's by ${name}`, async () => {
      const [redis, server] = await Promise.all([startRedis(), startServer({ appId: APP_ID })]);
      const options = { post: { url: `${server.http}/publish` }, tee: tee.of(redis) };
      const parse = await start(options, tee.serverOptions(redis, { module: installed.home, options }));
      const sockets = await Promise.all([server.ws, parse.ws].map((url) => Socket.open(url)));
      for (const socket of sockets) {
        assert.equal((await socket.connect()).op, 'connected');
        assert.equal((await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: { n: { $gt: 0 } } } })).op, 'subscribed');
      }
      const rest = restOf(parse.url);
      const id = await rest.create('Game', { n: 1 });
      await rest.update('Game', id, { n: 2 });
      await rest.update('Game', id, { n: 0 });
      await rest.remove('Game', id);
      for (const socket of sockets) {
        const told = (await socket.take(3)).map(({ op, object }) => `${op} ${object.n}`);
        assert.deepEqual(told, ['create 1', 'update 2', 'leave 0']);
        assert.deepEqual(await socket.events(), []);
        socket.close();
      }
      await Promise.all([parse.end('SIGTERM'), redis.end('SIGTERM'), server.end('SIGTERM')]);
    });
  }
});

test('the example of the README hands everything on, also when it ends', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = readme.match(/```js\n([^]*?)```/)[1];
  const server = await startServer({ appId: APP_ID });
  const parse = await startOnPort(async (port) => {
    const url = `http://127.0.0.1:${port}/parse`;
    const settings = { appId: APP_ID, masterKey: MASTER_KEY, port, mountPath: '/parse', serverURL: url, databaseURI: postgres.url, silent: true, allowClientClassCreation: true };
    const script = example.replace('  // …', `...${JSON.stringify(settings)},`).replace('http://127.0.0.1:1338', server.http);
    const env = { ...process.env, PARSE_SERVER_LOGS_FOLDER: 'null' };
    const child = await startProgram(process.execPath, ['-e', `${script.replace(/\);\s*$/, ')')}.then(() => console.log('ready'));`], (line) => line === 'ready', { cwd: installed.folder, env });
    return { ...child, url };
  });
  const rest = restOf(parse.url);
  const id = await rest.create('Game', { n: 1 });
  await server.settled('livematch_changes_total', 1);
  // What is saved while the server cannot answer is handed on at the end.
  process.kill(server.pid, 'SIGSTOP');
  for (let n = 2; n <= 5; n++) await rest.update('Game', id, { n });
  const ended = parse.end('SIGTERM');
  await pause(500);
  process.kill(server.pid, 'SIGCONT');
  assert.deepEqual(await ended, { code: 0, signal: null });
  await server.settled('livematch_changes_total', 5);
  assert.equal(await server.metric('livematch_changes_missing_total'), 0);
  await server.end('SIGTERM');
});
