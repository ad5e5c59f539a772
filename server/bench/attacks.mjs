// What one who means harm costs everybody else: for each attack the delays of a bystander, the events they missed, and what the server
// took, as a Markdown table. The bystander and the attackers wait for the cores too; what the server's own part in the delays is says its metric.
//
//   node server/bench/attacks.mjs [--only NAME,NAME] [--seconds 10]
//
// LIVEMATCH_SERVER names another program to measure. The bystander is a process of its own (bystander.mjs), to which twenty changes a
// second are published; the attackers are this one. All of it is bounded in number and time.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { startServer } from '../tests/sdk/lib/process.mjs';
import { APP_ID, object, post } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';
import { percentile } from './load.mjs';
import { cpuSeconds, residentMegabytes } from './usage.mjs';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, seconds: { type: 'string', default: '10' } },
});
const seconds = Number(options.seconds);

const CLASS = 'Attacked';
const PER_SECOND = 20;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const times = (count, make) => Array.from({ length: count }, (_, n) => make(n));
const subscribe = (requestId, where, more = {}) => ({ op: 'subscribe', requestId, query: { className: CLASS, where, ...more } });

/** Clients whose answers nobody looks at. */
function attackers(server, count) {
  return Promise.all(
    times(count, async () => {
      const socket = await Socket.open(server.ws);
      await socket.connect({ javascriptKey: 'js' });
      socket.raw.removeAllListeners('message');
      socket.raw.on('error', () => {});
      return socket;
    }),
  );
}

/** Sends frames again and again, as fast as they are taken, until the time is up. */
async function pour(socket, frames) {
  const end = performance.now() + seconds * 1_000;
  for (let n = 0; performance.now() < end && socket.raw.readyState === 1; n++) {
    await new Promise((resolve) => socket.raw.send(frames[n % frames.length], resolve));
    if (socket.raw.bufferedAmount > 1 << 20) await pause(10);
  }
}

/** Sends many subscriptions, and waits for as many answers. */
async function fill(socket, frames) {
  let answers = 0;
  const done = new Promise((resolve) => {
    socket.raw.on('message', () => ++answers === frames.length && resolve());
    socket.raw.once('close', resolve);
  });
  for (const frame of frames) socket.send(frame);
  await Promise.race([done, pause(60_000)]);
  socket.raw.removeAllListeners('message');
}

const save = (server, fields, before) => {
  const of = (fields) => fields && object(CLASS, 'a', fields);
  return post(server, { op: 'afterSave', message: { currentParseObject: of(fields), originalParseObject: of(before) } }).catch(() => {});
};

/** Subscribes and unsubscribes without waiting. */
const churn = (where) => {
  const text = JSON.stringify(where);
  return [`{"op":"subscribe","requestId":1,"query":{"className":"${CLASS}","where":${text}}}`, '{"op":"unsubscribe","requestId":1}'];
};

const words = (count) => times(count, (n) => `word${n}`);

/** The bytes of a frame that announces a megabyte and stops before its end. */
function half() {
  const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, Buffer.alloc((1 << 20) - 1, ' ')]);
}

