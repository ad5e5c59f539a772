// Many subscriptions to one class: none is refused for how many others there are, and each is told what it has asked for.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { withServer } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const subscribe = (requestId, where, more = {}) => ({ op: 'subscribe', requestId, query: { className: 'Game', where, ...more } });

async function client(server) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  return socket;
}

const clients = (server, count) => Promise.all(Array.from({ length: count }, () => client(server)));

/** Subscribes at once; all must be accepted. */
async function subscribeAll(socket, frames) {
  frames.forEach((frame) => socket.send(frame));
  for (const { op, error } of await socket.take(frames.length)) assert.equal(op, 'subscribed', error);
}

const range = (count) => Array.from({ length: count }, (_, n) => n);
const numbers = (events) => events.map(({ requestId }) => requestId).sort((a, b) => a - b);

/** Of steps for queries that every change has to look at, enough for some thirty of them beyond what is free. */
const FEW_STEPS = { clientSteps: 100_000, steps: 100_000 };

test('a query that ten thousand have asked for is one, and takes no place from another', { timeout: 60_000 }, async () => {
  await withServer(FEW_STEPS, async (server, game) => {
    const crowd = await clients(server, 10);
    await Promise.all(crowd.map((socket) => subscribeAll(socket, range(1_000).map((n) => subscribe(n, { state: { $ne: 'done' } })))));
    const other = await client(server);
    await subscribeAll(other, [subscribe(1, { state: { $ne: 'new' } }), subscribe(2, { state: { $ne: 'done' } })]);
    assert.equal(await server.metric('livematch_subscriptions'), 10_002);
    assert.equal(await server.metric('livematch_queries'), 2);
    await game.create('a', { state: 'open' });
    await game.create('b', { state: 'new' });
    for (const socket of crowd) {
      const events = await socket.take(2_000);
      for (const [at, id] of ['a', 'b'].entries()) {
        const told = events.slice(at * 1_000, (at + 1) * 1_000);
        assert.ok(told.every(({ op, object }) => op === 'create' && object.objectId === id));
        assert.deepEqual(numbers(told), range(1_000));
      }
    }
    await server.decided(20_003);
    const told = (await other.events()).map(({ requestId, object }) => `${object.objectId}${requestId}`);
    assert.deepEqual(told.sort(), ['a1', 'a2', 'b2']);
    assert.equal(await server.metric('livematch_clients_dropped_total'), 0);
    [...crowd, other].forEach((socket) => socket.close());
  });
});

const ZONES = 40;

/** The zones of the n-th list: no two are equal, as their gaps are not. */
function zones(n) {
  const [from, gap] = [n % ZONES, Math.floor(n / ZONES)];
  return [from, from + 1 + (gap % 7), from + 8 + Math.floor(gap / 7)].map((zone) => zone % ZONES);
}

const LISTS = {
  // They are charged for as what every change has to look at, which is by far not all that a client has.
  'beside what most objects have': { options: {}, beside: { status: 'open' } },
  'by themselves': { options: FEW_STEPS, beside: {} },
};
for (const [name, { options, beside }] of Object.entries(LISTS)) {
  test(`two thousand lists of a few rare values ${name}: none is refused, and each is told exactly`, { timeout: 60_000 }, async () => {
    const EACH = 500;
    await withServer(options, async (server, game) => {
      const crowd = await clients(server, 4);
      const clause = (n) => ({ ...beside, zone: { $in: zones(n).map((zone) => `zone ${zone}`) } });
      const of = (at) => range(EACH).map((n) => at * EACH + n);
      await Promise.all(crowd.map((socket, at) => subscribeAll(socket, of(at).map((n) => subscribe(n, clause(n))))));
      assert.equal(await server.metric('livematch_queries'), crowd.length * EACH, 'no two are equal');
      let total = 0;
      for (const [zone, status] of [[3, 'open'], [3, 'closed'], [ZONES, 'open'], [17, 'open']]) {
        await game.create(`${status} ${zone}`, { status, zone: `zone ${zone}` });
        const isConcerned = (n) => zones(n).includes(zone) && (beside.status ?? status) === status;
        total += range(crowd.length * EACH).filter(isConcerned).length;
        await server.decided(total);
        for (const [at, socket] of crowd.entries()) {
          const events = await socket.events();
          assert.deepEqual(numbers(events), of(at).filter(isConcerned));
          assert.ok(events.every(({ op, object }) => op === 'create' && object.objectId === `${status} ${zone}`));
        }
      }
      crowd.forEach((socket) => socket.close());
    });
  });
}

test('a client with ten thousand paths below a field leaves, and another is told everything meanwhile', { timeout: 60_000 }, async () => {
  await withServer({}, async (server, game) => {
    const bystander = await client(server);
    await bystander.ask(subscribe(1, { 'f.room': 'r1' }));
    for (let round = 0; round < 2; round++) {
      const leaver = await client(server);
      const clause = (n) => Object.fromEntries(range(100).map((i) => [`f.x${n * 100 + i}`, 1]));
      await subscribeAll(leaver, range(100).map((n) => subscribe(n, clause(n))));
      assert.equal(await server.metric('livematch_queries'), 101);
      for (let n = 0; n < 100; n++) {
        if (n === 20) leaver.raw.terminate();
        await game.create(`${n}`, { f: { room: 'r1', [`x${n * 100}`]: 1 } });
      }
      const told = (await bystander.take(100)).map(({ object }) => object.objectId);
      assert.deepEqual(told, range(100).map(String));
      await server.settled('livematch_queries', 1);
    }
    bystander.close();
  });
});

