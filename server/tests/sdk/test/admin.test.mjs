// What the operator reads, and who else may not; what a page of a browser may not do.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { BINARY, start, startRedis, startServer } from '../lib/process.mjs';
import { APP_ID, object } from '../lib/feed.mjs';

/** Asks with the very headers that are given, which `fetch` does not let one choose. */
function ask(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    asked.on('error', reject).end(body);
  });
}
const status = async (...args) => (await ask(...args)).status;

/** What a server that does not start says. */
async function refused(options) {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const server = await start(BINARY, ['--listen', '127.0.0.1:0', ...args], () => true);
  const { code } = await server.exited;
  assert.notEqual(code, 0);
  return server.lines.join('\n');
}

describe('the operator', () => {
  let server;
  before(async () => {
    server = await startServer({ appId: APP_ID, adminHost: 'metrics.internal' });
  });
  after(() => server.end('SIGTERM'));

  test('reads metrics and health on an address of its own', async () => {
    const { status, text } = await ask(`${server.admin}/metrics`);
    assert.equal(status, 200);
    assert.match(text, /^livematch_clients 0$/m);
    assert.match(text, /^livematch_ready 1$/m);
    const health = JSON.parse((await ask(`${server.admin}/health`)).text);
    assert.deepEqual({ ...health, version: '' }, { ready: true, version: '', down: {} });
    assert.equal((await ask(`${server.admin}/`)).status, 404);
  });

  test('is told why a change makes an event or none', async () => {
    const explain = (question, headers = { 'content-type': 'application/json' }) =>
      ask(`${server.admin}/admin/explain`, { method: 'POST', headers, body: JSON.stringify(question) });
    const question = { className: 'Game', where: { score: { $gt: 100 } }, old: { objectId: 'g1', score: 120 }, new: { objectId: 'g1', score: 20 } };
    const { status, text } = await explain(question);
    assert.equal(status, 200, text);
    const { event, dialect, explanation } = JSON.parse(text);
    assert.deepEqual([event, dialect], ['leave', 'livequery']);
    const [{ pointer, found, held, decisive }] = explanation.new.tested;
    assert.deepEqual({ pointer, found, held, decisive }, { pointer: '/score/$gt', found: 20, held: false, decisive: true });

    const never = JSON.parse((await explain({ ...question, where: { score: { $gt: 'x', $lt: 5 } } })).text);
    assert.equal(never.event, null);
    assert.match(never.text, /^no event: it matches neither before nor after\n/);

    const refused = await explain({ ...question, where: { $or: [{ a: { $regex: '(' } }] } });
    assert.deepEqual([refused.status, JSON.parse(refused.text).pointer], [400, '/$or/0/a/$regex']);
    assert.equal((await explain({ ...question, old: null, new: null })).status, 400);
    assert.equal((await explain(question, { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await ask(`${server.http}/admin/explain`)).status, 426);
  });

  test('clients learn on their port whether the server is there and ready, and nothing else', async () => {
    for (const path of ['livez', 'readyz', 'health']) {
      assert.deepEqual(await ask(`${server.http}/${path}`), { status: 200, text: '' });
    }
    const { status, text } = await ask(`${server.http}/metrics`);
    assert.equal(status, 426);
    assert.doesNotMatch(text, /livematch_/);
  });

  test('is no page of a browser under a name that points here', async () => {
    const url = `${server.admin}/metrics`;
    const { port } = new URL(url);
    for (const host of ['evil.example.com', `evil.example.com:${port}`, 'localhost.evil.example.com']) {
      assert.equal(await status(url, { headers: { host } }), 403, host);
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'metrics.internal']) {
      assert.equal(await status(url, { headers: { host } }), 200, host);
    }
    assert.equal(await status(url, { headers: { origin: 'http://evil.example.com' } }), 403);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.equal(await status(url, { method: 'POST', headers: form, body: 'a=b' }), 415);
  });
});

test('a token is asked for if there is one', async () => {
  const server = await startServer({ appId: APP_ID, adminToken: 'secret' });
  for (const path of ['metrics', 'health', 'other']) {
    const url = `${server.admin}/${path}`;
    assert.equal(await status(url), 401);
    assert.equal(await status(url, { headers: { authorization: 'Bearer wrong' } }), 401);
  }
  assert.equal(await server.metric('livematch_ready'), 1);
  await server.end('SIGTERM');
});

test('where other machines can ask there must be a token', async () => {
  for (const address of ['0.0.0.0:0', '[::]:0']) {
    assert.match(await refused({ 'admin-listen': address }), /--admin-token/);
  }
  assert.match(await refused({ 'admin-listen': '0.0.0.0:0', 'admin-token': '' }), /--admin-token/);
  const server = await startServer({ appId: APP_ID, adminListen: '0.0.0.0:0', adminToken: 'secret' });
  const url = server.admin.replace('0.0.0.0', '127.0.0.1');
  assert.equal(await status(`${url}/metrics`), 401);
  await server.end('SIGTERM');
});

test('several servers on one machine need not be told where the operator asks', async () => {
  const servers = [];
  for (let n = 0; n < 2; n++) {
    const args = ['--listen', '127.0.0.1:0', '--log-format', 'json'];
    servers.push(await start(BINARY, args, (line) => line.includes('"listening"')));
  }
  const addresses = servers.map(({ lines }) => {
    const line = lines.find((line) => line.includes('listening for the operator'));
    return JSON.parse(line).fields.address;
  });
  assert.notEqual(addresses[0], addresses[1]);
  for (const address of addresses) {
    assert.match(address, /^127\.0\.0\.1:/);
    assert.equal(await status(`http://${address}/metrics`), 200);
  }
  for (const server of servers) await server.end('SIGTERM');
});

test('the operator need not ask', async () => {
  const server = await startServer({ appId: APP_ID, adminListen: 'off' });
  assert.equal(server.admin, undefined);
  await server.end('SIGTERM');
});

test('the details of a feed that is lost are for the operator', async () => {
  const redis = await startRedis();
  const server = await startServer({ appId: APP_ID, redisUrl: redis.url });
  assert.equal(await status(`${server.http}/readyz`), 200);
  await redis.end('SIGKILL');
  await server.settled('livematch_ready', 0);
  for (const path of ['readyz', 'health']) {
    assert.deepEqual(await ask(`${server.http}/${path}`), { status: 503, text: '' });
  }
  assert.equal(await status(`${server.http}/livez`), 200);
  const told = await ask(`${server.admin}/health`);
  assert.equal(told.status, 503);
  assert.match(JSON.parse(told.text).down.feed, /Redis/);
  await server.end('SIGTERM');
});

test('what is published is addressed to this server, and by no page of another origin', async () => {
  const server = await startServer({ appId: APP_ID, publishHost: 'live.internal' });
  const body = JSON.stringify({ op: 'afterSave', message: { currentParseObject: object('Game', 'g') } });
  const publish = (headers) =>
    ask(`${server.http}/publish`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  const own = `localhost:${server.port}`;
  for (const headers of [{}, { host: own }, { host: 'live.internal' }, { host: own, origin: `http://${own}` }]) {
    assert.equal((await publish(headers)).status, 202, JSON.stringify(headers));
  }
  const foreign = [
    { host: 'evil.example.com' },
    { host: `evil.example.com:${server.port}` },
    { origin: 'http://evil.example.com' },
    { origin: 'null' },
    { host: own, origin: 'http://localhost:3000' },
    { host: 'evil.example.com', origin: 'http://evil.example.com' },
  ];
  for (const headers of foreign) assert.equal((await publish(headers)).status, 403, JSON.stringify(headers));
  assert.match((await publish({ host: 'other.internal' })).text, /other\.internal.*--publish-host/);
  assert.equal(await server.metric('livematch_changes_total', 'save'), 4);
  await server.end('SIGTERM');
});
