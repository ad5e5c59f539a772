// Connections as SDKs make, lose, close and open them again.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { freePort, startServer } from '../lib/process.mjs';
import { changes, embedded } from '../lib/feed.mjs';
import { Events, SDKS, connect, life } from '../lib/sdks.mjs';

for (const sdk of SDKS) {
  describe(sdk.name, () => {
    let feed, server, port, Parse;
    const start = async () => (server = await startServer({ ...feed.options, port }));
    const game = () => changes(feed.connect(server), 'Game');
    const random = Math.random;

    before(async () => {
      feed = await embedded();
      port = await freePort();
      // SDKs wait for a random part of a growing time before they try again.
      Math.random = () => 0.3;
    });
    after(async () => {
      Math.random = random;
      Parse.LiveQuery.close();
      await server.end('SIGTERM');
    });
    const ask = (query) => {
      const subscription = query.subscribe();
      // The old SDK answers at once, and throws where nobody listens to an error.
      if (sdk.isOld) subscription.on('error', () => {});
      return subscription;
    };
    const subscribe = async (query) => {
      const subscription = await ask(query);
      if (sdk.isOld) await life(subscription).until('open');
      return subscription;
    };

    /** Closes the SDK's LiveQuery, which would take the end of this socket for that of one it has opened meanwhile. */
    const close = async () => {
      const { socket } = await Parse.CoreManager.getLiveQueryController().getDefaultLiveQueryClient();
      const ended = new Promise((resolve) => socket.addEventListener('close', resolve));
      Parse.LiveQuery.close();
      await ended;
    };

    test('an SDK that finds no server says so', async () => {
      // Its default client keeps this address: the server will be there later.
      ({ Parse } = connect(sdk, { http: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${port}/` }));
      const lost = life(Parse.LiveQuery);
      const pending = Promise.resolve(ask(new Parse.Query('Game'))).catch(() => {});
      await lost.until('error');
      await lost.until('close');
      await start();
      await lost.until('open');
      await pending;
      await close();
      await lost.until('close');
    });

    test('after close() an SDK subscribes again', async () => {
      const first = await subscribe(new Parse.Query('Game'));
      const closed = life(first);
      await close();
      await closed.until('close');
      const events = new Events(first);
      const second = new Events(await subscribe(new Parse.Query('Game')));
      await game().create('a', {});
      assert.equal((await second.next()).id, 'a');
      assert.deepEqual(events.rest, []);
      await close();
    });

    test('nothing comes after unsubscribe(), and the other subscription goes on', async () => {
      const one = await subscribe(new Parse.Query('Game').equalTo('n', 1));
      const all = await subscribe(new Parse.Query('Game'));
      const [ones, alls] = [new Events(one), new Events(all)];
      await game().create('before', { n: 1 });
      assert.equal((await ones.next()).id, 'before');
      const closed = life(one);
      const done = one.unsubscribe();
      await closed.until('close');
      await done;
      await server.settled('livematch_subscriptions', 1);
      await game().create('after', { n: 1 });
      await game().create('last', { n: 2 });
      const told = [];
      while (told.at(-1) !== 'last') told.push((await alls.next()).id);
      assert.deepEqual(told, ['before', 'after', 'last']);
      assert.deepEqual(ones.rest, []);
      await close();
    });

    test('a server that is killed and started again is found again', async () => {
      const subscription = await subscribe(new Parse.Query('Game').greaterThan('n', 0));
      const events = new Events(subscription);
      const [told, lost] = [life(subscription), life(Parse.LiveQuery)];
      await server.end('SIGKILL');
      await lost.until('close');
      await told.until('close');
      await start();
      await lost.until('open');
      await told.until('open');
      // SDKs tell it a fifth of a second late: that may have been the opening from before.
      await server.settled('livematch_subscriptions', 1);
      await game().create('none', { n: 0 });
      await game().create('again', { n: 1 });
      assert.equal((await events.next()).id, 'again');
      await close();
    });

    test('a server that is told to end does, and is left in peace after close()', async () => {
      const lost = life(Parse.LiveQuery);
      await subscribe(new Parse.Query('Game'));
      const { code } = await server.end('SIGTERM');
      assert.equal(code, 0);
      await lost.until('close');
      Parse.LiveQuery.close();
      await start();
      // A try before that met nobody.
      const before = lost.rest.length;
      // Its next try may have been due already and find the server; it is the last one, and asks for nothing.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      assert.ok((await server.metric('livematch_clients')) <= 1);
      assert.equal(await server.metric('livematch_subscriptions'), 0);
      assert.deepEqual(lost.rest.slice(before).filter((name) => name === 'error'), []);
    });
  });
}
