// Frames that are too large or do not end: what becomes of them, of who sends them, and of what they took.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { withServer } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const MIB = 1 << 20;
const subscribe = (requestId, where) => ({ op: 'subscribe', requestId, query: { className: 'Game', where } });

async function client(server) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  return socket;
}

/** How a connection ends. */
const closed = async (socket) => {
  const [code, reason] = await once(socket.raw, 'close');
  return [code, `${reason}`];
};

/** What the log says of clients that were disconnected, once it says so. */
async function gone(server) {
  const isMeant = (line) => line.includes('a client is disconnected');
  await server.line(isMeant);
  return server.lines.filter(isMeant);
}

/** Waits until what frames hold is as it should be. The gauge is set every five seconds. */
async function held(server, isRight) {
  const deadline = Date.now() + 20_000;
  for (let bytes; !isRight((bytes = await server.metric('livematch_memory_bytes', '"frames"'))); ) {
    assert.ok(Date.now() < deadline, `frames hold ${bytes} bytes`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The beginning of a frame of text that is said to have so many bytes. */
function beginning(size, text) {
  // Its mask is zeros.
  const head = Buffer.alloc(14);
  head.writeUInt16BE(0x81ff);
  head.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([head, Buffer.from(text)]);
}

describe('a frame that is too large', { timeout: 60_000 }, () => {
  for (const [limits, most] of [[{}, 2 * MIB], [{ maxFrameBytes: 1_000 }, 1_000]]) {
    test(`is refused, and four times over the end (${most} bytes)`, async () => {
      await withServer(limits, async (server) => {
        const [socket, other] = [await client(server), await client(server)];
        const { op, code, error, requestId } = await socket.ask(subscribe(7, { a: 'x'.repeat(most) }));
        assert.deepEqual([op, code, requestId], ['error', 155, 7]);
        assert.equal(error, `Expected a frame of at most ${most} bytes`);
        assert.equal(await server.metric('livematch_clients'), 2);
        const refusals = [];
        socket.raw.on('message', (text) => refusals.push(JSON.parse(text)));
        const end = closed(socket);
        socket.send(subscribe(8, { a: 'x'.repeat(4 * most) }));
        assert.deepEqual(await end, [1009, `expected a frame of at most ${most} bytes`]);
        assert.deepEqual(refusals.map(({ op, code, requestId }) => [op, code, requestId]), [['error', 155, 8]], 'answered before the end');
        await server.settled('livematch_clients', 1);
        assert.equal(await server.metric('livematch_clients_dropped_total', 'oversize'), 1);
        const lines = await gone(server);
        assert.equal(lines.length, 1);
        assert.ok(lines[0].includes(`"end":"Far(${most})"`), lines[0]);
        assert.equal((await other.ask(subscribe(1, {}))).op, 'subscribed');
        other.close();
      });
    });
  }
});

test('a list of 100,000 members in a frame of nearly 2 MiB is accepted, and found', { timeout: 60_000 }, async () => {
  await withServer({}, async (server, game) => {
    const list = Array.from({ length: 100_000 }, (_, n) => `member ${n}`.padEnd(17, '.'));
    const frame = JSON.stringify(subscribe(1, { a: { $in: list } }));
    assert.ok(frame.length > 2_000_000 && frame.length < 2 * MIB, `${frame.length} bytes`);
    const socket = await client(server);
    assert.equal((await socket.ask(frame)).op, 'subscribed');
    const found = [0, 49_999, 99_999];
    for (const n of found) await game.create(`${n}`, { a: list[n] });
    await game.create('none', { a: 'member' });
    await game.create('last', { a: ['no member', list[1]] });
    const ids = (await socket.take(4)).map(({ op, object }) => `${op} ${object.objectId}`);
    assert.deepEqual(ids, [...found.map((n) => `create ${n}`), 'create last']);
    const more = await socket.ask(subscribe(2, { a: { $in: [...Array(100_001).keys()] } }));
    assert.deepEqual([more.code, more.requestId], [102, 2], 'one more is too many');
    socket.close();
  });
});

test('a frame that comes slowly and steadily is answered, though pings are not meanwhile', { timeout: 60_000 }, async () => {
  await withServer({ pingSeconds: 0.5 }, async (server) => {
    const socket = await client(server);
    const text = JSON.stringify(subscribe(1, { a: 'x'.repeat(40_000) }));
    const stream = socket.raw._socket;
    // Between the pieces of one frame nothing else can be sent, a pong neither.
    socket.raw._autoPong = false;
    stream.write(beginning(text.length, ''));
    for (let at = 0; at < text.length; at += 1_000) {
      stream.write(text.slice(at, at + 1_000));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal((await socket.next()).op, 'subscribed');
    socket.close();
  });
});

// Both wait for gauges.
describe('what a frame took is free again', { concurrency: true, timeout: 60_000 }, () => {
  test('once it is refused, while who sent it stays', async () => {
    await withServer({ maxFrameBytes: MIB }, async (server) => {
      const sockets = await Promise.all(Array.from({ length: 5 }, () => client(server)));
      // In pieces of which each but the last may be kept.
      const text = JSON.stringify(subscribe(7, { a: 'x'.repeat(MIB) }));
      const middle = MIB - 50_000;
      for (const { raw } of sockets) raw.send(text.slice(0, middle), { fin: false });
      await held(server, (bytes) => bytes >= sockets.length * middle);
      for (const { raw } of sockets) raw.send(text.slice(middle));
      for (const socket of sockets) {
        const { code, requestId } = await socket.next();
        assert.deepEqual([code, requestId], [155, 7]);
        const nonsense = { op: 'nonsense', text: 'x'.repeat(MIB - 100) };
        assert.equal((await socket.ask(nonsense)).code, 1, 'of a size that is allowed');
      }
      await held(server, (bytes) => bytes === 0);
      for (const socket of sockets) assert.equal((await socket.ask(subscribe(8, {}))).op, 'subscribed');
      assert.equal(await server.metric('livematch_clients'), sockets.length);
      sockets.forEach((socket) => socket.close());
    });
  });

  test('once it has not ended in time, which is the end of who sent it and not of others', async () => {
    await withServer({ frameSeconds: 6, pingSeconds: 7 }, async (server) => {
      const [pieces, part, other] = [await client(server), await client(server), await client(server)];
      const ends = [closed(pieces), closed(part)];
      const text = JSON.stringify(subscribe(1, { a: 'x'.repeat(500_000) }));
      pieces.raw.send(text, { fin: false });
      part.raw._socket.write(beginning(MIB, text));
      await held(server, (bytes) => bytes >= 2 * text.length);
      assert.equal(await server.metric('livematch_clients'), 3);
      for (const end of ends) assert.deepEqual(await end, [1008, 'expected a frame to be complete within 6 s']);
      await server.settled('livematch_clients', 1);
      assert.equal(await server.metric('livematch_clients_dropped_total', 'unfinished'), 2);
      assert.equal(await server.metric('livematch_clients_dropped_total'), 2);
      const lines = await gone(server);
      assert.equal(lines.length, 1, 'one in ten seconds');
      assert.match(lines[0], /"end":"Unfinished/);
      await held(server, (bytes) => bytes === 0);
      assert.equal((await other.ask(subscribe(1, {}))).op, 'subscribed');
      other.close();
    });
  });
});
