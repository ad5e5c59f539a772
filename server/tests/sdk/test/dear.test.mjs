// Clauses that take long: refused with the figure, or run within what a change may take, or the end of who asked for them; and
// nobody else notices.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { withServer } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';
import { DEAR, FIELDS } from '../lib/dear.mjs';
import { cpuSeconds } from '../../../bench/usage.mjs';

const subscribe = (requestId, where) => ({ op: 'subscribe', requestId, query: { className: 'Game', where } });

async function client(server) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  return socket;
}

/** Seconds of CPU that a change may take; 0.1 is the bar, and tests share their machine with others. */
const CPU = 0.25;

/** Sends a change that concerns everybody; who hears it and who has gone. */
async function change(server, game, n, others, bystander) {
  const before = await cpuSeconds(server.pid);
  await game.create(`${n}`, { ...FIELDS, room: 'r1' });
  assert.equal((await bystander.next()).object.objectId, `${n}`);
  const took = (await cpuSeconds(server.pid)) - before;
  assert.ok(took < CPU, `${took} s of CPU`);
  return others.filter((socket) => socket.raw.readyState === socket.raw.OPEN);
}

describe('nothing within the limits makes a change take long', () => {
  for (const [name, clause] of Object.entries(DEAR)) {
    test(name, { timeout: 240_000 }, async () => {
      await withServer({}, async (server, game) => {
        const bystander = await client(server);
        await bystander.ask(subscribe(1, { room: 'r1' }));
        const others = await Promise.all(Array.from({ length: 5 }, () => client(server)));
        const goodbyes = others.map((socket) => once(socket.raw, 'close'));
        let [subscribed, refused] = [0, 0];
        for (let n = 0; n < 100; n++) {
          const answer = await others[n % others.length].ask(subscribe(n, clause(n)));
          if (answer.op === 'subscribed') {
            subscribed++;
            continue;
          }
          refused++;
          assert.equal(answer.code, 155);
          assert.match(answer.error, /^Expected .* at most \d+ steps for an object of 1024 bytes/);
        }
        assert.equal(await server.metric('livematch_refused_total', 'steps'), refused);
        let left = others;
        for (let n = 0; n < 5; n++) left = await change(server, game, n, left, bystander);
        for (const socket of others.filter((socket) => !left.includes(socket))) {
          const [code, reason] = await goodbyes[others.indexOf(socket)];
          assert.equal(code, 1013);
          assert.match(`${reason}`, /\d+ steps/);
        }
        // Who is left has heard of every change.
        if (name.startsWith('eighty')) {
          for (const socket of left) {
            const heard = new Set((await socket.events()).map(({ object }) => object.objectId));
            assert.deepEqual([...heard], ['0', '1', '2', '3', '4']);
          }
        }
        assert.ok(subscribed + refused === 100 && refused + others.length - left.length > 0, `${subscribed}, ${refused}`);
        [bystander, ...left].forEach((socket) => socket.close());
      });
    });
  }
});

test('who spends most has to go, and who spends little stays and hears everything', async () => {
  // Enough for a dozen patterns that use up what each of them may take, and not for more.
  await withServer({ changeSteps: 4_000_000 }, async (server, game) => {
    const [little, much] = [await client(server), await client(server)];
    const pattern = (n) => ({ kind: 'x', text: { $regex: `([a-z]{1,60})[a-z]{1,60}\\1_${n}|xyz` } });
    const gone = once(much.raw, 'close');
    for (let n = 0; n < 60; n++) assert.equal((await much.ask(subscribe(n, pattern(n)))).op, 'subscribed');
    await little.ask(subscribe(1, { $or: [pattern(100), { kind: 'x', n: { $gt: 0 } }] }));
    for (let n = 1; n <= 3; n++) {
      await game.create(`${n}`, { ...FIELDS, n });
      assert.equal((await little.next()).object.objectId, `${n}`);
    }
    const [code, reason] = await gone;
    assert.deepEqual([code, `${reason}`], [
      1013,
      'The clauses of this client took more than their share of 4000000 steps for a change',
    ]);
    assert.equal(await server.metric('livematch_clients_dropped_total', 'steps'), 1);
    little.close();
  });
});

