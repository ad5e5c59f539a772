// What is asked of Parse Server, and what is sent where it answers oddly or not at all.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { freePort, startServer } from '../lib/process.mjs';
import { APP_ID, changes, embedded, post } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const SESSION = 'r:0123456789abcdef';

/** A Parse Server of which only the answers are there. */
async function standIn(answer) {
  const asked = [];
  const server = createServer(async (request, response) => {
    if (request.headers['user-agent']?.includes('check')) return response.writeHead(503).end(); // whether it is well configured
    let text = '';
    for await (const piece of request) text += piece;
    asked.push({ path: request.url, headers: request.headers });
    const [status, body, headers = {}] = answer(request.url, text && JSON.parse(text));
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, url: `http://127.0.0.1:${server.address().port}/parse`, close: () => server.close() };
}

const knows = (answers) => (url) =>
  Object.entries(answers).find(([path]) => url.includes(path))?.[1] ?? [404, { code: 101, error: 'not there' }];

/** Tells a viewer with a session of some changes; the ids of those that they hear of. */
async function heard(options, published) {
  const server = await startServer({ appId: APP_ID, parseTimeout: 1, ...options });
  const game = changes((await embedded()).connect(server), 'Game');
  const socket = await Socket.open(server.ws);
  await socket.connect();
  await socket.ask({ op: 'subscribe', requestId: 1, sessionToken: SESSION, query: { className: 'Game', where: {} } });
  for (const [id, ACL] of Object.entries(published)) await game.create(id, { ACL });
  await server.decided(Object.keys(published).length);
  const ids = (await socket.events()).map(({ object }) => object.objectId);
  socket.close();
  return { server, ids };
}

const PRIVATE = { mine: { user: { read: true } }, role: { 'role:editors': { read: true } } };

test('with the master key: users, roles, and roles of roles that contain each other', async () => {
  const role = (objectId, name) => ({ objectId, name });
  const parse = await standIn((url, body) => {
    if (url.includes('sessions')) return [200, { results: body.where.sessionToken === SESSION ? [{ user: { objectId: 'user' } }] : [] }];
    if (url.includes('roles')) {
      const results = body.where.users ? [role('1', 'writers')] : [role('1', 'writers'), role('2', 'editors')];
      return [200, { results, count: results.length }];
    }
    return [200, { classLevelPermissions: {} }];
  });
  const { server, ids } = await heard({ parseUrl: parse.url, masterKey: 'master' }, PRIVATE);
  assert.deepEqual(ids, ['mine', 'role']);
  const [session] = parse.asked.filter(({ path }) => path.endsWith('/sessions'));
  assert.equal(session.headers['x-parse-session-token'], undefined, 'with the master key, users/me takes sessions that have expired');
  assert.equal(session.headers['x-parse-master-key'], 'master');

  // Everything is remembered, until Parse Server says that roles have changed.
  const before = parse.asked.length;
  await post(server, { op: 'clearCache', message: { userId: 'user' } });
  const socket = await Socket.open(server.ws);
  await socket.connect({ sessionToken: SESSION });
  await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: {} } });
  const game = changes((await embedded()).connect(server), 'Game');
  for (const id of ['one', 'two']) await game.create(id, { ACL: PRIVATE.role });
  assert.deepEqual([(await socket.next()).object.objectId, (await socket.next()).object.objectId], ['one', 'two']);
  const paths = parse.asked.slice(before).map(({ path }) => path.replace('/parse/', ''));
  assert.deepEqual(paths, ['sessions', 'roles', 'roles', 'roles']);
  socket.close();
  await server.end('SIGTERM');
  parse.close();
});

test('without the master key: users, and no roles', async () => {
  const parse = await standIn(knows({ 'users/me': [200, { objectId: 'user' }] }));
  const { server, ids } = await heard({ parseUrl: parse.url }, PRIVATE);
  assert.deepEqual(ids, ['mine']);
  assert.deepEqual([...new Set(parse.asked.map(({ path }) => path))], ['/parse/users/me']);
  await server.end('SIGTERM');
  parse.close();
});

const ODD = {
  'that is not there': undefined,
  'that knows no such session': knows({ sessions: [200, { results: [] }] }),
  'that refuses the keys': () => [403, { error: 'unauthorized' }],
  'that fails': () => [500, { code: 1, error: 'Internal server error' }],
  'that answers with a page': () => [200, 'Welcome'],
  'whose user would pass for a role': knows({ sessions: [200, { results: [{ user: { objectId: 'role:editors' } }] }] }),
};
for (const [name, answer] of Object.entries(ODD)) {
  test(`a Parse Server ${name}: only what is public`, async () => {
    const parse = answer ? await standIn(answer) : { url: `http://127.0.0.1:${await freePort()}/parse`, close() {} };
    const { server, ids } = await heard({ parseUrl: parse.url, masterKey: 'master' }, PRIVATE);
    assert.deepEqual(ids, []);
    await server.end('SIGTERM');
    parse.close();
  });
}

