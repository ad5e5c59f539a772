// What Parse Server asks of an adapter, and what an adapter must not do to it.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { LivematchPubSub, adapter, ask, entries, freePort, install, parseServer, pause, redis as nodeRedis, save, start, startRedis, until } from './setup.mjs';

const NOWHERE = { post: { url: 'http://127.0.0.1:1/publish' } };

describe('options', () => {
  const stream = { url: 'redis://127.0.0.1:6379', redis: nodeRedis };

  test('that are wrong are named', () => {
    const wrong = [
      [undefined, /the options has to be an object/],
      [{}, /stream or post is needed/],
      [{ tee: 'process' }, /stream or post is needed/],
      [{ classNames: ['Game'] }, /classNames is no option/],
      [{ stream: 'livequery' }, /stream has to be an object/],
      [{ stream: {} }, /stream\.url is needed/],
      [{ stream: { url: 'http://127.0.0.1' } }, /stream\.url has to begin with redis:/],
      [{ stream: { ...stream, key: '' } }, /stream\.key has to be a text/],
      [{ stream: { ...stream, maxLength: 0 } }, /stream\.maxLength has to be a whole number/],
      [{ stream: { ...stream, maxlen: 5 } }, /stream\.maxlen is no option/],
      [{ stream: { ...stream, redis: {} } }, /stream\.redis has to be the module redis/],
      [{ stream: { ...stream, redisOptions: 5 } }, /stream\.redisOptions has to be an object/],
      [{ post: {} }, /post\.url has to be a text/],
      [{ post: { url: 'here' } }, /post\.url is no address: here/],
      [{ post: { url: 'ftp://127.0.0.1/' } }, /post\.url has to begin with http/],
      [{ post: { url: 'http://a:b@127.0.0.1/' } }, /post\.token/],
      [{ post: { url: 'http://127.0.0.1/', token: 5 } }, /post\.token has to be a text/],
      [{ ...NOWHERE, tee: 'redis' }, /tee, unless it is 'process', has to be an object/],
      [{ ...NOWHERE, tee: {} }, /tee\.url is needed/],
      [{ ...NOWHERE, logger: {} }, /logger\.error has to be a function/],
      [{ ...NOWHERE, timeoutMs: '5' }, /timeoutMs has to be a whole number/],
      [{ ...NOWHERE, maxQueuedMessages: 1.5 }, /maxQueuedMessages has to be a whole number/],
      [{ ...NOWHERE, maxRetryMs: 2 ** 31 }, /maxRetryMs has to be a whole number/],
    ];
    for (const [options, message] of wrong) {
      assert.throws(() => new LivematchPubSub(options), (error) => error.name === 'RangeError' && message.test(error.message), JSON.stringify(options));
    }
  });

  test('are those of the types and of the README', async () => {
    const [types, readme] = await Promise.all(['../index.d.ts', '../README.md'].map((file) => readFile(new URL(file, import.meta.url), 'utf8')));
    const names = told(() => new LivematchPubSub({ x: 1 })).split('there are ')[1].split(', ');
    const typed = [...types.match(/interface Options \{([^]*?)\n\}/)[1].matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
    assert.deepEqual([...typed].sort(), [...names].sort());
    const table = new Set([...readme.matchAll(/^\| `([\w.]+)`/gm)].map(([, name]) => name.split('.')[0]));
    assert.deepEqual(names.filter((name) => !table.has(name)), []);
  });
});

/** What an error says. */
function told(work) {
  try {
    return void work();
  } catch ({ message }) {
    return message;
  }
}

describe('Parse Server', () => {
  let installed;
  before(async () => (installed = await install()));
  after(() => installed.remove());
  // As Parse Server loads an adapter: lib/Adapters/AdapterLoader.js.
  const loaded = (given) => parseServer('./Adapters/AdapterLoader').default(given, undefined, { classNames: [] });

  test('takes an instance, a module with options, and a class with options', async () => {
    const module = installed.home;
    for (const given of [new LivematchPubSub(NOWHERE), { module, options: NOWHERE }, { class: LivematchPubSub, options: NOWHERE }]) {
      const adapter = loaded(given);
      assert.equal(typeof adapter.createPublisher().publish, 'function');
      assert.equal(typeof adapter.createSubscriber().subscribe, 'function');
      await adapter.close();
    }
    assert.throws(() => loaded({ module, options: {} }), /stream or post is needed/);
    assert.throws(() => loaded(module), /classNames is no option/);
  });

  test('is handed nothing to wait for, and nothing that throws', async () => {
    const fails = () => {
      throw new Error('the log is full');
    };
    const later = () => Promise.reject(new Error('the log is gone'));
    for (const log of [fails, later]) {
      const logger = { error: log, warn: log, info: log };
      const pubSub = new LivematchPubSub({ ...NOWHERE, logger, maxQueuedMessages: 1, closeMs: 50 });
      const publisher = pubSub.createPublisher();
      assert.equal(publisher.connect, undefined, 'Parse Server would wait for it when it starts');
      assert.equal(publisher.publish('appafterSave', save('1')), undefined);
      assert.equal(publisher.publish('appafterSave', save('2')), undefined);
      await until(() => pubSub.metrics().destinations[0].failing, 'it fails');
      assert.deepEqual(await pubSub.close(), [{ name: 'http://127.0.0.1:1/publish', left: 1 }]);
    }
  });

  test('is not ended by whatever fails, and ends by itself once the adapter is closed', async () => {
    const script = `
      const { LivematchPubSub } = require(${JSON.stringify(installed.home)});
      const pubSub = new LivematchPubSub({
        stream: { url: 'redis://127.0.0.1:${await freePort()}' },
        post: { url: 'http://127.0.0.1:${await freePort()}/publish' },
        tee: { url: 'redis://127.0.0.1:${await freePort()}' },
        maxRetryMs: 50, closeMs: 100, logger: { error() {}, warn() {}, info() {} },
      });
      const { publish } = pubSub.createPublisher();
      publish('appafterSave', '{}');
      publish('appafterSave', 'no JSON');
      const timer = setInterval(async () => {
        const { destinations } = pubSub.metrics();
        if (!destinations.every(({ retries }) => retries > 1)) return;
        clearInterval(timer);
        console.log((await pubSub.close()).map(({ left }) => left).join());
      }, 10);`;
    const child = await start(process.execPath, ['-e', script], (line) => line === '2,2,2');
    assert.deepEqual(await child.exited, { code: 0, signal: null });
    assert.deepEqual(child.lines, ['2,2,2']);
  });
});

describe('a LiveQuery server of Parse Server', () => {
  test('hears in its own process what is published, once and in order', async () => {
    const { pubSub, publish } = adapter({ ...NOWHERE, tee: 'process', closeMs: 1 });
    const heard = [];
    // Another instance, as Parse Server makes one where the adapter is given by the name of its module.
    const other = adapter({ ...NOWHERE, tee: 'process', closeMs: 1 });
    const [one, two] = [pubSub.createSubscriber(), other.pubSub.createSubscriber()];
    for (const [name, subscriber] of Object.entries({ one, two })) {
      subscriber.on('message', (channel, message) => heard.push(`${name} ${channel} ${message}`));
      subscriber.subscribe('appafterSave', () => heard.push('the listener is for Redis'));
      subscriber.subscribe('appafterSave');
    }
    publish('appafterSave', '1');
    publish('otherafterSave', '2');
    assert.deepEqual(heard, ['one appafterSave 1', 'two appafterSave 1']);
    assert.deepEqual([...one.subscriptions.keys()], ['appafterSave']);
    one.unsubscribe('appafterSave');
    one.unsubscribe('appafterSave');
    two.close();
    publish('appafterSave', '3');
    assert.equal(heard.length, 2);
    await Promise.all([pubSub.close(), other.pubSub.close()]);
  });

  test('that fails on a message fails no save, and no other server', async () => {
    const { pubSub, publish, said } = adapter({ ...NOWHERE, tee: 'process', closeMs: 1 });
    const [one, two] = [pubSub.createSubscriber(), pubSub.createSubscriber()];
    const heard = [];
    one.on('message', () => {
      throw new Error('no such class');
    });
    two.on('message', (channel, message) => heard.push(message));
    for (const subscriber of [one, two]) subscriber.subscribe('error');
    assert.equal(publish('error', '1'), undefined);
    assert.deepEqual(heard, ['1']);
    assert.ok(said.some((line) => line.includes('no such class')));
    for (const subscriber of [one, two]) subscriber.close();
    await pubSub.close();
  });

  test('is told of in the log if it can hear nothing', async () => {
    const { pubSub, said } = adapter(NOWHERE);
    pubSub.createSubscriber();
    assert.match(said.join('\n'), /^warn .*tee: 'process'/);
    await pubSub.close();
  });

  test('hears on the channels of a Redis what is published, beside the stream', async () => {
    const redis = await startRedis();
    const listener = nodeRedis.createClient({ url: redis.url });
    const heard = [];
    listener.on('error', () => {});
    await listener.connect();
    await listener.subscribe('appafterSave', (message) => heard.push(JSON.parse(message).currentParseObject.objectId));
    const { pubSub, publish } = adapter({ stream: { url: redis.url }, tee: { url: redis.url } });
    for (let n = 1; n <= 20; n++) publish('appafterSave', save(`${n}`));
    await until(() => heard.length === 20, 'all are heard');
    await pause(50);
    assert.deepEqual(heard, Array.from({ length: 20 }, (_, index) => `${index + 1}`));
    assert.equal((await entries(redis.url)).length, 20);
    // What may have been heard is not published again, as nobody there would know it for a repeat.
    const channels = () => pubSub.metrics().destinations[1];
    process.kill(redis.pid, 'SIGSTOP');
    publish('appafterSave', save('21'));
    await pause(100);
    await redis.end('SIGKILL');
    const again = await startRedis(redis.port);
    await until(() => channels().uncertain === 1, 'it is given up');
    await until(async () => (await ask(redis.url, 'PUBSUB', 'NUMSUB', 'appafterSave'))[1] === 1, 'somebody listens again');
    publish('appafterSave', save('22'));
    await until(() => heard.at(-1) === '22', 'the next is heard');
    assert.equal(heard.length, 21);
    assert.equal(channels().written, 21);
    await pubSub.close();
    await listener.disconnect().catch(() => {});
    await again.end('SIGTERM');
  });
});
