// What SDKs make of a gap: they are closed, open again by themselves, and tell the app so.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startRedis, startServer } from '../lib/process.mjs';
import { APP_ID, changes, publisher } from '../lib/feed.mjs';
import { Events, SDKS, connect, life } from '../lib/sdks.mjs';

const GAPS = 3;

for (const sdk of SDKS) {
  describe(sdk.name, () => {
    let redis, server, source, Parse;
    const random = Math.random;

    before(async () => {
      Math.random = () => 0.3; // how long an SDK waits before it connects again
      redis = await startRedis();
      server = await startServer({ appId: APP_ID, redisUrl: redis.url });
      ({ Parse } = connect(sdk, server));
    });
    after(async () => {
      Math.random = random;
      Parse.LiveQuery.close();
      await server.end('SIGTERM');
      await redis.end('SIGTERM');
    });

    test('each subscription closes and opens again after each gap, and hears everything once', async () => {
      const ask = async (n) => {
        const subscription = await new Parse.Query('Game').equalTo('n', n).subscribe();
        if (sdk.isOld) await life(subscription).until('open');
        return { n, events: new Events(subscription), told: life(subscription) };
      };
      const subscriptions = [await ask(1), await ask(2)];
      for (let gap = 1; gap <= GAPS; gap++) {
        await redis.end('SIGKILL');
        redis = await startRedis(redis.port);
        for (const { told } of subscriptions) {
          await told.until('close');
          await told.until('open');
        }
        await server.settled('livematch_feed_gaps_total', gap);
        await server.settled('livematch_subscriptions', 2);
        await server.settled('livematch_clients', 1);
        source = publisher(redis.url);
        const game = changes(source, 'Game');
        for (const { n, events } of subscriptions) {
          await game.create(`${gap}`, { n });
          assert.equal((await events.next()).id, `${gap}`);
        }
        await source.close();
      }
      for (const { events } of subscriptions) assert.deepEqual(events.rest, []);
    });
  });
}
