// Connections before they are clients: where they come in, how many there may be, and whose they are.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import WebSocket from 'ws';
import { BINARY, start, startServer } from '../lib/process.mjs';
import { APP_ID, object } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A connection on which nothing is read unless it is asked for. */
async function peer(server, bytes = '') {
  const socket = connect({ port: server.port, host: '127.0.0.1' }).on('error', () => {});
  socket.pause();
  await once(socket, 'connect');
  if (bytes) socket.write(bytes);
  return socket;
}

/** What comes on a connection until a text is in it, or until it ends. */
async function answer(socket, text) {
  let told = '';
  for await (const chunk of socket) {
    told += chunk;
    if (told.includes(text)) break;
  }
  return told;
}

/** What a server that does not start says. */
async function refused(...args) {
  const server = await start(BINARY, ['--admin-listen', 'off', ...args], () => true);
  assert.notEqual((await server.exited).code, 0);
  return server.lines.join('\n');
}

describe('where the server listens', () => {
  test('a name is all its addresses', async () => {
    const server = await startServer({ appId: APP_ID, listen: 'localhost:0' });
    assert.match(server.lines.join('\n'), /127\.0\.0\.1:\d+","?.*|"address":"127\.0\.0\.1/);
    await server.end('SIGTERM');
  });

  test('an address that is taken is named, and what is no address is explained', async () => {
    const server = await startServer({ appId: APP_ID });
    assert.match(await refused('--listen', `127.0.0.1:${server.port}`), new RegExp(`127\\.0\\.0\\.1:${server.port}.*in use`));
    await server.end('SIGTERM');
    assert.match(await refused('--listen', '1337'), /127\.0\.0\.1:1337.*localhost:1337/);
    assert.match(await refused('--listen', 'nowhere.invalid:1337'), /nowhere\.invalid:1337/);
  });

  test('as many connections may wait to be accepted as the system allows', async () => {
    const most = Number(await readFile('/proc/sys/net/core/somaxconn', 'utf8'));
    const count = Math.min(1_000, most);
    const server = await startServer({ appId: APP_ID });
    process.kill(server.pid, 'SIGSTOP');
    const sockets = await Promise.all(Array.from({ length: count }, () => peer(server)));
    process.kill(server.pid, 'SIGCONT');
    assert.equal((await fetch(`${server.http}/livez`)).status, 200);
    sockets.forEach((socket) => socket.destroy());
    await server.end('SIGTERM');
  });
});

describe('open files', () => {
  test('as many as the system allows, and not as few as a shell asks for', async () => {
    const server = await startServer({ appId: APP_ID }, {}, 'ulimit -Sn 100');
    const sockets = await Promise.all(Array.from({ length: 150 }, () => Socket.open(server.ws)));
    for (const socket of sockets) assert.equal((await socket.connect()).op, 'connected');
    sockets.forEach((socket) => socket.raw.terminate());
    await server.end('SIGTERM');
  });

  test('who finds no place is told so, and nobody waits', async () => {
    const server = await startServer({ appId: APP_ID, maxClients: 1_000 }, {}, 'ulimit -n 200');
    assert.ok(server.lines.some((line) => line.includes('--max-clients') && line.includes('"files":200')));
    const told = { open: 0, 503: 0 };
    const open = async () => {
      const socket = new WebSocket(server.ws);
      socket.on('error', () => {});
      const outcome = await Promise.race([
        once(socket, 'open').then(() => 'open'),
        new Promise((resolve) => socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode))),
        once(socket, 'close').then(() => 'closed'),
      ]);
      told[outcome] = (told[outcome] ?? 0) + 1;
      return socket;
    };
    const sockets = [];
    for (let n = 0; n < 150; n++) sockets.push(await open());
    assert.equal(told.open + told[503], 150, JSON.stringify(told));
    assert.ok(told.open > 50 && told[503] > 0, JSON.stringify(told));
    assert.equal(await server.metric('livematch_clients_dropped_total', 'limit'), told[503]);
    sockets.forEach((socket) => socket.terminate());
    await server.end('SIGTERM');
  });
});

