// Every kind of key that an app can have, with the configuration of the README, on the real Parse Server: a subscriber hears of
// an object that only they may read, by their name and by a role.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../lib/process.mjs';
import { MASTER_KEY, startParse, startPostgres } from '../lib/stack.mjs';
import { startRedis } from '../lib/process.mjs';
import { APP_ID } from '../lib/feed.mjs';
import { RELEASE } from '../lib/releases.mjs';
import { Socket } from '../lib/socket.mjs';

/** What an app may have set, and the header by which REST is asked then. */
const APPS = {
  'no key': {},
  'a JavaScript key': { javascriptKey: 'js' },
  'a REST key': { restAPIKey: 'rest' },
  'a client key': { clientKey: 'client' },
  'a .NET key': { dotNetKey: 'net' },
  'all of them': { javascriptKey: 'js', restAPIKey: 'rest', clientKey: 'client', dotNetKey: 'net' },
  'master key from some addresses': { javascriptKey: 'js', masterKeyIps: ['127.0.0.1'] },
};
const HEADERS = { javascriptKey: 'Javascript-Key', restAPIKey: 'REST-API-Key', clientKey: 'Client-Key', dotNetKey: 'Windows-Key' };
/** By which name a client brings a key. */
const PAIRS = { javascriptKey: 'javascriptKey', restAPIKey: 'restAPIKey', clientKey: 'clientKey', dotNetKey: 'windowsKey' };

describe(`keys of an app, parse-server ${RELEASE}`, () => {
  let postgres, redis, count = 0;
  before(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  });
  after(async () => {
    await redis.end('SIGTERM');
    await postgres.end();
  });

  async function withApp(keys, options, act) {
    const settings = { javascriptKey: undefined, ...keys };
    const parse = await startParse({ databaseUrl: postgres.url, redisUrl: redis.url, classNames: ['Keys'], settings });
    const pairs = Object.entries(keys).filter(([name]) => PAIRS[name]).map(([name, key]) => [PAIRS[name], key]);
    const server = await startServer({
      appId: APP_ID,
      redisUrl: redis.url,
      parseUrl: parse.url,
      keyPairs: JSON.stringify(Object.fromEntries(pairs)),
      ...options,
    });
    const [name, key] = Object.entries(keys).find(([name]) => HEADERS[name]) ?? [];
    const client = name ? { [`X-Parse-${HEADERS[name]}`]: key } : {};
    const ask = async (path, body, who) => {
      const headers = { 'X-Parse-Application-Id': APP_ID, 'Content-Type': 'application/json', ...who };
      const response = await fetch(`${parse.url}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      const answer = await response.json();
      assert.ok(response.ok, `${path}: ${JSON.stringify(answer)}`);
      return answer;
    };
    try {
      await act({ server, ask, client, pairs: Object.fromEntries(pairs), number: count++ });
    } finally {
      await server.end('SIGTERM');
      await parse.end('SIGTERM');
    }
  }

  const MASTER = { 'X-Parse-Master-Key': MASTER_KEY };

  /** The objects that somebody with a role hears of: theirs, that of their role, and one for everybody. */
  async function heard({ server, ask, client, pairs, number }) {
    const user = await ask('users', { username: `ann${number}`, password: 'p' }, client);
    const role = `readers${number}`;
    const users = { __op: 'AddRelation', objects: [{ __type: 'Pointer', className: '_User', objectId: user.objectId }] };
    await ask('roles', { name: role, ACL: {}, users }, MASTER);
    const socket = await Socket.open(server.ws);
    const connected = await socket.connect(pairs);
    assert.equal(connected.op, 'connected');
    const query = { className: 'Keys', where: { number } };
    await socket.ask({ op: 'subscribe', requestId: 1, sessionToken: user.sessionToken, query });
    const reader = (who) => ({ ACL: { [who]: { read: true } } });
    const objects = { own: reader(user.objectId), role: reader(`role:${role}`), other: { ACL: {} } };
    for (const [title, list] of Object.entries(objects)) await ask('classes/Keys', { number, title, ...list }, MASTER);
    await server.decided(Object.keys(objects).length);
    const titles = (await socket.events()).map(({ object }) => object.title);
    socket.close();
    return titles.sort();
  }

  for (const [name, keys] of Object.entries(APPS)) {
    test(`${name}, with the master key`, () =>
      withApp(keys, { masterKey: MASTER_KEY }, async (app) => assert.deepEqual(await heard(app), ['own', 'role'])));
  }

  test('a JavaScript key, without the master key: it is one of the key pairs', () =>
    withApp({ javascriptKey: 'js' }, {}, async (app) => assert.deepEqual(await heard(app), ['own'])));

  test('a REST key, without the master key', () =>
    withApp({ restAPIKey: 'rest' }, { restKey: 'rest', keyPairs: '{}' }, async (app) => assert.deepEqual(await heard(app), ['own'])));

  test('the read-only master key', () =>
    withApp({ javascriptKey: 'js', readOnlyMasterKey: 'reads' }, { masterKey: 'reads' }, async (app) =>
      assert.deepEqual(await heard(app), ['own', 'role'])));

  test('a master key that is not accepted from here: it is said, and only what is public is sent', () =>
    withApp({ javascriptKey: 'js', masterKeyIps: ['203.0.113.1'] }, { masterKey: MASTER_KEY }, async (app) => {
      const user = await app.ask('users', { username: `ann${app.number}`, password: 'p' }, app.client);
      const socket = await Socket.open(app.server.ws);
      await socket.connect({ ...app.pairs, sessionToken: user.sessionToken });
      await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Keys', where: {} } });
      const own = { ACL: { [user.objectId]: { read: true } } };
      await app.ask('classes/Keys', { title: 'own', ...own }, { ...app.client, 'X-Parse-Session-Token': user.sessionToken });
      await app.ask('classes/Keys', { title: 'last' }, app.client);
      assert.equal((await socket.next()).object.title, 'last');
      await app.server.line((line) => line.includes('masterKeyIps'));
      socket.close();
    }));
});
