// What SDKs send and need beyond the protocol: each row of the README's table is a case here, and nothing else is.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { startServer } from '../lib/process.mjs';
import { APP_ID, changes, embedded } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const require = createRequire(import.meta.url);
const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

/** The rows of the table below a heading: its cells, the first of which names the row. */
const rows = README.split('\n## What clients may send\n')[1]
  .split('\n## ')[0]
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what a client'))
  .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

/** Whether Parse Server's own check lets a frame through. */
function theirs(frame) {
  const { default: schemas } = require('parse-server/lib/LiveQuery/RequestSchema');
  const tv4 = createRequire(require.resolve('parse-server'))('tv4');
  return tv4.validate(frame, schemas.general) && tv4.validate(frame, schemas[frame.op]);
}

describe('what clients may send', () => {
  let server, game;
  before(async () => {
    server = await startServer({ appId: APP_ID });
    game = changes((await embedded()).connect(server), 'Game');
  });
  after(() => server.end('SIGTERM'));

  const connect = (fields = {}) => ({ op: 'connect', applicationId: APP_ID, ...fields });
  const subscribe = (query = {}, requestId = 1) => ({ op: 'subscribe', requestId, query: { className: 'Game', where: {}, ...query } });

  /** Says all of it on a socket of its own; the answers. */
  async function answers(...frames) {
    const socket = await Socket.open(server.ws);
    const told = [];
    for (const frame of frames) told.push(await socket.ask(frame));
    return { socket, told, last: told.at(-1) };
  }

  /** What a subscription is told of two objects, of which the second has `n`. */
  async function told(frame) {
    const { socket, last } = await answers(connect(), frame);
    assert.equal(last.op, 'subscribed', JSON.stringify(last));
    assert.equal(last.requestId, frame.requestId);
    await game.create('without', { m: 1 });
    await game.create('with', { n: 1, m: 1 });
    const event = await socket.next();
    socket.close();
    return event;
  }

  /** Each with a frame by which Parse Server's column is tried, if it is one of a frame. */
  const CASES = {
    '`null` for a key, `sessionToken` or `installationId`': {
      frame: connect({ clientKey: null }),
      async holds() {
        const nothing = { clientKey: null, javascriptKey: null, sessionToken: null, installationId: null };
        const { socket, told } = await answers(connect(nothing), { ...subscribe(), sessionToken: null });
        assert.deepEqual(told.map(({ op }) => op), ['connected', 'subscribed']);
        assert.equal('installationId' in told[0], false);
        socket.close();
      },
    },
    '`sessionToken: ""`': {
      frame: connect({ sessionToken: '' }),
      async holds() {
        const { socket, told } = await answers(connect({ sessionToken: '' }), subscribe());
        assert.deepEqual(told.map(({ op }) => op), ['connected', 'subscribed']);
        socket.close();
      },
    },
    '`maintenanceKey` at `connect`': {
      frame: connect({ maintenanceKey: 'm' }),
      async holds() {
        const { socket, last } = await answers(connect({ maintenanceKey: 'm' }));
        assert.equal(last.op, 'connected');
        socket.close();
      },
    },
    '`where` as a text of JSON': {
      frame: subscribe({ where: '{"n":1}' }),
      holds: async () => assert.equal((await told(subscribe({ where: '{"n":1}' }))).object.objectId, 'with'),
    },
    '`limit`, `skip`, `order`, `include`': {
      frame: subscribe({ limit: 1 }),
      async holds() {
        const more = { limit: 10, skip: 1, order: '-createdAt', include: 'owner' };
        assert.equal((await told(subscribe(more))).object.objectId, 'without');
      },
    },
    '`keys` as one text': {
      frame: subscribe({ keys: 'n,o' }),
      async holds() {
        const { object } = await told(subscribe({ where: { n: 1 }, keys: 'n,o' }));
        assert.deepEqual([object.n, object.m], [1, undefined]);
      },
    },
    '`fields` instead of `keys`': {
      frame: subscribe({ fields: ['n'] }),
      async holds() {
        const { object } = await told(subscribe({ where: { n: 1 }, fields: ['n'] }));
        assert.deepEqual([object.n, object.m], [1, undefined]);
      },
    },
    '`requestId` of any number': {
      frame: subscribe({}, -7),
      async holds() {
        for (const id of [-7, 0, 1.5, 2 ** 40]) assert.equal((await told(subscribe({}, id))).requestId, id);
      },
    },
    '`update`': {
      frame: { ...subscribe(), op: 'update' },
      async holds() {
        const { socket, told } = await answers(connect(), subscribe({ where: { n: 2 } }), { ...subscribe({ where: { n: 1 } }), op: 'update' });
        assert.equal(told[2].op, 'subscribed');
        await game.create('two', { n: 2 });
        await game.create('one', { n: 1 });
        assert.equal((await socket.next()).object.objectId, 'one');
        socket.close();
      },
    },
    '`query`': {
      frame: { op: 'query', requestId: 1 },
      async holds() {
        const { socket, last } = await answers(connect(), { op: 'query', requestId: 1 });
        assert.deepEqual([last.op, last.code, last.requestId], ['error', 1, 1]);
        socket.close();
      },
    },
    '`__type: "Object"` in events': {
      async holds() {
        assert.equal((await told(subscribe())).object.__type, 'Object');
        assert.equal((await told(subscribe({ keys: ['n'] }))).object.__type, undefined, 'as all that was not asked for');
      },
    },
  };

  test('every row is a case, and every case a row', () => {
    assert.deepEqual(rows.map(([name]) => name), Object.keys(CASES));
  });

  for (const [name, , parse] of rows) {
    test(name, async () => {
      const { frame, holds } = CASES[name];
      if (frame) assert.equal(theirs(frame) ? 'accepts it' : 'refuses it', parse, 'Parse Server');
      await holds();
    });
  }
});
