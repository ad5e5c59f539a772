// Whatever is used up is said with its figure: to whose it is, to the log and to a metric. `SECURITY.md` has a row for each limit.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';
import { object, withServer } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const subscribe = (requestId, where, more = {}) => ({ op: 'subscribe', requestId, query: { className: 'Game', where, ...more } });

async function client(server, fields) {
  const socket = await Socket.open(server.ws);
  await socket.connect(fields);
  return socket;
}

/** What is answered to frames that are sent one after the other, from the first that is refused on. */
async function refused(socket, frames) {
  for (const frame of frames) {
    const { op, error } = await socket.ask(frame);
    if (op === 'error') return error;
  }
  return undefined;
}

/** What a client is told for whom there is no place. */
async function turnedAway(server, headers = {}) {
  const raw = new WebSocket(server.ws, { headers });
  raw.on('error', () => {});
  const [, response] = await once(raw, 'unexpected-response');
  let text = '';
  for await (const piece of response) text += piece;
  return `${response.statusCode} ${text}`;
}

const many = (count, frame) => Array.from({ length: count }, (_, n) => frame(n + 1));
const words = (count) => many(count, (n) => `a word ${n}`);
const session = { sessionToken: 'r:of-one-user' };
const address = { headers: { 'x-forwarded-for': '1.2.3.4' } };
/** What most changes meet, so that it is charged for. */
const broad = (n) => subscribe(n, { [`f${n}`]: { $gt: 5 } });
const list = (n) => subscribe(n, { a: { $in: words(500) }, b: n });

