// Each operator that an SDK can build: an object that matches is told of, and one that does not is not.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../lib/process.mjs';
import { changes, embedded } from '../lib/feed.mjs';
import { Events, SDKS, connect } from '../lib/sdks.mjs';

const point = (latitude, longitude) => ({ __type: 'GeoPoint', latitude, longitude });
const pointer = (objectId) => ({ __type: 'Pointer', className: 'Other', objectId });
const date = (iso) => ({ __type: 'Date', iso });

/** name, how an SDK builds it, a field that matches, one that does not. */
const OPERATORS = (Parse) => {
  const other = (id) => Object.assign(new Parse.Object('Other'), { id });
  const [paris, rome] = [point(48.85, 2.35), point(41.9, 12.5)];
  const near = () => new Parse.GeoPoint(48.8, 2.3);
  const branch = () => new Parse.Query(CLASS);
  return [
    ['equalTo text', (q) => q.equalTo('a', 'x'), { a: 'x' }, { a: 'y' }],
    ['equalTo number', (q) => q.equalTo('a', 1), { a: 1 }, { a: 2 }],
    ['equalTo true', (q) => q.equalTo('a', true), { a: true }, { a: false }],
    ['equalTo undefined', (q) => q.equalTo('a', undefined), {}, { a: 1 }],
    ['equalTo a member of a list', (q) => q.equalTo('a', 2), { a: [1, 2] }, { a: [1, 3] }],
    ['equalTo a pointer', (q) => q.equalTo('a', other('o')), { a: pointer('o') }, { a: pointer('p') }],
    ['equalTo a date', (q) => q.equalTo('a', new Date(5)), { a: date('1970-01-01T00:00:00.005Z') }, { a: date('1970-01-01T00:00:00.006Z') }],
    ['equalTo in an object', (q) => q.equalTo('a.b', 1), { a: { b: 1 } }, { a: { b: 2 } }],
    ['notEqualTo', (q) => q.notEqualTo('a', 1), { a: 2 }, { a: 1 }],
    ['lessThan', (q) => q.lessThan('a', 2), { a: 1 }, { a: 2 }],
    ['lessThanOrEqualTo', (q) => q.lessThanOrEqualTo('a', 2), { a: 2 }, { a: 3 }],
    ['greaterThan', (q) => q.greaterThan('a', 2), { a: 3 }, { a: 2 }],
    ['greaterThanOrEqualTo', (q) => q.greaterThanOrEqualTo('a', 2), { a: 2 }, { a: 1 }],
    ['greaterThan a date', (q) => q.greaterThan('a', new Date(5)), { a: date('1970-01-01T00:00:00.006Z') }, { a: date('1970-01-01T00:00:00.004Z') }],
    ['containedIn', (q) => q.containedIn('a', [1, 2]), { a: 2 }, { a: 3 }],
    ['notContainedIn', (q) => q.notContainedIn('a', [1, 2]), { a: 3 }, { a: 2 }],
    ['containsAll', (q) => q.containsAll('a', [1, 2]), { a: [2, 1, 3] }, { a: [1, 3] }],
    ['containedBy', (q) => q.containedBy('a', [1, 2]), { a: [1] }, { a: [1, 3] }],
    ['exists', (q) => q.exists('a'), { a: 0 }, {}],
    ['doesNotExist', (q) => q.doesNotExist('a'), {}, { a: 0 }],
    ['matches', (q) => q.matches('a', /^x.z$/i), { a: 'XYZ' }, { a: 'XYZZ' }],
    ['contains', (q) => q.contains('a', 'b.c'), { a: 'ab.cd' }, { a: 'abxcd' }],
    ['startsWith', (q) => q.startsWith('a', 'b.c'), { a: 'b.cd' }, { a: 'ab.c' }],
    ['endsWith', (q) => q.endsWith('a', 'b.c'), { a: 'ab.c' }, { a: 'b.cd' }],
    ['withinKilometers', (q) => q.withinKilometers('a', near(), 100), { a: paris }, { a: rome }],
    ['withinMiles', (q) => q.withinMiles('a', near(), 100), { a: paris }, { a: rome }],
    ['withinRadians', (q) => q.withinRadians('a', near(), 0.01), { a: paris }, { a: rome }],
    ['withinKilometers unsorted', (q) => q.withinKilometers('a', near(), 100, false), { a: paris }, { a: rome }],
    ['withinGeoBox', (q) => q.withinGeoBox('a', new Parse.GeoPoint(48, 2), new Parse.GeoPoint(49, 3)), { a: paris }, { a: rome }],
    ['withinPolygon', (q) => q.withinPolygon('a', [[48, 2], [48, 3], [49, 3], [49, 2]].map(([x, y]) => new Parse.GeoPoint(x, y))), { a: paris }, { a: rome }],
    ['polygonContains', (q) => q.polygonContains('a', near()), { a: { __type: 'Polygon', coordinates: [[48, 2], [48, 3], [49, 3], [49, 2], [48, 2]] } }, { a: { __type: 'Polygon', coordinates: [[0, 0], [0, 1], [1, 1], [0, 0]] } }],
    ['or', () => Parse.Query.or(branch().equalTo('a', 1), branch().equalTo('b', 2)), { b: 2 }, { a: 2, b: 1 }],
    ['and', () => Parse.Query.and(branch().equalTo('a', 1), branch().equalTo('b', 2)), { a: 1, b: 2 }, { a: 1 }],
    ['nor', () => Parse.Query.nor(branch().equalTo('a', 1), branch().equalTo('b', 2)), { a: 2 }, { a: 1 }],
    ['several on one field', (q) => q.greaterThan('a', 1).lessThan('a', 5).notEqualTo('a', 3), { a: 4 }, { a: 3 }],
  ];
};

