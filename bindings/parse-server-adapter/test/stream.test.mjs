// Messages on their way into a Redis Stream: each is there once by its stamp and in order, or its number is missing.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { adapter, ask, entries, freePort, pause, read, save, startCutter, startDurableRedis, startRedis, until } from './setup.mjs';

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a stream', () => {
  let redis;
  before(async () => (redis = await startRedis()));
  after(() => redis.end('SIGTERM'));
  const into = (key, options = {}) => adapter({ stream: { url: redis.url, key }, ...options });

  test('has an entry for each message, with its channel and its stamp', async () => {
    const { pubSub, publish, settled } = into('plain');
    publish('appafterSave', save('1', { text: 'ä\n😀' }));
    publish('appclearCache', '{"userId":"u"}');
    await settled();
    const found = await entries(redis.url, 'plain');
    const { writer } = pubSub.metrics();
    assert.match(writer, /^[\w-]{22}$/);
    assert.deepEqual(found.map(({ fields }) => fields), [
      { channel: 'appafterSave', message: save('1', { text: 'ä\n😀' }), writer, seq: '1' },
      { channel: 'appclearCache', message: '{"userId":"u"}', writer, seq: '2' },
    ]);
    assert.deepEqual(await pubSub.close(), [{ name: 'the stream plain', left: 0 }]);
    const other = into('other');
    assert.notEqual(other.pubSub.metrics().writer, writer, 'who starts again is another writer');
    await other.pubSub.close();
  });

  test('is in the order in which messages came, in batches of a bounded size', async () => {
    const { pubSub, publish, settled, destination } = into('batches', { maxBatchMessages: 30, maxBatchBytes: 5_000 });
    for (const n of range(1, 100)) publish('appafterSave', save(`${n}`));
    await settled();
    assert.deepEqual((await entries(redis.url, 'batches')).map(({ seq }) => seq), range(1, 100));
    assert.equal(destination().batches, 4);
    for (const n of range(101, 110)) publish('appafterSave', save(`${n}`, { text: 'x'.repeat(2_000) }));
    publish('appafterSave', save('111', { text: 'x'.repeat(20_000) }));
    await settled();
    const found = await entries(redis.url, 'batches');
    assert.deepEqual(found.map(({ message }) => message.currentParseObject.objectId), range(1, 111).map(String));
    assert.equal(destination().batches, 4 + 5 + 1);
    assert.equal(destination().written, 111);
    await pubSub.close();
  });

  test('is trimmed', async () => {
    const { pubSub, publish, settled } = into('trimmed');
    await pubSub.close();
    const short = adapter({ stream: { url: redis.url, key: 'trimmed', maxLength: 200 } });
    for (const n of range(1, 1_000)) short.publish('appafterSave', save(`${n}`));
    await short.settled();
    const length = await ask(redis.url, 'XLEN', 'trimmed');
    assert.ok(length >= 200 && length < 400, `${length} entries`);
    await short.pubSub.close();
    assert.equal(publish('appafterSave', save('late')), undefined);
    await settled();
    assert.equal(pubSub.metrics().destinations[0].dropped, 1, 'what comes after the end is counted');
  });

  test('is waited for while something else stands at its key', async () => {
    await ask(redis.url, 'SET', 'taken', 'text');
    const { pubSub, publish, settled, said, destination } = into('taken');
    for (const n of range(1, 5)) publish('appafterSave', save(`${n}`));
    await until(() => said.some((line) => /^warn the stream taken takes no changes: .*WRONGTYPE/.test(line)), 'it is told');
    assert.equal(destination().failing, true);
    await ask(redis.url, 'DEL', 'taken');
    await settled();
    assert.deepEqual((await entries(redis.url, 'taken')).map(({ seq }) => seq), range(1, 5));
    assert.match(said.at(-1), /^info the stream taken takes changes again after \d+ ms$/);
    assert.equal(destination().failing, false);
    assert.ok(said.length <= 3, said.join('\n'));
    await pubSub.close();
  });

  test('needs a user who may append and no more', async () => {
    await ask(redis.url, 'ACL', 'SETUSER', 'writer', 'on', '>p', 'resetkeys', '~allowed', 'resetchannels', '+xadd', '+multi', '+exec');
    const url = redis.url.replace('//', '//writer:p@');
    const { pubSub, publish, settled } = adapter({ stream: { url, key: 'allowed' } });
    publish('appafterSave', save('1'));
    await settled();
    for (const n of range(2, 5)) publish('appafterSave', save(`${n}`));
    await settled();
    assert.equal((await entries(redis.url, 'allowed')).length, 5);
    await pubSub.close();
  });

  test('has a message twice, with one stamp, if the connection is lost before Redis has answered', async () => {
    const cutter = await startCutter(redis.port);
    const { pubSub, publish, settled, destination } = adapter({ stream: { url: cutter.url, key: 'cut' } });
    publish('appafterSave', save('1'));
    await settled();
    cutter.cutAnswer();
    publish('appafterSave', save('2'));
    await settled();
    cutter.cutAnswer();
    for (const n of range(3, 6)) publish('appafterSave', save(`${n}`));
    await settled();
    const found = await entries(redis.url, 'cut');
    assert.deepEqual(found.map(({ seq }) => seq), [1, 2, 2, 3, 4, 5, 6, 3, 4, 5, 6]);
    assert.deepEqual(read(found).told.map(({ seq }) => seq), range(1, 6));
    assert.equal(destination().retries, 2);
    await pubSub.close();
    cutter.end();
  });

  test('has a batch as a whole or not at all, if the connection is lost on the way', async () => {
    const cutter = await startCutter(redis.port);
    const { pubSub, publish, settled, destination } = adapter({ stream: { url: cutter.url, key: 'whole' } });
    publish('appafterSave', save('1'));
    await settled();
    cutter.cutRequest(700); // two or three of the messages
    for (const n of range(2, 9)) publish('appafterSave', save(`${n}`));
    await settled();
    assert.equal(destination().retries, 1);
    assert.deepEqual((await entries(redis.url, 'whole')).map(({ seq }) => seq), range(1, 9));
    await pubSub.close();
    cutter.end();
  });
});