const ATTACKS = {
  nothing: async () => pause(seconds * 1_000),

  '50 clients compile lists of 10,000 without pause': async (server) => {
    const sockets = await attackers(server, 50);
    await Promise.all(sockets.map((socket, n) => pour(socket, churn({ [`f${n}`]: { $in: words(10_000) } }))));
  },

  '50 clients compile 100 patterns of 300 classes without pause': async (server) => {
    const pattern = (n) => `${n}${times(300, (i) => `[\\p{L}${i}]`).join('')}`;
    const sockets = await attackers(server, 50);
    const clause = (client) => ({ $or: times(100, (n) => ({ [`f${n}`]: { $regex: pattern(client * 100 + n), $options: 'u' } })) });
    await Promise.all(sockets.map((socket, n) => pour(socket, churn(clause(n)))));
  },

  'a client with 250,000 paths below one field leaves': async (server) => {
    const [socket] = await attackers(server, 1);
    const clause = (n) => ({ $or: times(250, (i) => ({ [`f.x${n * 250 + i}`]: 1 })) });
    await fill(socket, times(1_000, (n) => subscribe(n + 1, clause(n))));
    socket.raw.terminate();
    await pause(seconds * 1_000);
  },

  'two clients with 1,000 sets of keys, and an object of 1 MB': async (server) => {
    const sockets = await attackers(server, 2);
    const frames = times(1_000, (n) => subscribe(n + 1, { a: 1 }, { keys: [`k${n}`, 'text'] }));
    await Promise.all(sockets.map((socket) => fill(socket, frames)));
    const members = Object.fromEntries(times(1_000, (n) => [`k${n}`, n]));
    await save(server, { a: 1, text: 'x'.repeat(1 << 20), ...members });
    await pause(seconds * 1_000);
  },

  'a client that does not read 300 updates of 200 kB': async (server) => {
    const [socket] = await attackers(server, 1);
    await fill(socket, [subscribe(1, { a: 1 })]);
    socket.raw.pause();
    for (let n = 0; n < 300; n++) await save(server, { a: 1, n, text: 'x'.repeat(200_000) }, { a: 1, n: n - 1, text: 'x'.repeat(200_000) });
    await pause(seconds * 1_000);
  },

  '200 clients stop within a frame of 1 MB': async (server) => {
    const sockets = await attackers(server, 200);
    const bytes = half();
    for (const socket of sockets) {
      socket.raw._socket.write(bytes);
      await pause(10);
    }
    await pause(seconds * 1_000);
  },

  '200 clients have a frame of 1 MB refused, and stay': async (server) => {
    const sockets = await attackers(server, 200);
    const frame = JSON.stringify(subscribe(1, { a: { $noSuch: 'x'.repeat(1_000_000), $regex: '(' } }));
    for (const socket of sockets) {
      socket.send(frame);
      await pause(20);
    }
    await pause(seconds * 1_000);
  },

  'a client keeps clauses that take far more than their text': async (server) => {
    const [one, two] = await attackers(server, 2);
    const empty = (n) => ({ a: { $nin: [n, ...times(1_300, () => ({}))] } });
    const wide = (n) => ({ $or: times(250, (i) => ({ [`f${n}_${i}`]: i })) });
    await fill(one, times(1_000, (n) => subscribe(n + 1, empty(n))));
    await fill(two, times(1_000, (n) => subscribe(n + 1, wide(n))));
    await pause(seconds * 1_000);
  },

  '40 changes of 8 MB are published': async (server) => {
    const list = Array(800_000).fill('12345678');
    const body = JSON.stringify({ op: 'afterSave', message: { currentParseObject: object(CLASS, 'big', { list }) } });
    await Promise.all(times(40, () => post(server, body).catch(() => {})));
    await pause(seconds * 1_000);
  },
};

/** The most that a process holds, looked at ten times a second. */
function peak(pid) {
  let most = 0;
  const timer = setInterval(async () => (most = Math.max(most, await residentMegabytes(pid).catch(() => 0))), 100);
  return () => (clearInterval(timer), most);
}

/**
 * How many milliseconds at most the server itself took for 99 of 100 changes, the attackers' among them, from a change's arrival until it was in
 * the queue of everybody who hears of it: where the bucket ends that holds the last of them.
 */
async function ownDelay(server) {
  const text = await (await fetch(`${server.admin}/metrics`)).text();
  const buckets = [...text.matchAll(/^livematch_dispatch_lag_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm)].map(([, end, count]) => [end === '+Inf' ? Infinity : Number(end), Number(count)]);
  const changes = Math.max(0, ...buckets.map(([, count]) => count));
  const end = buckets.find(([, count]) => count >= changes * 0.99)?.[0] ?? 0;
  return changes ? (end * 1_000).toString() : '–';
}

async function run(name, attack) {
  const server = await startServer({ appId: APP_ID });
  const bystander = fork(fileURLToPath(new URL('bystander.mjs', import.meta.url)));
  bystander.send({ url: server.ws, http: server.http, perSecond: PER_SECOND });
  await once(bystander, 'message');
  const most = peak(server.pid);
  const before = await cpuSeconds(server.pid);
  await attack(server);
  const cpu = (await cpuSeconds(server.pid)) - before;
  const told = once(bystander, 'message');
  bystander.send('end');
  const [{ sent, missing, delays, isClosed }] = await told;
  const own = await ownDelay(server).catch(() => '–');
  const shown = [0.5, 0.99, 1].map((share) => (delays.length ? percentile(delays, share).toFixed(1) : '–'));
  console.log(`| ${name} | ${sent} | ${missing}${isClosed ? ', closed' : ''} | ${shown.join(' | ')} | ${own} | ${most().toFixed(0)} | ${cpu.toFixed(1)} |`);
  await server.end('SIGKILL');
}

const names = options.only?.split(',') ?? Object.keys(ATTACKS);
const chosen = names.map((part) => Object.keys(ATTACKS).find((name) => name.includes(part)) ?? fail(part));
function fail(part) {
  throw new Error(`no attack is called ${part}; there are: ${Object.keys(ATTACKS).join('; ')}`);
}

console.log('| what goes on | changes | missing | p50 ms | p99 ms | worst ms | own p99 ms | most MB | CPU s |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const name of chosen) await run(name, ATTACKS[name]);
process.exit();
