// What one who means harm costs everybody else: for each attack the delays of a bystander, the events they missed, and what the server
// took, as a Markdown table. The bystander and the attackers wait for the cores too; what the server's own part in the delays is says its metric.
//
//   node server/bench/attacks.mjs [--only 'NAME;NAME'] [--seconds 10] [--sockets 4000]
//
// LIVEMATCH_SERVER names another program to measure. The bystander is a process of its own (bystander.mjs), to which twenty changes a
// second are published; the attackers are this one. All of it is bounded in number and time.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { object, post } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';
import { cpuSeconds } from './usage.mjs';
import { head, pause, times, watched } from './watch.mjs';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, seconds: { type: 'string', default: '10' }, sockets: { type: 'string', default: '4000' } },
});
const [seconds, manySockets] = [options.seconds, options.sockets].map(Number);

const CLASS = 'Attacked';
const subscribe = (requestId, where, more = {}) => ({ op: 'subscribe', requestId, query: { className: CLASS, where, ...more } });

/** Clients whose answers nobody looks at, opened some at a time. */
async function attackers(server, count, session = () => ({})) {
  const sockets = [];
  const open = async (n) => {
    const socket = await Socket.open(server.ws);
    await socket.connect({ javascriptKey: 'js', ...session(n) });
    socket.raw.removeAllListeners('message');
    socket.raw.on('error', () => {});
    return socket;
  };
  while (sockets.length < count) {
    const some = times(Math.min(100, count - sockets.length), (n) => open(sockets.length + n));
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

const isOpen = (socket) => socket.raw.readyState === 1;

/** How much CPU the server takes in so many milliseconds, in seconds. */
async function cpuIn(server, milliseconds) {
  const before = await cpuSeconds(server.pid);
  await pause(milliseconds);
  return (await cpuSeconds(server.pid)) - before;
}

/**
 * The most CPU that one of some changes takes, in milliseconds, beside what is taken without it, for the bystander for instance. What a change
 * takes longer for than three seconds is not seen.
 */
async function dearest(server, fields, count = 3) {
  let worst = 0;
  for (let n = 0; n < count; n++) {
    const idle = await cpuIn(server, 3_000);
    const busy = cpuIn(server, 3_000);
    await save(server, { ...fields, n });
    worst = Math.max(worst, (await busy) - idle);
  }
  return worst * 1_000;
}

/** How many subscriptions each of many sockets asks for. */
const EACH = 64;

/** Sockets of some sessions that ask for many subscriptions each; what a change costs that concerns all that they got. */
async function everywhere(server, session) {
  const clients = await attackers(server, manySockets, (n) => ({ sessionToken: session(n) }));
  const open = clients.filter(isOpen);
  await Promise.all(open.map((socket) => fill(socket, times(EACH, (n) => subscribe(n + 1, {})))));
  const accepted = (await server.metric('livematch_subscriptions')) - 1;
  const cpu = await dearest(server, {});
  const left = clients.filter(isOpen).length;
  return `${open.length} clients let in, ${accepted} of ${open.length * EACH} subscriptions accepted; ${cpu.toFixed(0)} ms of CPU for a change; ${left} clients left`;
}

/** A Parse Server that is asked by way of HTTP; its address, and how often it was asked. */
async function parseServer(answer) {
  let asked = 0;
  const listener = createServer((request, response) => (asked++, answer(request, response))).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { url: `http://127.0.0.1:${listener.address().port}/parse`, asked: () => asked };
}

/** What Parse Servers are like that attacks need: one that answers nothing, and one to which every session is unknown. */
const SILENT = await parseServer(() => {});
const STRANGE = await parseServer((_, response) => response.writeHead(400, { 'content-type': 'application/json' }).end('{"code":209,"error":"Invalid session token"}'));

/** The events that a socket hears from now on. */
function count(socket) {
  let events = 0;
  socket.raw.on('message', (text) => (events += /^.{0,9}"op":"(create|update|enter|leave|delete)"/.test(text)));
  return () => events;
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

const save = (server, fields, before, id = 'a') => {
  const of = (fields) => fields && object(CLASS, id, fields);
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

  'a client with 100,000 members on the class of the bystander comes and goes': async (server) => {
    const end = performance.now() + seconds * 1_000;
    for (let n = 0; performance.now() < end; n++) {
      const [socket] = await attackers(server, 1);
      const owner = { $in: words(100_000).map((word) => `${word}x${n}`) };
      await fill(socket, [subscribe(1, { owner }, { className: 'Bystander' })]);
      socket.raw.terminate();
    }
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

  'ten clients ask for one query 10,000 times, and others for theirs': async (server) => {
    const crowd = await attackers(server, 10);
    const frames = times(1_000, (n) => subscribe(n + 1, { state: { $ne: 'done' } }));
    await Promise.all(crowd.map((socket) => fill(socket, frames)));
    const other = await Socket.open(server.ws);
    await other.connect();
    const asked = [{ $ne: 'done' }, { $ne: 'new' }, { $exists: true }, { $nin: ['x'] }];
    const answers = [];
    for (const [n, state] of asked.entries()) answers.push((await other.ask(subscribe(n, { state }))).op);
    await pause(seconds * 1_000);
    return `${answers.filter((op) => op === 'subscribed').length} of ${asked.length} of another client accepted`;
  },

  '150 changes of 1 MB behind one that takes long to match': async (server) => {
    const clients = await attackers(server, 4);
    const dear = (n) => ({ a: 1, $or: times(10, (i) => ({ text: { $regex: `([a-z]{1,60})[a-z]{1,60}\\1[0-9]{${1 + ((n * 10 + i) % 990)}}` } })) });
    await Promise.all(clients.map((socket, at) => fill(socket, times(100, (n) => subscribe(n + 1, dear(at * 100 + n))))));
    const text = times(1_024, (i) => String.fromCharCode(97 + ((i * 7) % 26))).join('');
    for (let n = 0; n < 150; n++) save(server, { a: 1, n, text, rest: 'x'.repeat(1 << 20) });
    await pause(seconds * 1_000);
  },

  'Parse Server answers nothing, and 200 sessions hear 300 public events a second': async (server) => {
    const clients = await attackers(server, 200, (n) => ({ sessionToken: `r:session${n}` }));
    await Promise.all(clients.map((socket) => fill(socket, [subscribe(1, {})])));
    const heard = clients.map(count);
    const changes = Math.ceil((seconds * 300) / 200);
    let sent = 0;
    for (const end = performance.now() + seconds * 1_000; sent < changes && performance.now() < end; sent++) {
      if (sent % 10 === 0) await save(server, { ACL: { u1: { read: true } } });
      // Events of one object wait for each other.
      await save(server, { sent }, undefined, `public ${sent}`);
      await pause(Math.max(0, 1_000 * (200 / 300) - 5));
    }
    await pause(2_000);
    const missing = heard.reduce((sum, events) => sum + sent - events(), 0);
    return `${missing} of ${sent * 200} public events missing, ${200 - clients.filter(isOpen).length} clients cut off`;
  },

  '5,000 events of 1.5 kB for who reads 500 kB a second': async (server) => {
    const [socket] = await attackers(server, 1);
    await fill(socket, [subscribe(1, { slow: true })]);
    const events = count(socket);
    socket.raw.pause();
    const stream = socket.raw._socket;
    for (let n = 0; n < 5_000; n += 50) await Promise.all(times(50, (i) => save(server, { slow: true, n: n + i, text: 'x'.repeat(1_500) })));
    const end = performance.now() + 60_000;
    let read = stream.bytesRead;
    // What it reads in a tenth of a second is a tenth of what it reads in one.
    while (events() < 5_000 && isOpen(socket) && performance.now() < end) {
      socket.raw.resume();
      while (stream.bytesRead < read + 50_000 && events() < 5_000 && isOpen(socket) && performance.now() < end) await pause(1);
      socket.raw.pause();
      read = stream.bytesRead;
      await pause(100);
    }
    return `${5_000 - events()} missing${isOpen(socket) ? '' : ', cut off'}`;
  },

  '20,000 lists of rare values beside a common one': async (server) => {
    const clients = await attackers(server, 20);
    const zones = (n) => [n, n * 7 + 1, n * 31 + 2].map((zone) => `zone ${zone % 997}`);
    const frames = (at) => times(1_000, (n) => subscribe(n + 1, { status: 'open', zone: { $in: zones(at * 1_000 + n) } }));
    await Promise.all(clients.map((socket, at) => fill(socket, frames(at))));
    const accepted = (await server.metric('livematch_subscriptions')) - 1;
    const before = await server.metric('livematch_candidates_total');
    const cpu = await dearest(server, { status: 'open', zone: 'zone 5' });
    const candidates = ((await server.metric('livematch_candidates_total')) - before) / 3;
    return `${20_000 - accepted} refused; ${candidates.toFixed(0)} candidates and ${cpu.toFixed(0)} ms of CPU for a change, the bystander's among them`;
  },

  '200,000 subscriptions come and go': async (server) => {
    const clients = await attackers(server, 20);
    const frames = (at) => times(10_000, (n) => subscribe(n + 1, { room: `room ${at * 10_000 + n}`, price: { $lt: n } }));
    await Promise.all(clients.map((socket, at) => fill(socket, frames(at))));
    const most = await server.metric('livematch_memory_bytes', 'queries');
    clients.forEach((socket) => socket.raw.terminate());
    await server.settled('livematch_queries', 1, 60_000);
    await pause(6_000);
    const left = await server.metric('livematch_memory_bytes', 'queries');
    return `${(most / 1e6).toFixed(0)} MB accounted for with them, ${(left / 1e6).toFixed(1)} MB then`;
  },

  '60 clients make up 200 tokens each': async (server) => {
    const clients = await attackers(server, 60, (n) => ({ sessionToken: `r:made-up-${n}` }));
    const before = STRANGE.asked();
    const tokens = (at) => times(200, (n) => subscribe(n + 1, {}, { sessionToken: `r:${at}x${n}` }));
    await Promise.all(clients.map((socket, at) => fill(socket, tokens(at).map(({ query, ...frame }) => ({ ...frame, sessionToken: query.sessionToken, query: { className: CLASS, where: {} } })))));
    for (let n = 0; n < 3; n++) await save(server, { n, ACL: { u1: { read: true } } });
    await pause(seconds * 1_000);
    return `${STRANGE.asked() - before} questions for 12,060 tokens`;
  },

  'thousands of sockets of one session, each with 64 subscriptions that every change concerns': (server) => everywhere(server, () => 'r:one'),

  'thousands of sockets of as many sessions, each with 64 subscriptions that every change concerns': (server) => everywhere(server, (n) => `r:own${n}`),

  '40 changes of 8 MB are published': async (server) => {
    const list = Array(800_000).fill('12345678');
    const body = JSON.stringify({ op: 'afterSave', message: { currentParseObject: object(CLASS, 'big', { list }) } });
    await Promise.all(times(40, () => post(server, body).catch(() => {})));
    await pause(seconds * 1_000);
  },
};

async function run(name, attack) {
  const { result, cells } = await watched(attack, OPTIONS[name]);
  console.log(`| ${name} | ${cells} | ${result ?? ''} |`);
}

/** What the server is told for some of them. */
const OPTIONS = {
  'Parse Server answers nothing, and 200 sessions hear 300 public events a second': { parseUrl: SILENT.url },
  '60 clients make up 200 tokens each': { parseUrl: STRANGE.url },
};

const names = options.only?.split(';') ?? Object.keys(ATTACKS);
const chosen = names.map((part) => Object.keys(ATTACKS).find((name) => name.includes(part)) ?? fail(part));
function fail(part) {
  throw new Error(`no attack is called ${part}; there are: ${Object.keys(ATTACKS).join('; ')}`);
}

console.log(head(['what goes on'], ['besides']));
for (const name of chosen) await run(name, ATTACKS[name]);
process.exit();