describe('a Redis that is not there', () => {
  test('is waited for, and the newest messages that find room are kept', async () => {
    const port = await freePort();
    const { pubSub, publish, settled, said, destination } = adapter({
      stream: { url: `redis://127.0.0.1:${port}` },
      maxQueuedMessages: 10,
      maxBatchMessages: 4,
    });
    for (const n of range(1, 6)) publish('appafterSave', save(`${n}`));
    // The first four are being written, and may have arrived for all that the adapter knows.
    await until(() => destination().failing, 'it is noticed');
    for (const n of range(7, 50)) publish('appafterSave', save(`${n}`));
    assert.equal(destination().queued, 10);
    assert.equal(destination().dropped, 40);
    assert.ok(said.some((line) => line.startsWith('error changes for the stream livequery are dropped')), said.join('\n'));
    const redis = await startRedis(port);
    await settled();
    const { told, missing } = read(await entries(redis.url));
    assert.deepEqual(told.map(({ seq }) => seq), [...range(1, 4), ...range(45, 50)]);
    assert.deepEqual(missing, range(5, 44));
    assert.match(said.at(-1), /takes changes again after \d+ ms; 40 were dropped$/);
    await pubSub.close();
    await redis.end('SIGTERM');
  });

  test('bounds what waits in bytes, too', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const { pubSub, publish, destination } = adapter({ stream: { url }, maxQueuedBytes: 10_000, maxBatchMessages: 1, closeMs: 50 });
    const text = 'x'.repeat(3_000);
    for (const n of range(1, 5)) publish('appafterSave', save(`${n}`, { text }));
    publish('appafterSave', save('6', { text: 'x'.repeat(10_000) }));
    assert.equal(destination().queued, 3);
    assert.equal(destination().dropped, 3, 'one of them by itself is too large');
    assert.ok(destination().queuedBytes <= 10_000);
    await pubSub.close();
  });

  test('keeps nobody who ends for longer than is said', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const { pubSub, publish, said, destination } = adapter({ stream: { url }, closeMs: 300 });
    for (const n of range(1, 7)) publish('appafterSave', save(`${n}`));
    const began = Date.now();
    assert.deepEqual(await pubSub.close(), [{ name: 'the stream livequery', left: 7 }]);
    assert.ok(Date.now() - began < 2_000);
    assert.equal(destination().dropped, 7);
    assert.ok(said.some((line) => line.includes('are dropped, 7 by now: the adapter is closed')), said.join('\n'));
  });

  test('may be one that accepts and does not answer', async () => {
    const redis = await startRedis();
    const { pubSub, publish, settled, said } = adapter({ stream: { url: redis.url }, timeoutMs: 300 });
    publish('appafterSave', save('1'));
    await settled();
    process.kill(redis.pid, 'SIGSTOP');
    for (const n of range(2, 4)) publish('appafterSave', save(`${n}`));
    await until(() => said.some((line) => line.includes('no answer within 300 ms')), 'it is noticed');
    for (const n of range(5, 7)) publish('appafterSave', save(`${n}`));
    process.kill(redis.pid, 'SIGCONT');
    await settled();
    const { told, missing } = read(await entries(redis.url));
    assert.deepEqual(told.map(({ seq }) => seq), range(1, 7));
    assert.deepEqual(missing, []);
    await pubSub.close();
    await redis.end('SIGTERM');
  });
});

