// Every event of the guide, with every SDK and both feeds.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../lib/process.mjs';
import { changes, embedded, redis } from '../lib/feed.mjs';
import { Events, SDKS, connect } from '../lib/sdks.mjs';

const scores = ({ event, id, object, original }) => [event, id, object.get('score'), original?.get('score')];

for (const makeFeed of [embedded, redis]) {
  describe(makeFeed.name, () => {
    for (const sdk of SDKS) {
      describe(sdk.name, () => {
        let feed, source, server, Parse;
        before(async () => {
          feed = await makeFeed();
          server = await startServer(feed.options);
          source = feed.connect(server);
          ({ Parse } = connect(sdk, server));
          // An SDK keeps its default client; the second feed's server has another port.
          client = new Parse.LiveQueryClient({ applicationId: 'testApp', serverURL: server.ws, javascriptKey: 'js' });
          client.open();
        });
        after(async () => {
          client.close();
          await server.settled('livematch_clients', 0); // else its socket may meet the server's end, and nobody hears of that
          await source.close();
          await server.end('SIGTERM');
          await feed.close();
        });
        let client;
        const subscribe = async (query) => {
          const subscription = client.subscribe(query);
          if (sdk.isOld) await new Promise((resolve) => subscription.on('open', resolve));
          else await subscription.subscribePromise;
          return new Events(subscription);
        };

        test('an object is created, enters, changes, leaves, is deleted', async () => {
          const game = changes(source, 'Game');
          const events = await subscribe(new Parse.Query('Game').greaterThan('score', 10));
          await game.create('a', { score: 5 }); // does not match: the first event is not this one
          await game.create('b', { score: 20 });
          await game.update('a', { score: 5 }, { score: 6 });
          await game.update('a', { score: 6 }, { score: 30 });
          await game.update('a', { score: 30 }, { score: 40 });
          await game.update('a', { score: 40 }, { score: 7 });
          await game.update('a', { score: 7 }, { score: 8 });
          await game.remove('a', { score: 8 });
          await game.remove('b', { score: 20 });
          const told = [];
          for (let i = 0; i < 5; i++) told.push(scores(await events.next()));
          const was = (score) => (sdk.isOld ? undefined : score); // the old SDK hands no original on
          assert.deepEqual(told, [
            ['create', 'b', 20, undefined],
            ['enter', 'a', 30, was(6)],
            ['update', 'a', 40, was(30)],
            ['leave', 'a', 7, was(40)],
            ['delete', 'b', 20, undefined],
          ]);
          assert.deepEqual(events.rest, []);
        });

        test('values arrive as the types of the SDK', async () => {
          const events = await subscribe(new Parse.Query('Kitchen'));
          await changes(source, 'Kitchen').create('k', {
            date: { __type: 'Date', iso: '2024-02-29T12:34:56.789Z' },
            pointer: { __type: 'Pointer', className: 'Other', objectId: 'o' },
            place: { __type: 'GeoPoint', latitude: 48.85, longitude: 2.35 },
            file: { __type: 'File', name: 'n', url: 'http://127.0.0.1/n' },
            relation: { __type: 'Relation', className: 'Other' },
            list: [1, 'two', null, { k: [true] }],
            text: 'ünï😀"\\\u2028',
            nothing: null,
            number: 0.1,
            ACL: { '*': { read: true } },
          });
          const { object, className } = await events.next();
          assert.equal(className, 'Kitchen');
          assert.equal(object.get('date').toISOString(), '2024-02-29T12:34:56.789Z');
          assert.equal(object.get('pointer').className, 'Other');
          assert.equal(object.get('pointer').id, 'o');
          assert.equal(object.get('place').latitude, 48.85);
          assert.equal(object.get('file').url(), 'http://127.0.0.1/n');
          assert.equal(object.get('relation').targetClassName, 'Other');
          assert.deepEqual(object.get('list'), [1, 'two', null, { k: [true] }]);
          assert.equal(object.get('text'), 'ünï😀"\\\u2028');
          assert.equal(object.get('nothing'), null);
          assert.equal(object.get('number'), 0.1);
          assert.equal(object.createdAt.toISOString(), '2024-01-02T03:04:05.678Z');
          assert.equal(object.getACL().getPublicReadAccess(), true);
        });

        test('a field that is removed is undefined', async () => {
          const events = await subscribe(new Parse.Query('Removed'));
          await changes(source, 'Removed').update('r', { a: 1, b: 2 }, { a: 1 });
          const { object } = await events.next();
          assert.equal(object.get('a'), 1);
          assert.equal(object.get('b'), undefined);
        });

        test('two queries in one: a is missing, or a is "10"', async () => {
          const either = Parse.Query.or(
            new Parse.Query('Either').equalTo('a', undefined),
            new Parse.Query('Either').equalTo('a', '10'),
          );
          const events = await subscribe(either);
          const created = changes(source, 'Either');
          await created.create('nine', { a: '9' });
          await created.create('missing', {});
          await created.create('number', { a: 10 });
          await created.create('ten', { a: '10' });
          assert.equal((await events.next()).id, 'missing');
          assert.equal((await events.next()).id, 'ten');
        });

        test('only selected fields are sent', async () => {
          const events = await subscribe(new Parse.Query('Selected').select('a', 'b'));
          await changes(source, 'Selected').create('s', { a: 1, b: 2, c: 3 });
          const { object } = await events.next();
          assert.deepEqual([object.get('a'), object.get('b'), object.get('c')], [1, 2, undefined]);
          assert.equal(object.id, 's');
        });

        if (sdk.load().Query.prototype.watch) {
          test('watched fields hold updates and creations back', async () => {
            const events = await subscribe(new Parse.Query('Watched').equalTo('on', true).watch('a'));
            const watched = changes(source, 'Watched');
            await watched.create('without', { on: true, b: 1 });
            await watched.update('w', { on: true, a: 1, b: 1 }, { on: true, a: 1, b: 2 });
            await watched.update('w', { on: true, a: 1, b: 2 }, { on: true, a: 2, b: 2 });
            await watched.update('w', { on: true, a: 2, b: 2 }, { on: false, a: 2, b: 2 });
            await watched.create('with', { on: true, a: 1 });
            const told = [await events.next(), await events.next(), await events.next()];
            assert.deepEqual(told.map(({ event, id }) => [event, id]), [
              ['update', 'w'],
              ['leave', 'w'],
              ['create', 'with'],
            ]);
          });
        }

        test('one change fires each subscription that it concerns, and no other', async () => {
          const all = await subscribe(new Parse.Query('Shared'));
          const same = await subscribe(new Parse.Query('Shared'));
          const swapped = await subscribe(new Parse.Query('Shared').equalTo('from', 'B').equalTo('to', 'A'));
          const straight = await subscribe(new Parse.Query('Shared').equalTo('from', 'A').equalTo('to', 'B'));
          const other = await subscribe(new Parse.Query('Elsewhere'));
          await changes(source, 'Shared').create('ab', { from: 'A', to: 'B' });
          await changes(source, 'Shared').create('ba', { from: 'B', to: 'A' });
          await changes(source, 'Elsewhere').create('e', {});
          const ids = async (events, count) => {
            const told = [];
            while (told.length < count) told.push((await events.next()).id);
            return told;
          };
          assert.deepEqual(await ids(other, 1), ['e']);
          assert.deepEqual(await ids(all, 2), ['ab', 'ba']);
          assert.deepEqual(await ids(same, 2), ['ab', 'ba']);
          assert.deepEqual(await ids(straight, 1), ['ab']);
          assert.deepEqual(await ids(swapped, 1), ['ba']);
          assert.deepEqual([...all.rest, ...same.rest, ...straight.rest, ...swapped.rest, ...other.rest], []);
        });

        test('changes of one object are told in their order', async () => {
          const events = await subscribe(new Parse.Query('Ordered').exists('n'));
          const ordered = changes(source, 'Ordered');
          for (let n = 0; n < 200; n++) {
            const sent = ordered.update('o', { n }, { n: n + 1 });
            // Requests that are under way at once have no order; what is published on Redis has.
            if (makeFeed === embedded) await sent;
          }
          const told = [];
          while (told.length < 200) told.push((await events.next()).object.get('n'));
          assert.deepEqual(told, Array.from({ length: 200 }, (_, n) => n + 1));
        });
      });
    }
  });
}
