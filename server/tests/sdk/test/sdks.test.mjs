// What every SDK makes of this server, and of what it is told: the table of server/SDKS.md, cell by cell. `WRITE=1` writes the
// file; otherwise it must be what was found.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, startServer } from '../lib/process.mjs';
import { APP_ID, changes, publisher } from '../lib/feed.mjs';
import { Relay } from '../lib/relay.mjs';
import { EVERY_SDK } from '../lib/every-sdk.mjs';

const FILE = new URL('../../../SDKS.md', import.meta.url);
const PATIENCE = 15_000;
/** How long nothing may happen until it is taken that nothing will. */
const QUIET = 700;
/** A frame may have so many bytes. */
const FRAME = 4_000;

/** Waits until something holds; says what did not. */
async function until(what, holds) {
  const deadline = Date.now() + PATIENCE;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(10);
  }
}

/** A Parse Server of which only the permissions of classes are there. */
async function permissions() {
  const classes = { Closed: { find: {}, get: {} }, Members: { find: { requiresAuthentication: true }, get: {} } };
  const server = createServer((request, response) => {
    const name = Object.keys(classes).find((name) => request.url.endsWith(`/${name}`));
    const answer = { className: name, classLevelPermissions: classes[name] ?? { find: { '*': true }, get: { '*': true } } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/parse`, end: () => server.close() };
}

describe('SDKs', () => {
  const random = Math.random;
  let parse, redis, server, source, counter = 0;
  before(async () => {
    Math.random = () => 0.3; // how long an SDK waits before it connects again
    [parse, redis] = await Promise.all([permissions(), startRedis()]);
    server = await startServer({
      appId: APP_ID,
      redisUrl: redis.url,
      parseUrl: parse.url,
      masterKey: 'master',
      maxFrameBytes: FRAME,
    });
    source = publisher(redis.url);
  });
  after(async () => {
    Math.random = random;
    await source.close();
    await server.end('SIGTERM');
    await redis.end('SIGTERM');
    parse.end();
  });

  const game = () => changes(source, 'Game');

  /** An SDK on a relay of its own, which has one subscription that is good. */
  async function enter(sdk) {
    const relay = await Relay.start(server.ws);
    const client = sdk.open(relay.url, { key: sdk.key && 'key' });
    client.open();
    await until('open', () => client.told.includes('open'));
    const group = counter++;
    const good = client.subscribe({ className: 'Game', where: { group } });
    await until('subscribed', () => good.told.includes('subscribed'));
    const leave = () => {
      client.close();
      relay.end();
    };
    let made = 0;
    /** Makes an object that the good subscription hears of, if it does. */
    const hears = async () => {
      const objectId = `${group}-${made++}`;
      await game().create(objectId, { group, n: 1, m: 1 });
      const heard = () => good.told.filter((told) => told.object?.objectId === objectId).length;
      const deadline = Date.now() + QUIET;
      while (heard() === 0 && Date.now() < deadline) await sleep(10);
      await sleep(50);
      return heard();
    };
    return { relay, client, good, group, hears, leave };
  }

  const enterFor = (act) => async (sdk) => {
    const entered = await enter(sdk);
    try {
      return await act(entered, sdk);
    } finally {
      entered.leave();
    }
  };

  /** How an app is told of an error: from what it had been told until then. */
  async function told({ client, relay, good, hears }, subscription, act) {
    const [before, sockets, about] = [client.told.length, relay.connections.length, subscription ?? good];
    await act();
    await sleep(QUIET);
    assert.equal(await hears(), 1, 'the other subscription hears everything once');
    const news = client.told.slice(before);
    const says = [
      about.told.some((told) => /^rejects/.test(told)) && '`subscribe()` rejects',
      about.told.some((told) => /^error/.test(told)) && 'error of the subscription',
      news.some((told) => /^error/.test(told)) && 'error of the client',
    ].filter(Boolean);
    // Unity opens one for each subscription.
    assert.equal(relay.connections.length, sockets + (subscription?.socket ? 1 : 0), 'sockets that were opened');
    return says.join(', ') || 'nothing';
  }

  const REFUSED = {
    101: { className: 'Members', where: {} },
    102: { className: 'Game', where: { a: { $regex: '[' } } },
    119: { className: 'Closed', where: {} },
    155: { className: 'Game', where: { a: 'x'.repeat(FRAME) } },
    209: { className: '_Session', where: {} },
  };
  /** Codes for which something would have to fail: they are put in the place of 102. */
  const FAILURES = [1, 100];

  /** What an SDK does if an error says the other thing of connecting again. */
  const saying = (reconnect) =>
    enterFor(async ({ relay, client, good, hears }) => {
      relay.change = (frame) => (frame.op === 'error' ? { ...frame, reconnect } : frame);
      const connections = relay.connections.length;
      relay.connections[0].say({ op: 'unsubscribe', requestId: 99 });
      await sleep(2 * QUIET);
      if (relay.open.length > connections) {
        return (await hears()) > 1 ? 'opens a second socket, hears everything twice' : 'opens a second socket';
      }
      if (relay.open.length === 0 || !(await hears())) return '**closes, and all subscriptions with it**';
      return 'nothing';
    });

  /** Whether what was subscribed to hears again after a connection was lost, and who has seen to it. */
  const again = async ({ relay, client, good, hears }) => {
    await until('the end', () => relay.connections[0].isOpen === false);
    const deadline = Date.now() + 5_000;
    const numbers = (connection) => connection.sent.filter(({ op }) => op === 'subscribe').map(({ requestId }) => requestId);
    while (Date.now() < deadline && !relay.connections.slice(1).some((one) => one.isOpen && numbers(one).length > 0)) await sleep(10);
    const next = relay.connections.slice(1).findLast((one) => one.isOpen && numbers(one).length > 0);
    if (!next) return client.told.includes('closed') ? 'tells the app, which has to open again' : 'nothing';
    await sleep(400);
    assert.deepEqual(numbers(next), numbers(relay.connections[0]));
    assert.equal(await hears(), 1);
    return 'opens again, subscribes anew';
  };

  /** How an app is told that one of these frames is refused, which somebody says in its place. */
  const refusing = (...frames) => async (sdk) => {
    const refused = (frame) => async (entered) => {
      let errors = 0;
      entered.relay.change = (answer) => (answer.op === 'error' && errors++, answer);
      return told(entered, null, async () => {
        entered.relay.connections[0].say(frame);
        await until('an error', () => errors > 0);
      });
    };
    const ways = await Promise.all(frames.map((frame) => enterFor(refused(frame))(sdk)));
    assert.equal(new Set(ways).size, 1, ways.join('; '));
    return ways[0];
  };

  /** What each column of the table says of an SDK. */
  const COLUMNS = {
    'brings at `connect`': enterFor(async ({ relay }) => {
      const { op, applicationId, ...more } = relay.connections[0].sent[0];
      assert.deepEqual([op, applicationId], ['connect', APP_ID]);
      const names = Object.entries(more).map(([name, value]) => (value === '' ? `${name}: ""` : value === null ? `${name}: null` : name));
      return names.sort().map((name) => `\`${name}\``).join(' ') || 'nothing';
    }),
    'selects by': enterFor(async ({ relay, client, group }) => {
      const some = client.subscribe({ className: 'Game', where: { group, some: true }, select: ['n'] });
      await until('subscribed', () => some.told.includes('subscribed'));
      await game().create('some', { group, some: true, n: 1, m: 1 });
      await until('an event', () => some.told.some(({ op }) => op === 'create'));
      const { object } = some.told.find(({ op }) => op === 'create');
      const { query } = relay.connections.flatMap(({ sent }) => sent).findLast(({ op }) => op === 'subscribe');
      const name = ['keys', 'fields'].find((name) => query[name]);
      assert.deepEqual([object.n, object.m], [1, name ? undefined : 1]);
      return name ? `\`${name}\`` : 'nothing';
    }),
    '`update`': enterFor(async ({ client, good, group }, { updates }) => {
      if (!updates) return '–';
      client.update(good, { className: 'Game', where: { group, other: true } });
      await until('subscribed', () => good.told.filter((told) => told === 'subscribed').length === 2);
      await game().create('no', { group });
      await game().create('yes', { group, other: true });
      await until('an event', () => good.told.some(({ op }) => op === 'create'));
      assert.equal(good.told.find(({ op }) => op === 'create').object.objectId, 'yes');
      return 'hears by the new clause';
    }),
    unsubscribe: enterFor(async ({ client, relay, good, hears }) => {
      assert.equal(await hears(), 1);
      client.unsubscribe(good);
      await until('the frame', () => relay.connections.some(({ sent }) => sent.some(({ op }) => op === 'unsubscribe')));
      await sleep(QUIET);
      assert.equal(await hears(), 0);
      return 'hears no more';
    }),
    'a subscription that is refused (1, 100, 101, 102, 119, 155, 209)': async (sdk) => {
      const refused = (said, query, code = said) =>
        enterFor(async (entered) => {
          const errors = [];
          entered.relay.change = (frame) => (frame.op === 'error' ? (errors.push(frame), { ...frame, code }) : frame);
          const subscription = entered.client.subscribe(query);
          const way = await told(entered, subscription, () => until(`error ${said}`, () => errors.length > 0));
          assert.equal(errors[0].code, said);
          return way;
        })(sdk);
      const ways = await Promise.all([
        ...Object.entries(REFUSED).map(([code, query]) => refused(Number(code), query)),
        ...FAILURES.map((code) => refused(102, REFUSED[102], code)),
      ]);
      assert.equal(new Set(ways).size, 1, ways.join('; '));
      return ways[0];
    },
    'another frame with a number (1, 2)': refusing(
      { op: 'unsubscribe', requestId: 99 },
      { op: 'subscribe', requestId: 98, query: { className: 'Game' } },
    ),
    'a frame without one (1)': refusing({ op: 'nonsense' }),
    'told `reconnect: true`': saying(true),
    'told `reconnect: false`': saying(false),
    'is told': enterFor(async ({ relay }) => {
      const errors = [];
      relay.change = (frame) => (frame.op === 'error' && errors.push(frame), frame);
      relay.connections[0].say({ op: 'unsubscribe', requestId: 99 });
      relay.connections[0].say({ op: 'subscribe', requestId: 99, query: REFUSED[102] });
      await until('errors', () => errors.length === 2);
      assert.equal(errors[0].reconnect, errors[1].reconnect);
      return `\`${errors[0].reconnect}\``;
    }),
    'a cut': enterFor(async (entered) => {
      entered.relay.connections[0].cut();
      return again(entered);
    }),
  };

  /** Keys that are asked for are another server's matter. */
  async function wrongKey(sdk) {
    const keys = JSON.stringify({ javascriptKey: 'right', clientKey: 'right' });
    const strict = await startServer({ appId: APP_ID, keyPairs: keys });
    const relay = await Relay.start(strict.ws);
    const client = sdk.open(relay.url, { key: sdk.key && 'wrong' });
    client.open();
    const waiting = sdk.isReplayed ? client.subscribe({ className: 'Game', where: {} }) : null;
    await until('a try', () => relay.connections.length > 0);
    await sleep(2 * QUIET);
    const tries = relay.connections.length;
    const errors = client.told.concat(waiting?.told ?? []).filter((told) => /^error/.test(told));
    assert.ok(!client.told.includes('open') || sdk.name.startsWith('Unity'));
    client.close();
    relay.end();
    await strict.end('SIGTERM');
    assert.equal(tries, 1, 'it does not try again');
    return errors.length > 0 ? 'an error' : 'nothing';
  }
  COLUMNS['a wrong key (4)'] = wrongKey;

  const found = new Map(EVERY_SDK.map(({ name }) => [name, new Map()]));
  for (const sdk of EVERY_SDK) {
    describe(sdk.name, { concurrency: true }, () => {
      for (const [column, find] of Object.entries(COLUMNS)) {
        test(column, async () => found.get(sdk.name).set(column, await find(sdk)));
      }
    });
  }

  test('a gap, for all at once', async () => {
    const entered = await Promise.all(EVERY_SDK.map(enter));
    await source.close();
    await redis.end('SIGKILL');
    redis = await startRedis(redis.port);
    source = publisher(redis.url);
    const cells = await Promise.all(entered.map(again));
    EVERY_SDK.forEach(({ name }, index) => found.get(name).set('a gap', cells[index]));
    entered.forEach(({ leave }) => leave());
  });

  test('the page says what was found', () => {
    const before = readFileSync(FILE, 'utf8');
    const written = before.replace(/(<!-- table (\d) -->\n)[^]*?(<!-- end -->)/g, (_, begin, number, end) => begin + table(TABLES[number]) + end);
    if (process.env.WRITE) writeFileSync(FILE, written);
    else assert.equal(before, written);
  });

  /** The columns of each table of the page. */
  const TABLES = {
    1: ['brings at `connect`', 'selects by', '`update`', 'unsubscribe'],
    2: ['a subscription that is refused (1, 100, 101, 102, 119, 155, 209)', 'another frame with a number (1, 2)', 'a frame without one (1)', 'a wrong key (4)'],
    3: ['told `reconnect: true`', 'told `reconnect: false`', 'is told'],
    4: ['a cut', 'a gap'],
  };

  function table(columns) {
    const line = (cells) => `| ${cells.join(' | ')} |\n`;
    const rows = EVERY_SDK.map(({ name }) => line([name, ...columns.map((column) => found.get(name).get(column) ?? '?')]));
    return line(['', ...columns]) + `|${'---|'.repeat(columns.length + 1)}\n` + rows.join('');
  }
});