test('a client with a hundred thousand members comes and goes, and another of the same class is told everything meanwhile', { timeout: 60_000 }, async () => {
  const MEMBERS = 100_000;
  const members = range(MEMBERS).map((n) => `member ${n}`);
  const told = (events) => events.map(({ object }) => object.objectId);
  await withServer({}, async (server, game) => {
    const bystander = await client(server);
    await bystander.ask(subscribe(1, { room: 'r1' }));
    /** Everything that has been done in pieces so far: members filed or taken out, and a little besides. */
    const pieces = () => server.metric('livematch_filing_steps_total');
    const untilPieces = async (count) => {
      while ((await pieces()) < count) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    for (let round = 0; round < 2; round++) {
      const guest = await client(server);
      guest.send(subscribe(1, { owner: { $in: members } }));
      for (let n = 0; n < 50; n++) await game.create(`a${n}`, { room: 'r1' });
      assert.equal((await guest.next()).op, 'subscribed');
      // It is told everything from then on, filed or not.
      for (let n = 0; n < 50; n++) await game.create(`b${n}`, { room: 'r1', owner: members[MEMBERS - 1 - n] });
      assert.deepEqual(told(await guest.take(50)), range(50).map((n) => `b${n}`));
      await untilPieces((2 * round + 1) * MEMBERS);
      guest.raw.terminate();
      for (let n = 0; n < 50; n++) await game.create(`c${n}`, { room: 'r1', owner: members[n] });
      const expected = ['a', 'b', 'c'].flatMap((part) => range(50).map((n) => `${part}${n}`));
      assert.deepEqual(told(await bystander.take(150)), expected);
      await server.settled('livematch_queries', 1);
      await untilPieces((2 * round + 2) * MEMBERS);
    }
    assert.ok((await pieces()) < 4.1 * MEMBERS, 'each member is filed once and taken out once');
    bystander.close();
  });
});

test('a thousand subscriptions with keys of their own are each sent their fields and no more', { timeout: 60_000 }, async () => {
  const fields = (mark) => Object.fromEntries(range(80).map((n) => [`k${n}`, `${mark} ${n}`]));
  /** No two ask for the same; one of their names is no field. */
  const keys = (n) => [`k${n % 40}`, `k${40 + Math.floor(n / 40)}`, `none${n}`];
  const always = ['objectId', 'createdAt', 'updatedAt', 'className', '__type', 'ACL'];
  await withServer({}, async (server, game) => {
    const crowd = await clients(server, 2);
    const of = (at) => range(500).map((n) => at * 500 + n);
    await Promise.all(crowd.map((socket, at) => subscribeAll(socket, of(at).map((n) => subscribe(n, {}, { keys: keys(n) })))));
    await game.update('a', fields('before'), fields('after'));
    await server.decided(1_000);
    for (const [at, socket] of crowd.entries()) {
      const events = await socket.events();
      assert.deepEqual(numbers(events), of(at));
      for (const { op, requestId, object, original } of events) {
        assert.equal(op, 'update');
        for (const [side, mark] of [[object, 'after'], [original, 'before']]) {
          assert.equal(side.objectId, 'a');
          const own = Object.entries(side).filter(([name]) => !always.includes(name));
          const asked = Object.entries(fields(mark)).filter(([name]) => keys(requestId).includes(name));
          assert.deepEqual(Object.fromEntries(own), Object.fromEntries(asked));
        }
      }
    }
    crowd.forEach((socket) => socket.close());
  });
});

test('a change that concerns more than are told at once reaches them all, in order, and is told of', { timeout: 60_000 }, async () => {
  const [ROOMS, AT_ONCE] = [300, 100];
  await withServer({ changeSteps: AT_ONCE * 144 }, async (server, game) => {
    const crowd = await clients(server, ROOMS);
    // Each asks for a room of its own, and nobody is charged for that all ask for the lobby too.
    const rooms = (n) => [`r${n}`, 'lobby', ...(n < 5 ? ['bar'] : [])];
    await Promise.all(crowd.map((socket, n) => subscribeAll(socket, [subscribe(n, { room: { $in: rooms(n) } })])));
    const bystander = await client(server);
    await subscribeAll(bystander, [subscribe(0, { other: 1 })]);
    const room = 'lobby';
    await game.create('a', { room, n: 0 });
    for (let n = 1; n <= 3; n++) await game.update('a', { room, n: n - 1 }, { room, n });
    await game.update('a', { room, n: 3 }, { room: 'bar', n: 4 });
    await game.create('b', { other: 1 });
    for (const [at, socket] of crowd.entries()) {
      const told = (await socket.take(5)).map(({ op, object }) => `${op} ${object.n}`);
      assert.deepEqual(told, ['create 0', 'update 1', 'update 2', 'update 3', at < 5 ? 'update 4' : 'leave 4']);
    }
    assert.equal((await bystander.next()).object.objectId, 'b');
    assert.equal(await server.metric('livematch_changes_crowded_total'), 5);
    assert.equal(await server.metric('livematch_clients_dropped_total'), 0);
    const told = JSON.parse(await server.line((line) => line.includes('in turns with other changes'))).fields;
    assert.deepEqual([told.class, told.subscriptions, told.at_once], ['Game', ROOMS, AT_ONCE]);
    [...crowd, bystander].forEach((socket) => socket.close());
  });
});