describe('peers that keep their place', () => {
  let server, peers;
  before(async () => {
    server = await startServer({ appId: APP_ID, shutdownSeconds: 1 }, {}, 'ulimit -n 200');
    peers = [];
  });
  after(() => peers.forEach((socket) => socket.destroy()));

  test('that do not read their answers, or ask nothing, shut nobody out', async () => {
    const request = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(3_000);
    for (let n = 0; n < 100; n++) peers.push(await peer(server, n % 2 ? request : 'GET /livez HT'));
    for (let n = 0; n < 20; n++) {
      const socket = await Socket.open(server.ws);
      assert.equal((await socket.connect()).op, 'connected');
      socket.raw.terminate();
    }
    assert.ok((await server.metric('livematch_connections_refused_total', 'crowded')) > 0);
  });

  test('do not keep the server from its end', async () => {
    for (let n = 0; n < 50; n++) peers.push(await peer(server, 'GET /livez HT'));
    assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
  });
});

test('who does not take an answer in time is let go', async () => {
  const server = await startServer({ appId: APP_ID });
  // More answers than the buffers of both ends take. The operator may ask again and again on one connection.
  const socket = await peer({ port: new URL(server.admin).port }, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000));
  const writing = setInterval(() => socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000)), 10);
  await server.settled('livematch_connections_refused_total', 1, 20_000);
  clearInterval(writing);
  assert.equal(await server.metric('livematch_connections_refused_total', 'late'), 1);
  socket.destroy();
  await server.end('SIGTERM');
});

test('who is no client and publishes nothing asks once on a connection', async () => {
  const server = await startServer({ appId: APP_ID });
  const answers = async (path) => {
    const socket = await peer(server, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(100));
    let text = '';
    socket.on('data', (data) => (text += data)).resume();
    await once(socket, 'close');
    return text.split('HTTP/1.1 ').length - 1;
  };
  for (const path of ['/livez', '/readyz', '/any']) assert.equal(await answers(path), 1, path);
  await server.end('SIGTERM');
});