const LIMITS = {
  '--max-clients': {
    options: { maxClients: 1 },
    reach: async (server) => (await client(server), turnedAway(server)),
    told: /^503 .*All places for clients are taken, 1$/m,
    term: 'places',
    figure: 1,
  },
  '--max-clients-per-address': {
    options: { maxClientsPerAddress: 2, trustedProxies: '127.0.0.1' },
    reach: async (server) => {
      for (const _ of [1, 2]) await Socket.open(server.ws, address);
      return turnedAway(server, address.headers);
    },
    told: /^429 .*an address to have at most 2 clients$/m,
    term: 'places',
    figure: 2,
  },
  '--max-clients-per-user': {
    options: { maxClientsPerUser: 2 },
    reach: async (server) => {
      for (const _ of [1, 2]) await client(server, session);
      const socket = await Socket.open(server.ws);
      const end = once(socket.raw, 'close');
      const { error } = await socket.connect(session);
      const [code, reason] = await end;
      assert.equal(await server.metric('livematch_clients_dropped_total', 'user'), 1);
      return `${code} ${error} ${reason}`;
    },
    told: /^1013 Expected a user to have at most 2 clients Expected a user/,
    term: 'places',
    figure: 2,
  },
  '--client-memory': {
    options: { clientMemory: 200_000 },
    reach: async (server) => refused(await client(server), many(20, list)),
    told: /a client to need at most 200000 bytes/,
    term: 'queries',
    figure: 200_000,
  },
  '--user-memory': {
    options: { userMemory: 300_000 },
    reach: async (server) => {
      await refused(await client(server, session), many(2, list));
      return refused(await client(server, session), many(20, (n) => list(n + 9)));
    },
    told: /the clients of a user to need at most 300000 bytes of memory together/,
    term: 'queries',
    figure: 300_000,
  },
  '--memory': {
    options: { memory: 400_000, clientMemory: 400_000 },
    reach: async (server) => refused(await client(server), many(20, list)),
    told: /at most 300000 bytes|is used up, 300000 bytes/,
    term: 'queries',
    figure: 300_000,
  },
  '--clause-steps': {
    options: { clauseSteps: 1_000 },
    reach: async (server) => refused(await client(server), [subscribe(1, { a: { $regex: '(a+)+\\1b' } })]),
    told: /a clause to take at most 1000 steps .* but it may take \d+/,
    term: 'steps',
    figure: 1_000,
  },
  '--client-steps': {
    options: { clientSteps: 200_000 },
    reach: async (server) => refused(await client(server), many(50, broad)),
    told: /the clauses of a client to take at most 200000 steps/,
    term: 'steps',
    figure: 200_000,
  },
  '--user-steps': {
    options: { userSteps: 300_000 },
    reach: async (server) => {
      await refused(await client(server, session), many(10, broad));
      return refused(await client(server, session), many(50, (n) => broad(n + 99)));
    },
    told: /the clauses of all clients of a user to take at most 300000 steps/,
    term: 'steps',
    figure: 300_000,
  },
  '--steps': {
    options: { steps: 100_000, clientSteps: 100_000 },
    reach: async (server) => refused(await client(server), many(50, broad)),
    told: /at most 100000 steps|may take 100000 steps/,
    term: 'steps',
    figure: 100_000,
  },
  '--change-steps': {
    // As many as a change may be handed to have the same query, and then there is no room for more.
    options: { changeSteps: 4_800 },
    reach: async (server) => refused(await client(server), many(400, (n) => subscribe(n, { room: 'lobby' }))),
    told: /at most 100000000 steps|may take 1000000000 steps/,
    term: 'steps',
    figure: 100_000_000,
  },
  '--max-frame-bytes': {
    options: { maxFrameBytes: 1_000 },
    reach: async (server) => refused(await client(server), [subscribe(1, { a: 'x'.repeat(1_000) })]),
    told: /a frame of at most 1000 bytes/,
    term: 'frame',
    figure: 1_000,
  },
  '--max-constraints': {
    options: { maxConstraints: 4 },
    reach: async (server) => refused(await client(server), [subscribe(1, { a: 1, b: 2, c: 3, d: 4, e: 5 })]),
    told: /4 constraints/,
    term: 'clause',
    figure: 4,
  },
  '--max-list-members': {
    options: { maxListMembers: 5 },
    reach: async (server) => refused(await client(server), [subscribe(1, { a: { $in: [1, 2, 3, 4, 5, 6] } })]),
    told: /5 (list )?members|members.* 5/,
    term: 'clause',
    figure: 5,
  },
  '--max-depth': {
    options: { maxDepth: 1 },
    reach: async (server) => refused(await client(server), [subscribe(1, { $or: [{ $or: [{ a: 1 }] }] })]),
    told: /maximum allowed depth of 1/,
    term: 'clause',
    figure: 1,
  },
  '--feed-buffer-bytes': {
    options: { feedBufferBytes: 1_000 },
    reach: async (server) => {
      const message = { currentParseObject: object('Game', 'g', { text: 'x'.repeat(2_000) }) };
      const body = JSON.stringify({ op: 'afterSave', message });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${server.http}/publish`, { method: 'POST', headers, body });
      assert.equal(response.headers.get('retry-after'), '1');
      return `${response.status} ${await response.text()}`;
    },
    told: /^503 .*at most 1000 bytes of changes to wait to be read/,
    term: 'messages',
    figure: 1_000,
  },
};

for (const [name, { options, reach, told, term, figure }] of Object.entries(LIMITS)) {
  test(`${name} is told with its figure: to whose it is, to the log and to a metric`, { timeout: 60_000 }, async () => {
    await withServer(options, async (server) => {
      assert.match(await reach(server), told);
      assert.ok((await server.metric('livematch_refused_total', `"${term}"`)) > 0);
      const tells = (line) => {
        const { level, fields } = JSON.parse(line);
        const says = fields.limit === figure || new RegExp(`\\b${figure}\\b`).test(fields.error ?? '');
        return level === 'WARN' && says;
      };
      await server.line(tells);
      assert.equal(server.lines.filter(tells).length, 1, 'once in a while');
    });
  });
}

test('who has a session is one user with all their sockets, and takes nothing from another', { timeout: 60_000 }, async () => {
  await withServer({ userSteps: 300_000 }, async (server, game) => {
    const [mine, other] = [await client(server, session), await client(server, { sessionToken: 'r:of-another' })];
    assert.match(await refused(mine, many(50, broad)), /of a user/);
    assert.match(await refused(await client(server, session), [broad(77)]), /of a user/, 'a socket more is no more');
    assert.equal(await refused(other, many(5, (n) => broad(n + 99))), undefined);
    await game.create('a', Object.fromEntries(many(200, (n) => [`f${n}`, 7])));
    assert.equal((await other.take(5)).length, 5);
    mine.close();
    await once(mine.raw, 'close');
    await server.settled('livematch_clients', 2);
    assert.equal(await refused(await client(server, session), many(5, broad)), undefined, 'who leaves makes room');
  });
});
