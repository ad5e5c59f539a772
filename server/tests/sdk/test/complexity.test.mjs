// `requestComplexity` of Parse Server, and the options that do the same here, asked the same.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../lib/process.mjs';
import { APP_ID } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';
import { JAVASCRIPT_KEY, MASTER_KEY, startStack } from '../lib/stack.mjs';

const [DEPTH, CASES, SEED] = [2, 2_000, 7];

let stack, ours, sockets;
before(async () => {
  stack = await startStack(['Game'], { requestComplexity: { queryDepth: DEPTH, allowRegex: false } });
  ours = await startServer({ appId: APP_ID, maxDepth: DEPTH, allowRegex: false, maxConstraints: 4_096 });
  sockets = await Promise.all([stack.parse.ws, ours.ws].map((url) => Socket.open(url)));
  for (const socket of sockets) await socket.connect({ javascriptKey: JAVASCRIPT_KEY });
});
after(async () => {
  sockets?.forEach((socket) => socket.close());
  await ours?.end('SIGTERM');
  await stack?.end();
});

/** What a server says of a clause, given as text. */
async function verdict(socket, where) {
  const frame = `{"op":"subscribe","requestId":1,"query":{"className":"Game","where":${where}}}`;
  const { op, code } = await socket.ask(frame);
  return code === undefined ? op : `${op} ${code}`;
}

async function agree(where) {
  const [theirs, own] = [await verdict(sockets[0], where), await verdict(sockets[1], where)];
  assert.equal(own, theirs, where);
  return theirs;
}

const nested = (levels, clause, key = '$or') => (levels ? `{"${key}":[${nested(levels - 1, clause, key)}]}` : clause);

test('directed clauses', async () => {
  const one = '{"a":1}';
  const clauses = [
    ...['$or', '$and', '$nor'].flatMap((key) => [1, 2, 3].map((levels) => nested(levels, one, key))),
    `{"a":${nested(2, one)}}`,
    `{"a":${nested(3, one)}}`,
    `{"a":[{"b":${nested(3, one)}}]}`,
    `{"$or":[{"a":${nested(2, one)}}]}`,
    '{"a":{"$or":5}}',
    `{"$or":[${nested(3, one)}],"$or":[{"a":1}]}`,
    '{"a":{"$regex":"x"}}',
    '{"$or":[{"b":1},{"$and":[{"a":{"$regex":"x"}}]}]}',
    '{"a":[{"$regex":"x"}]}',
    '{"a":{"$or":[{"b":{"$regex":"x"}}]}}',
    '{"a":{"$regex":"x"},"a":1}',
  ];
  const told = new Set();
  for (const clause of clauses) told.add(await agree(clause));
  assert.deepEqual([...told].sort(), ['error 102', 'subscribed']);
});

test('random clauses', async () => {
  const random = numbers(SEED);
  const told = {};
  for (let n = 0; n < CASES; n++) {
    const answer = await agree(JSON.stringify(clause(random, 4)));
    told[answer] = (told[answer] ?? 0) + 1;
  }
  assert.ok(told.subscribed > CASES / 10 && told['error 102'] > CASES / 10, JSON.stringify(told));
});

test('who has the master key may ask for everything; and an option may hold for one class', async () => {
  const server = await startServer({
    appId: APP_ID,
    maxDepth: '5 1:Game',
    allowRegex: 'false:Room',
    keyPairs: JSON.stringify({ javascriptKey: JAVASCRIPT_KEY, masterKey: MASTER_KEY }),
  });
  const [client, master] = await Promise.all([server.ws, server.ws].map((url) => Socket.open(url)));
  await client.connect({ javascriptKey: JAVASCRIPT_KEY });
  await master.connect({ masterKey: MASTER_KEY });
  const ask = async (socket, className, where) =>
    (await socket.ask({ op: 'subscribe', requestId: 1, query: { className, where: JSON.parse(where) } })).error;
  const [deep, regex] = [nested(2, '{"a":1}'), '{"a":{"$regex":"x"}}'];
  assert.equal(await ask(client, 'Game', deep), 'Query condition nesting depth exceeds maximum allowed depth of 1');
  assert.equal(await ask(client, 'Room', regex), '$regex operator is not allowed');
  assert.equal(await ask(client, 'Room', deep), undefined);
  assert.equal(await ask(client, 'Game', regex), undefined);
  assert.equal(await ask(master, 'Game', deep), undefined);
  assert.equal(await ask(master, 'Room', regex), undefined);
  [client, master].forEach((socket) => socket.close());
  await server.end('SIGTERM');
});

/** Clauses that are accepted but for their depth and their patterns. */
function clause(random, levels) {
  const pick = (of) => of[Math.floor(random() * of.length)];
  const value = (levels) => {
    const kinds = [
      () => pick([1, 'x', null, true]),
      () => ({ $regex: 'x' }),
      () => ({ $gt: 1 }),
      () => [levels > 0 ? value(levels - 1) : 1],
      () => (levels > 0 ? { b: value(levels - 1) } : 1),
      () => (levels > 0 ? { [pick(['$or', '$and', '$nor'])]: random() < 0.1 ? 1 : [value(levels - 1)] } : 1),
    ];
    return pick(kinds)();
  };
  const node = (levels) => {
    const entries = [];
    for (let n = Math.floor(random() * 3); n > 0; n--) entries.push([pick(['a', 'b', 'c']), value(levels)]);
    if (levels > 0 && random() < 0.6) {
      entries.push([pick(['$or', '$and', '$nor']), Array.from({ length: 1 + Math.floor(random() * 2) }, () => node(levels - 1))]);
    }
    return Object.fromEntries(entries);
  };
  return node(levels);
}

/** Random numbers that are the same in every run (mulberry32). */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