/** Publishes a message every few milliseconds until it is told to end; how many there were. */
function publishing(publish) {
  let count = 0;
  const timer = setInterval(() => publish('appafterSave', save(`${++count}`)), 5);
  return { count: () => count, end: () => (clearInterval(timer), count) };
}

describe('a Redis that is killed and started again while messages come', () => {
  test('has each of them once by its stamp and in order, if it keeps what it acknowledges', async () => {
    const redis = await startDurableRedis();
    const { pubSub, publish, settled } = adapter({ stream: { url: redis.url } });
    const source = publishing(publish);
    const more = async (count) => {
      const enough = source.count() + count;
      await until(() => source.count() >= enough, `${count} have come`);
    };
    for (let times = 0; times < 3; times++) {
      await more(40);
      await redis.kill();
      await more(20);
      await redis.again();
    }
    await more(20);
    const count = source.end();
    await settled();
    const { told, missing } = read(await entries(redis.url));
    assert.deepEqual(told.map(({ message }) => message.currentParseObject.objectId), range(1, count).map(String));
    assert.deepEqual(missing, []);
    await pubSub.close();
    await redis.end();
  });

  test('shows by the stamps what it has forgotten', async () => {
    const redis = await startRedis();
    const { pubSub, publish, settled, destination } = adapter({ stream: { url: redis.url } });
    const source = publishing(publish);
    await until(() => destination().written >= 20, 'some are written');
    const before = read(await entries(redis.url)).told.length;
    await redis.end('SIGKILL');
    const again = await startRedis(redis.port);
    // Whether one is written while it is away is a matter of milliseconds.
    const { written } = destination();
    await until(() => destination().written >= written + 20, 'it is found again');
    const count = source.end();
    await settled();
    const { told, missing } = read(await entries(redis.url));
    assert.ok(missing.length >= before, `${missing.length} of ${before}`);
    assert.deepEqual(missing, range(1, missing.length));
    assert.deepEqual(told.map(({ seq }) => seq), range(missing.length + 1, count));
    await pubSub.close();
    await again.end('SIGTERM');
  });
});
