// Two servers on one Redis behind a forwarder, and one of them is killed.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startRedis, startServer } from '../lib/process.mjs';
import { APP_ID, changes, publisher } from '../lib/feed.mjs';
import { startForwarder } from '../lib/forwarder.mjs';
import { SDKS, connect, life } from '../lib/sdks.mjs';

const CLIENTS = 12;
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

for (const sdk of SDKS) {
  describe(sdk.name, () => {
    let redis, servers, forwarder, source, clients;
    const random = Math.random;

    before(async () => {
      Math.random = () => 0.3; // how long an SDK waits before it connects again
      redis = await startRedis();
      const options = { appId: APP_ID, redisUrl: redis.url };
      servers = await Promise.all([startServer(options), startServer(options)]);
      forwarder = await startForwarder(servers.map(({ port }) => port));
      source = publisher(redis.url);
    });
    after(async () => {
      Math.random = random;
      clients.forEach(({ client }) => client.close());
      forwarder.close();
      await source.close();
      await servers[1].end('SIGTERM');
      await redis.end('SIGTERM');
    });

    const enter = async (Parse) => {
      const serverURL = `ws://127.0.0.1:${forwarder.port}/`;
      const client = new Parse.LiveQueryClient({ applicationId: APP_ID, serverURL, javascriptKey: 'js' });
      const connection = life(client);
      client.open();
      const subscription = client.subscribe(new Parse.Query('Game').exists('n'));
      const opened = life(subscription);
      const told = [];
      subscription.on('update', (object) => told.push(object.get('n')));
      await opened.until('open');
      return { client, connection, opened, told };
    };

    test('clients of the other miss nothing, and its own come over', async () => {
      const { Parse } = connect(sdk, servers[0]);
      clients = await Promise.all(range(1, CLIENTS).map(() => enter(Parse)));
      assert.equal(await servers[0].metric('livematch_subscriptions'), CLIENTS / 2);
      assert.equal(await servers[1].metric('livematch_subscriptions'), CLIENTS / 2);

      const game = changes(source, 'Game');
      const publish = (from, to) => Promise.all(range(from, to).map((n) => game.update('g', { n: n - 1 }, { n })));
      await publish(1, 100);
      const [survivors, others] = [[], []];
      const killed = servers[0].end('SIGKILL');
      await publish(101, 200);
      await killed;
      await publish(201, 300);
      // Who was connected to it is told so, and connects again through the forwarder.
      for (const one of clients) {
        const { name } = await Promise.race([one.connection.until('close'), until(one, 300)]);
        (name === 'close' ? others : survivors).push(one);
      }
      assert.equal(survivors.length, CLIENTS / 2);
      await Promise.all(others.map(({ opened }) => opened.until('open')));
      assert.equal(await servers[1].metric('livematch_subscriptions'), CLIENTS);

      await publish(301, 400);
      await Promise.all(clients.map((one) => until(one, 400)));
      survivors.forEach(({ told }) => assert.deepEqual(told, range(1, 400)));
      for (const { told } of others) {
        assert.deepEqual(told.slice(-100), range(301, 400));
        const jumps = told.filter((n, i) => n !== (told[i - 1] ?? 0) + 1);
        assert.ok(jumps.length <= 1, `what it missed is one stretch: ${told}`);
      }
    });
  });
}

/** Waits until a client has been told of a change. */
async function until({ told }, n) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (told.at(-1) === n) return { name: 'told' };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${n} was not told`);
}