test('whoever came first and spends all there is takes nothing from those who come later and spend little', async () => {
  await withServer({ changeSteps: 150_000 }, async (server, game) => {
    const greedy = await client(server);
    const gone = once(greedy.raw, 'close');
    // Each takes more than one query may take while its class is held, and all together all that there is.
    for (let n = 0; n < 100; n++) {
      const none = Array.from({ length: 16 }, (_, i) => `none${n}x${i}`);
      assert.equal((await greedy.ask(subscribe(n, { kind: 'x', tags: { $nin: none } }))).op, 'subscribed');
    }
    const modest = await Promise.all(Array.from({ length: 5 }, () => client(server)));
    for (const [at, socket] of modest.entries()) {
      for (let n = 0; n < 100; n++) await socket.ask(subscribe(n, { kind: 'x', u: { $ne: `u${at}x${n}` } }));
    }
    await game.create('a', { kind: 'x', u: 'me', tags: FIELDS.tags.slice(0, 600) });
    for (const socket of modest) assert.equal((await socket.take(100)).length, 100);
    const [code, reason] = await gone;
    assert.deepEqual([code, `${reason}`], [
      1013,
      'The clauses of this client took more than their share of 150000 steps for a change',
    ]);
    assert.equal(await server.metric('livematch_clients_dropped_total', 'steps'), 1);
    modest.forEach((socket) => socket.close());
  });
});

/**
 * Clauses whose first condition the object meets and whose second one takes some hundred steps, more of them than a change may take.
 * More ask for other kinds, so that nobody can foresee that most changes look at these.
 */
async function asksForMuch(socket) {
  for (let n = 300; n < 700; n++) socket.send(subscribe(n, { kind: `x${n}` }));
  assert.ok((await socket.take(400)).every(({ op }) => op === 'subscribed'));
  for (let n = 0; n < 300; n++) socket.send(subscribe(n, { kind: 'x', tags: { $lt: `none${n}` } }));
  assert.ok((await socket.take(300)).every(({ op }) => op === 'subscribed'));
}

test('nobody is closed for what an object makes of their clauses that they may not read', async () => {
  // What so many are charged for being handed over is most of what there is.
  await withServer({ changeSteps: 30_000, stepsPerSecond: 30_000, clientSteps: 1_000_000_000 }, async (server, game) => {
    const [stranger, bystander] = [await client(server), await client(server)];
    const gone = once(stranger.raw, 'close');
    await asksForMuch(stranger);
    await bystander.ask(subscribe(1, { room: 'r1' }));
    const object = { kind: 'x', tags: FIELDS.tags.slice(0, 200) };
    for (let n = 0; n < 5; n++) await game.create(`a${n}`, { ...object, ACL: { u1: { read: true } } });
    await game.create('b', { room: 'r1' });
    assert.equal((await bystander.next()).object.objectId, 'b');
    assert.deepEqual(await stranger.events(), []);
    assert.equal(await server.metric('livematch_clients_dropped_total', 'steps'), 0);
    assert.equal(stranger.raw.readyState, stranger.raw.OPEN);
    // Of what they may read they are told.
    await game.create('c', object);
    assert.equal((await gone)[0], 1013);
    bystander.close();
  });
});