const CLASS = 'Operator';

/** Accepted, and never fired, as with Parse Server: most of them would need the database. */
const SILENT = (Parse) => [
  ['matchesQuery', (q) => q.matchesQuery('a', new Parse.Query('Other'))],
  ['doesNotMatchQuery', (q) => q.doesNotMatchQuery('a', new Parse.Query('Other'))],
  ['matchesKeyInQuery', (q) => q.matchesKeyInQuery('a', 'b', new Parse.Query('Other'))],
  ['containsAllStartingWith', (q) => q.containsAllStartingWith('l', ['x'])],
  ['equalTo null', (q) => q.equalTo('a', null)],
];

/** How many of the operators each SDK can build, so that none falls out unseen. */
const BUILT = { 'parse 8.6.2': 35, 'parse 3.5.1': 35, 'parse 1.11.1': 33, 'moralis-v1 1.13.0': 35 };

for (const sdk of SDKS) {
  describe(sdk.name, () => {
    let feed, server, source, client, Parse;
    before(async () => {
      feed = await embedded();
      server = await startServer(feed.options);
      source = feed.connect(server);
      const connected = connect(sdk, server);
      ({ Parse } = connected);
      client = connected.client();
      client.open();
    });
    after(async () => {
      client.close();
      await server.end('SIGTERM');
    });

    const subscribe = async (query) => {
      const subscription = client.subscribe(query);
      if (sdk.isOld) await new Promise((resolve) => subscription.on('open', resolve));
      else await subscription.subscribePromise;
      return subscription;
    };
    const build = ([name, make, ...rest]) => {
      try {
        return [[name, make(new Parse.Query(CLASS)), ...rest]];
      } catch (error) {
        if (error instanceof TypeError) return []; // the SDK does not have it
        throw error;
      }
    };

    test('each operator tells a match from what is none', async () => {
      const operators = OPERATORS(Parse).flatMap(build);
      const created = changes(source, CLASS);
      for (const [name, query, match, other] of operators) {
        const subscription = await subscribe(query);
        const events = new Events(subscription);
        await created.create('other', other);
        await created.create('match', match);
        const told = await events.next().catch((error) => assert.fail(`${name}: ${error.message}`));
        assert.equal(told.id, 'match', name);
        client.unsubscribe(subscription);
      }
      assert.equal(operators.length, BUILT[sdk.name]);
    });

    test('what Parse Server never answers is accepted and silent', async () => {
      const silent = [];
      for (const [, query] of SILENT(Parse).flatMap(build)) silent.push(new Events(await subscribe(query)));
      const all = new Events(await subscribe(new Parse.Query(CLASS)));
      const created = changes(source, CLASS);
      await created.create('with', { a: pointer('o'), l: ['xy'] });
      await created.create('null', { a: null });
      assert.deepEqual([(await all.next()).id, (await all.next()).id], ['with', 'null']);
      assert.deepEqual(silent.flatMap((events) => events.rest), []);
      assert.equal(silent.length, sdk.isOld ? 4 : 5);
    });

    test('a clause that cannot be right is refused, and the client goes on', async () => {
      const query = new Parse.Query(CLASS);
      query._where = { a: { $regex: '(' } };
      const subscription = client.subscribe(query);
      const refused = new Promise((resolve) => subscription.on('error', resolve));
      subscription.subscribePromise?.catch(() => {});
      assert.match(String((await refused)?.message ?? (await refused)), /\/a\/\$regex/);
      const events = new Events(await subscribe(new Parse.Query(CLASS).equalTo('a', 'next')));
      await changes(source, CLASS).create('next', { a: 'next' });
      assert.equal((await events.next()).id, 'next');
    });
  });
}
