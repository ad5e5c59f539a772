// What clients may not read leaves no trace at them, whether their clause has guessed a value of it or not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { withServer } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const subscribe = (requestId, where) => ({ op: 'subscribe', requestId, query: { className: 'Game', where } });

const SAVES = 3_000;

/** So many are posted at once. */
const AT_ONCE = 50;

/** Far less than all of it takes, and than what the system keeps for a socket. */
const ROOM = 1_000_000;
const TEXT = 'x'.repeat(8_000);

/** What clients hold; what a change takes itself belongs to the feed. */
const TERMS = ['sockets', 'frames', 'queries', 'subscriptions', 'outbox'];

async function client(server, where) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  assert.equal((await socket.ask(subscribe(1, where))).op, 'subscribed');
  return socket;
}

/** What clients hold, as told after now: the operator is told it every few seconds. */
async function held(server) {
  const bytes = (term) => server.metric('livematch_memory_bytes', `"${term}"`);
  const mark = await client(server, { none: { $in: Array.from({ length: 1_000 }, (_, n) => `text ${n}`) } });
  while ((await bytes('queries')) < 10_000) await new Promise((resolve) => setTimeout(resolve, 50));
  const all = Object.fromEntries(await Promise.all(TERMS.map(async (term) => [term, await bytes(term)])));
  mark.close();
  return all;
}

/**
 * What two strangers with this guess see of a burst of saves: one reads at once what comes, the other when it is over. So many events
 * are withheld from them.
 */
async function burst(pin, ACL, withheld) {
  // Who sleeps answers no ping.
  return withServer({ clientMemory: ROOM, pingSeconds: 600 }, async (server, game) => {
    const [reader, sleeper] = [await client(server, { pin }), await client(server, { pin })];
    sleeper.raw.pause();
    for (let n = 0; n < SAVES; n += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => game.create(`${n + i}`, { pin: 1234, text: TEXT, ACL })));
    }
    await server.settled('livematch_changes_waiting', 0);
    await server.settled('livematch_events_hidden_total', withheld);
    const memory = await held(server);
    const dropped = await server.metric('livematch_clients_dropped_total');
    sleeper.raw.resume();
    const events = dropped === 0 ? [await reader.events(), await sleeper.events()] : undefined;
    [reader, sleeper].forEach((socket) => socket.close());
    return { dropped, events, memory };
  });
}

test('a burst of saves that are withheld is the same to who has guessed right and to who has not', { timeout: 120_000 }, async () => {
  const [hidden, open] = [{ owner: { read: true } }, { '*': { read: true } }];
  // Only one of the guesses has matched.
  const [right, wrong, readable] = await Promise.all([burst(1234, hidden, 2 * SAVES), burst(4321, hidden, 0), burst(1234, open, 0)]);
  assert.deepEqual(right, wrong);
  const { dropped, events, memory } = right;
  assert.deepEqual({ dropped, events, outbox: memory.outbox }, { dropped: 0, events: [[], []], outbox: 0 });
  assert.ok(readable.dropped > 0, 'as much as would be too much for who may read it');
});