test('who has more subscriptions to one change than their share goes, though nothing of it is sent', async () => {
  await withServer({ changeSteps: 100_000 }, async (server, game) => {
    const [crowd, blind, modest] = [await client(server), await client(server), await client(server)];
    const gone = once(crowd.raw, 'close');
    const watching = (n) => ({ op: 'subscribe', requestId: n, query: { className: 'Game', where: { rooms: n }, watch: ['zz'] } });
    // Nobody can foresee that an object is in all of them.
    const rooms = Array.from({ length: 2_500 }, (_, n) => n);
    for (const n of rooms) crowd.send(watching(n));
    for (const n of rooms) blind.send(subscribe(n, { hidden: n }));
    await Promise.all([crowd.take(2_500), blind.take(2_500)]);
    await modest.ask(subscribe(1, {}));
    await game.create('a', { hidden: rooms, ACL: { u1: { read: true } } });
    await game.create('b', { rooms });
    assert.equal((await modest.next()).object.objectId, 'b');
    const [code, reason] = await gone;
    assert.deepEqual([code, `${reason}`], [
      1013,
      'The clauses of this client took more than their share of 100000 steps for a change',
    ]);
    assert.equal(await server.metric('livematch_clients_dropped_total', 'steps'), 1);
    assert.deepEqual(await blind.events(), []);
    [blind, modest].forEach((socket) => socket.close());
  });
});

test('who spends much all the time has to go', async () => {
  await withServer({ changeSteps: 600_000, stepsPerSecond: 600_000 }, async (server, game) => {
    const [little, much] = [await client(server), await client(server)];
    const gone = once(much.raw, 'close');
    await much.ask(subscribe(1, { kind: 'x', text: { $regex: '([a-z]{1,60})[a-z]{1,60}\\1[0-9]' } }));
    await little.ask(subscribe(1, { kind: 'x', text: { $regex: '[a-z]{3}[a-z]' } }));
    for (let n = 1; n <= 9; n++) {
      await game.create(`${n}`, FIELDS);
      assert.equal((await little.next()).object.objectId, `${n}`);
    }
    const [code, reason] = await gone;
    assert.deepEqual([code, `${reason}`], [
      1013,
      'Dear clauses have taken more than 600000 steps of late, and those of this client most of them',
    ]);
    little.close();
  });
});

test('steps are given back, and what is ordinary takes none or a few', async () => {
  await withServer({ clientSteps: 300_000 }, async (server) => {
    const socket = await client(server);
    const ask = async (n, where) => {
      const { op, error } = await socket.ask(subscribe(n, where));
      return op === 'error' ? error : op;
    };
    const pattern = (n) => ({ text: { $regex: `(a)\\1_${n}` } });
    const full = 'Expected the clauses of a client to take at most 300000 steps for an object of 1024 bytes';
    assert.equal(await ask(1, pattern(1)), 'subscribed');
    assert.equal(await ask(2, pattern(2)), full);
    assert.equal(await ask(1, pattern(3)), 'subscribed', 'instead of the first');
    assert.equal((await socket.ask({ op: 'unsubscribe', requestId: 1 })).op, 'unsubscribed');
    assert.equal(await ask(2, pattern(2)), 'subscribed');
    const ids = Array.from({ length: 100 }, (_, n) => `id${n}`);
    for (let n = 10; n < 300; n++) {
      const owner = { __type: 'Pointer', className: '_User', objectId: `u${n}` };
      const ordinary = [
        { room: `r${n}` },
        { owner },
        { room: { $in: ids.map((id) => `${id}-${n}`) } },
        { status: 'open', zone: { $in: [`a${n}`, `b${n}`, `c${n}`] } },
      ];
      assert.equal(await ask(n, ordinary[n % ordinary.length]), 'subscribed');
    }
    // What every change may meet is charged for, and a client may have some thousand of them by default.
    const broad = (n) => [{ price: { $gte: n, $lt: n + 5 } }, { name: { $regex: `^\\Qa${n}\\E` } }, { name: { $regex: `a${n}`, $options: 'i' } }][n % 3];
    await withServer({}, async (roomy) => {
      const socket = await client(roomy);
      for (let n = 0; n < 300; n++) assert.equal((await socket.ask(subscribe(n, broad(n)))).op, 'subscribed');
      socket.close();
    });
    socket.close();
  });
});
