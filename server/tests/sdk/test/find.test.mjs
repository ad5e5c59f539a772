// Clauses that are read as find() reads them, beside the find() of a real Parse Server.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../lib/process.mjs';
import { MASTER_KEY, startStack } from '../lib/stack.mjs';
import { APP_ID, post, publisher, withServer } from '../lib/feed.mjs';
import { Socket } from '../lib/socket.mjs';

const pointer = (className, objectId) => ({ __type: 'Pointer', className, objectId });
const subscribe = (requestId, className, where) => ({ op: 'subscribe', requestId, query: { className, where } });

/** Subscribes to clauses, numbered from 1. */
async function follow(server, className, clauses) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  for (const [at, where] of clauses.entries()) {
    assert.equal((await socket.ask(subscribe(at + 1, className, where))).op, 'subscribed', JSON.stringify(where));
  }
  return socket;
}

test('a class is read in the dialect that is said of it', () =>
  withServer({ dialect: 'find:Game' }, async (server) => {
    const clauses = [{ score: { $lt: 5 } }, { score: { $ne: 5 } }, { tags: { $ne: 'a' } }];
    const heard = {};
    for (const className of ['Game', 'Room']) {
      const socket = await follow(server, className, clauses);
      const message = { currentParseObject: { className, objectId: 'o', tags: ['a', 'b'] } };
      const { status } = await post(server, { op: 'afterSave', message });
      assert.equal(status, 202);
      await server.settled('livematch_changes_waiting', 0);
      heard[className] = (await socket.events()).map(({ op, requestId }) => `${op} ${requestId}`).sort();
      socket.close();
    }
    assert.deepEqual(heard, { Game: ['create 2'], Room: ['create 1', 'create 2', 'create 3'] });
    assert.ok(server.lines.some((line) => line.includes('is guessed from each object')));
  }));

test('a dialect that is not known is refused', async () => {
  await assert.rejects(startServer({ appId: APP_ID, dialect: 'sql' }), /livequery or find/);
});

test('a shadow counts and tells what the other dialect would have told', () =>
  withServer({ dialect: 'find:Room', shadow: 'true' }, async (server, change) => {
    const secret = 'aValueThatNobodyElseMayRead';
    const socket = await follow(server, 'Game', [{ score: { $lt: 5 } }, { name: secret }, { name: { $ne: secret }, score: { $gt: 5 } }]);
    await change.create('a', { name: secret, score: 9 });
    await change.create('b', { name: secret });
    await change.update('b', { name: secret }, { name: secret, score: 1 });
    await server.settled('livematch_changes_waiting', 0);
    const heard = (await socket.events()).map(({ op, requestId, object }) => `${op} ${requestId} ${object.objectId}`);
    assert.deepEqual(heard.sort(), ['create 1 b', 'create 2 a', 'create 2 b', 'update 1 b', 'update 2 b']);
    const differences = (labels) => server.metric('livematch_shadow_differences_total', labels);
    assert.equal(await differences('served="create",shadow="nothing"'), 1);
    assert.equal(await differences('served="update",shadow="enter"'), 1);
    assert.equal(await differences(''), 2);
    assert.equal(await server.metric('livematch_shadow_agreed_total'), 3);
    const told = JSON.parse(await server.line((line) => line.includes('the other dialect would have told')));
    const { served, shadow, places, id, class: name } = told.fields;
    assert.deepEqual({ served, shadow, places, id, name }, { served: 'create', shadow: 'nothing', places: '/score/$lt', id: 'b', name: 'Game' });
    assert.ok(server.lines.every((line) => !line.includes(secret)));
    // Where the other dialect refuses a clause there is nothing to compare.
    assert.equal((await socket.ask(subscribe(9, 'Game', { team: { $inQuery: { className: 'Team', where: {} } } }))).op, 'subscribed');
    await server.settled('livematch_shadow_refused_total', 1);
    socket.close();
    // In a class that is read as find() reads it the shadow is LiveQuery.
    const other = await follow(server, 'Room', [{ score: { $lt: 5 } }]);
    await post(server, { op: 'afterSave', message: { currentParseObject: { className: 'Room', objectId: 'r' } } });
    await server.settled('livematch_changes_waiting', 0);
    assert.deepEqual(await other.events(), []);
    assert.equal(await differences('served="nothing",shadow="create"'), 1);
    other.close();
  }));