describe('whose a connection is', () => {
  /** Whether so many clients can connect with these headers, one after the other. */
  async function admitted(server, headersOf, count) {
    const sockets = [];
    for (let n = 0; n < count; n++) {
      const socket = await Socket.open(server.ws, { headers: headersOf(n) }).catch((error) => `${error}`);
      sockets.push(socket);
    }
    const open = sockets.filter((socket) => socket instanceof Socket);
    const refusals = sockets.filter((socket) => typeof socket === 'string');
    assert.ok(refusals.every((refusal) => refusal.includes('429')), refusals[0]);
    open.forEach((socket) => socket.raw.terminate());
    await server.settled('livematch_clients', 0);
    return open.length;
  }
  const forwarded = (value) => ({ 'x-forwarded-for': value });

  test('without trusted proxies an address says nothing', async () => {
    const server = await startServer({ appId: APP_ID, maxClientsPerAddress: 2 });
    assert.equal(await admitted(server, () => ({}), 5), 5);
    assert.equal(await admitted(server, () => forwarded('1.2.3.4'), 5), 5);
    await server.end('SIGTERM');
  });

  test('a trusted proxy says, and what a client writes itself is not believed', async () => {
    const server = await startServer({ appId: APP_ID, maxClientsPerAddress: 2, trustedProxies: '127.0.0.1,10.0.0.0/8' });
    assert.equal(await admitted(server, () => forwarded('1.2.3.4'), 5), 2);
    assert.equal(await admitted(server, (n) => forwarded(`1.2.3.${n}`), 5), 5);
    assert.equal(await admitted(server, (n) => forwarded(`6.6.6.${n}, 1.2.3.4`), 5), 2, 'made up addresses before it');
    assert.equal(await admitted(server, (n) => forwarded(`6.6.6.${n}, 1.2.3.4, 10.0.0.${n}`), 5), 2, 'two proxies');
    assert.equal(await admitted(server, (n) => forwarded(`nonsense${n}, 1.2.3.4:${n + 1}`), 5), 2);
    assert.equal(await admitted(server, (n) => forwarded(`2001:db8:1:2:${n}::1`), 5), 2, 'one network of IPv6');
    assert.equal(await server.metric('livematch_clients_dropped_total', 'address'), 15);
    await server.end('SIGTERM');
  });

  test('who is no trusted proxy is who they are', async () => {
    const server = await startServer({ appId: APP_ID, maxClientsPerAddress: 2, trustedProxies: '10.0.0.1' });
    assert.equal(await admitted(server, (n) => forwarded(`1.2.3.${n}`), 5), 2);
    await server.end('SIGTERM');
  });

  test('a proxy that says nothing is told of', async () => {
    const server = await startServer({ appId: APP_ID, maxClientsPerAddress: 2, trustedProxies: '127.0.0.1' });
    assert.equal(await admitted(server, () => ({}), 3), 3);
    assert.equal(server.lines.filter((line) => line.includes('X-Forwarded-For')).length, 1);
    await server.end('SIGTERM');
  });

  test('the PROXY protocol: from trusted proxies it must come, from others it may not', async () => {
    const options = { appId: APP_ID, clientAddressFrom: 'proxy-protocol', maxClientsPerAddress: 1 };
    const upgrade = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    const status = async (server, bytes) => {
      const socket = await peer(server, bytes);
      socket.resume();
      return { socket, status: (await answer(socket, '\r\n\r\n')).split(' ')[1] };
    };
    const line = (address) => `PROXY TCP4 ${address} 127.0.0.1 5000 80\r\n`;
    const trusting = await startServer({ ...options, trustedProxies: '127.0.0.1' });
    const binary = Buffer.from('0d0a0d0a000d0a515549540a2111000c010203047f00000113880050', 'hex');
    assert.equal((await status(trusting, line('1.2.3.4') + upgrade)).status, '101');
    assert.equal((await status(trusting, line('1.2.3.4') + upgrade)).status, '101', 'the first has ended');
    const first = await peer(trusting, Buffer.concat([binary, Buffer.from(upgrade)]));
    await trusting.settled('livematch_clients', 1);
    assert.equal((await status(trusting, line('1.2.3.4') + upgrade)).status, '429');
    assert.equal((await status(trusting, line('1.2.3.5') + upgrade)).status, '101');
    assert.equal((await status(trusting, `PROXY UNKNOWN\r\n${upgrade}`)).status, '101');
    assert.equal((await status(trusting, upgrade)).status, undefined, 'it must begin with a header');
    first.destroy();
    await trusting.end('SIGTERM');
    const others = await startServer({ ...options, trustedProxies: '10.0.0.1' });
    assert.equal((await status(others, line('1.2.3.4') + upgrade)).status, '400');
    assert.equal((await status(others, upgrade)).status, '101');
    await others.end('SIGTERM');
  });

  test('what comes through a proxy on this machine is not published from this machine', async () => {
    for (const trustedProxies of [undefined, '127.0.0.1']) {
      const server = await startServer({ appId: APP_ID, ...(trustedProxies && { trustedProxies }) });
      const body = JSON.stringify({ op: 'afterSave', message: { currentParseObject: object('Game', 'g') } });
      const publish = (headers) =>
        fetch(`${server.http}/publish`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
      assert.equal((await publish({})).status, 202);
      assert.equal((await publish(forwarded('1.2.3.4'))).status, 403);
      assert.equal((await publish({ forwarded: 'for=1.2.3.4' })).status, 403);
      await server.end('SIGTERM');
    }
    const anywhere = await startServer({ appId: APP_ID, publishFrom: 'anywhere' });
    const headers = { 'content-type': 'application/json', ...forwarded('1.2.3.4') };
    assert.equal((await fetch(`${anywhere.http}/publish`, { method: 'POST', headers, body: '{' })).status, 400);
    await anywhere.end('SIGTERM');
  });
});
