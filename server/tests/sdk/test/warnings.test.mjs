// Clauses that are accepted and cannot be what was meant: told, counted, or refused.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../lib/process.mjs';
import { APP_ID } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const subscribe = (requestId, className, where) => ({ op: 'subscribe', requestId, query: { className, where } });

const ODD = {
  never: { winner: null },
  always: { owner: { $ne: { __type: 'Pointer', className: '_User', objectId: 'u' } } },
};

test('they are told once for a class and a clause, and counted', async () => {
  const server = await startServer({ appId: APP_ID });
  const socket = await Socket.open(server.ws);
  await socket.connect();
  let requestId = 0;
  const ask = async (className, where) => assert.equal((await socket.ask(subscribe(++requestId, className, where))).op, 'subscribed');
  for (let n = 0; n < 3; n++) for (const where of Object.values(ODD)) await ask('Game', where);
  await ask('Room', ODD.never);
  await ask('Game', { winner: 'x' });
  // A hint is no alarm.
  await ask('Game', { score: { $gt: 5 } });
  // They are looked for once the client has been answered, by two threads.
  await server.settled('livematch_subscriptions_warned_total', 7);
  const expected = [['Game', '/owner'], ['Game', '/winner'], ['Room', '/winner']];
  for (const [name, place] of expected) await server.line((line) => line.includes(`"class":"${name}"`) && line.includes(place));
  const told = server.lines.map((line) => JSON.parse(line)).filter(({ fields }) => fields.warning);
  const places = told.map(({ level, fields }) => [level, fields.class, /\/\w+/.exec(fields.warning)?.[0]]);
  assert.deepEqual(places.sort(), expected.map((known) => ['WARN', ...known]));
  assert.equal(await server.metric('livematch_subscriptions_warned_total', 'effect="never"'), 4);
  assert.equal(await server.metric('livematch_subscriptions_warned_total', 'effect="always"'), 3);
  assert.equal(await server.metric('livematch_subscriptions_warned_total', 'effect="differs"'), 0);
  socket.close();
  await server.end('SIGTERM');
});

test('they are refused where the class is strict', async () => {
  const server = await startServer({ appId: APP_ID, strict: 'true false:Free,Other' });
  const socket = await Socket.open(server.ws);
  await socket.connect();
  for (const [className, where, expected] of [
    ['Game', ODD.never, 102],
    ['Game', ODD.always, 102],
    ['Game', { winner: 'x' }, undefined],
    ['Game', { score: { $gt: 5 } }, undefined],
    ['Free', ODD.never, undefined],
  ]) {
    const { code, error } = await socket.ask(subscribe(1, className, where));
    assert.equal(code, expected, `${className} ${JSON.stringify(where)} ${error}`);
    if (expected) assert.match(error, /^at \//);
  }
  socket.close();
  await server.end('SIGTERM');
});

test('paths in watch and keys are told once for a class, and counted', async () => {
  const server = await startServer({ appId: APP_ID });
  const socket = await Socket.open(server.ws);
  await socket.connect();
  for (const [requestId, names] of [{ watch: ['place'] }, { watch: ['place.city', 'score'] }, { watch: ['place.city', 'score'] }, { keys: ['place.city'] }].entries()) {
    const { op } = await socket.ask({ op: 'subscribe', requestId: requestId + 1, query: { className: 'Game', where: {}, ...names } });
    assert.equal(op, 'subscribed');
  }
  await server.settled('livematch_subscriptions_warned_total', 3);
  await server.line((line) => line.includes('"list":"keys"'));
  const told = server.lines.map((line) => JSON.parse(line)).filter(({ fields }) => fields.list);
  assert.deepEqual(told.map(({ level, fields }) => [level, fields.class, fields.list, fields.names]), [['WARN', 'Game', 'watch', 'place.city'], ['WARN', 'Game', 'keys', 'place.city']]);
  socket.close();
  await server.end('SIGTERM');
});