describe('what classes hold is asked of Parse Server', () => {
  let stack, server;
  before(async () => {
    stack = await startStack(['Find.*']);
    // A column that points to a class.
    await stack.rest.create('FindTeam', { name: 'one' });
    await stack.rest.create('FindGame', { owner: pointer('FindTeam', 't0') });
    server = await startServer({
      appId: APP_ID,
      redisUrl: stack.redis.url,
      parseUrl: stack.parse.url,
      masterKey: MASTER_KEY,
      dialect: 'find',
    });
    await server.line((line) => line.includes('what the fields of classes hold'));
  });
  after(async () => {
    await server.end('SIGTERM');
    await stack.end();
  });

  /** The numbers of the clauses that an object enters when it is created. */
  const entered = async (socket, className, fields) => {
    const id = await stack.rest.create(className, fields);
    const sentinel = await follow(server, className, [{ objectId: await stack.rest.create(className, {}) }]);
    sentinel.close();
    await server.settled('livematch_changes_waiting', 0);
    const events = (await socket.events()).filter(({ object }) => object.objectId === id);
    return events.map(({ requestId }) => requestId).sort();
  };

  test('the id of a pointer is that of an object of the class that the column points to', async () => {
    const clauses = [{ owner: { $in: ['t1'] } }, { owner: { $in: [pointer('FindTeam', 't1')] } }, { owner: { $in: ['t2'] } }];
    const socket = await follow(server, 'FindGame', clauses);
    assert.deepEqual(await entered(socket, 'FindGame', { owner: pointer('FindTeam', 't1') }), [1, 2]);
    socket.close();
  });

  test('a clause is compiled again when its class gets a field', async () => {
    // A text is a date where the column holds dates.
    const time = '2024-06-01T12:00:00.000Z';
    const socket = await follow(server, 'FindGame', [{ begins: { $gt: { __type: 'Date', iso: time } } }, { guest: { $in: ['t1'] } }]);
    await stack.rest.create('FindGame', { guest: pointer('FindTeam', 't0') });
    const feed = publisher(stack.redis.url);
    await feed.publish('clearCache', { userId: 'nobody' });
    const told = await server.line((line) => line.includes('clauses are compiled again'));
    assert.equal(JSON.parse(told).fields.subscriptions, 1);
    assert.deepEqual(await entered(socket, 'FindGame', { guest: pointer('FindTeam', 't1') }), [2]);
    await feed.close();
    socket.close();
  });

  test('who may not ask is not told what a class holds', async () => {
    const fields = { friends: { type: 'Relation', targetClass: 'FindTeam' }, n: { type: 'Number' }, secret: { type: 'Relation', targetClass: 'FindTeam' } };
    const all = { '*': true };
    const classes = {
      FindShut: { find: {}, get: {}, create: all },
      FindUsers: { find: { requiresAuthentication: true }, get: {}, create: all },
      FindSecret: { find: all, get: all, create: all, protectedFields: { '*': ['secret'] } },
      FindOpen: { find: all, get: all, create: all },
    };
    for (const [className, classLevelPermissions] of Object.entries(classes)) {
      const { status } = await stack.rest.ask('POST', `schemas/${className}`, { className, fields, classLevelPermissions });
      assert.ok(status === undefined || status === 200);
    }
    // Until the server knows of them a clause on a relation is not refused.
    const feed = publisher(stack.redis.url);
    const socket = await follow(server, 'FindGame', []);
    const ask = async (className, where) => {
      const { op, code, error } = await socket.ask(subscribe(1, className, where));
      return op === 'error' ? [code, error] : op;
    };
    const refused = { friends: { $in: ['x'] } };
    for (let tries = 0; tries < 100 && (await ask('FindOpen', refused)) === 'subscribed'; tries++) {
      await feed.publish('clearCache', { userId: 'nobody' });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal((await ask('FindOpen', refused))[0], 102);
    // Refused as the class holds this or that, or whatever it holds, or not at all.
    const clauses = [refused, { n: { $in: ['x'] } }, { friends: { $noSuch: 1 } }, { n: { $noSuch: 1 } }, { other: 1 }];
    for (const [className, told] of Object.entries({ FindShut: 119, FindUsers: 101 })) {
      const answers = [];
      for (const where of clauses) answers.push(await ask(className, where));
      assert.deepEqual([...new Set(answers.map(([code]) => code))], [told]);
      assert.equal(new Set(answers.map(([, error]) => error)).size, 1);
    }
    for (const where of [{ secret: { $in: ['x'] } }, { secret: 1 }, { secret: { $noSuch: 1 } }]) assert.equal((await ask('FindSecret', where))[0], 119);
    assert.equal((await ask('FindSecret', refused))[0], 102);
    await feed.close();
    socket.close();
  });
});