test('a Parse Server that sends us elsewhere is not followed', async () => {
  const elsewhere = await standIn(() => [200, { objectId: 'user', results: [], classLevelPermissions: {} }]);
  const parse = await standIn(() => [302, {}, { location: elsewhere.url }]);
  const { server, ids } = await heard({ parseUrl: parse.url, masterKey: 'master' }, PRIVATE);
  assert.deepEqual(ids, []);
  assert.deepEqual(elsewhere.asked, []);
  assert.ok((await server.metric('livematch_parse_failures_total')) > 0);
  await server.end('SIGTERM');
  [parse, elsewhere].forEach((one) => one.close());
});

test('who makes tokens up has ten of them asked about, and others are not kept from their answers', { timeout: 60_000 }, async () => {
  const [CLIENTS, TOKENS, ASKED] = [20, 50, 10];
  const parse = await standIn((url, body) => {
    if (url.includes('sessions')) return [200, { results: body.where.sessionToken === SESSION ? [{ user: { objectId: 'user' } }] : [] }];
    return [200, { classLevelPermissions: {} }];
  });
  const server = await startServer({ appId: APP_ID, parseUrl: parse.url, masterKey: 'master' });
  const game = changes((await embedded()).connect(server), 'Game');
  const subscribe = (requestId, sessionToken) => ({ op: 'subscribe', requestId, sessionToken, query: { className: 'Game', where: {} } });
  const open = async () => {
    const socket = await Socket.open(server.ws);
    await socket.connect();
    return socket;
  };
  const [user, ...strangers] = await Promise.all(Array.from({ length: 1 + CLIENTS }, open));
  for (const [at, stranger] of strangers.entries()) {
    for (let n = 0; n < TOKENS; n++) stranger.send(subscribe(n, `r:made-up-${at}-${n}`));
    assert.ok((await stranger.take(TOKENS)).every(({ op }) => op === 'subscribed'));
  }
  await user.ask(subscribe(1, SESSION));
  const began = Date.now();
  for (let n = 1; n <= 2; n++) {
    await game.create(`${n}`, { ACL: PRIVATE.mine });
    assert.equal((await user.next()).object.objectId, `${n}`);
    await server.decided(n * (1 + CLIENTS * TOKENS));
  }
  // One more may be asked after ten seconds.
  const regained = Math.floor((Date.now() - began) / 10_000);
  const made = parse.asked.filter(({ path }) => path.endsWith('/sessions')).length - 1;
  assert.ok(made >= CLIENTS * ASKED && made <= CLIENTS * (ASKED + regained), `${made} of ${CLIENTS * TOKENS}`);
  const unasked = await server.metric('livematch_parse_unasked_total', 'client');
  assert.equal(made + unasked, CLIENTS * (ASKED + 2 * (TOKENS - ASKED)), 'an answer that was in vain is remembered');
  for (const stranger of strangers) assert.deepEqual(await stranger.events(), []);
  [user, ...strangers].forEach((socket) => socket.close());
  await server.end('SIGTERM');
  parse.close();
});

test('who says anew who they are has no more asked about', { timeout: 60_000 }, async () => {
  const [ASKED, TIMES] = [10, 5];
  const parse = await standIn((url) => [200, url.includes('sessions') ? { results: [] } : { classLevelPermissions: { find: { requiresAuthentication: true } } }]);
  const server = await startServer({ appId: APP_ID, parseUrl: parse.url, masterKey: 'master' });
  const socket = await Socket.open(server.ws);
  for (let n = 0; n < TIMES * ASKED; n++) {
    if (n % ASKED === 0) await socket.connect();
    await socket.ask({ op: 'subscribe', requestId: n, sessionToken: `r:made-up-${n}`, query: { className: 'Game', where: {} } });
  }
  const made = parse.asked.filter(({ path }) => path.endsWith('/sessions')).length;
  assert.equal(made, ASKED);
  assert.equal(await server.metric('livematch_parse_unasked_total', 'client'), (TIMES - 1) * ASKED);
  socket.close();
  await server.end('SIGTERM');
  parse.close();
});
