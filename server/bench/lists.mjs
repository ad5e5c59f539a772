// Long lists of keys that differ, and an object with as many fields: the CPU of one change, and how late a bystander hears of it.
//
//   node server/bench/lists.mjs [--clients 4] [--lists 1000] [--names 1000] [--changes 5]
//
// LIVEMATCH_SERVER names another program to measure. Each list has every other field of the object and one name of its own. CPU is looked at
// once everybody has been sent everything, for which clients need some memory beside their lists; the bystander, on a class of its own, waits for a save that is sent right behind the other.
import { parseArgs } from 'node:util';
import { startServer } from '../tests/sdk/lib/process.mjs';
import { APP_ID, changes, embedded } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';
import { cpuSeconds, residentMegabytes } from './usage.mjs';

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '4' },
    lists: { type: 'string', default: '1000' },
    names: { type: 'string', default: '1000' },
    changes: { type: 'string', default: '5' },
  },
});
const [clients, lists, names, count] = [options.clients, options.lists, options.names, options.changes].map(Number);

const times = (count, make) => Array.from({ length: count }, (_, n) => make(n));
const subscribe = (requestId, className, more) => ({ op: 'subscribe', requestId, query: { className, where: {}, ...more } });

/** A client that has so many lists, and what counts its frames. */
async function attacker(server, number) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  socket.raw.removeAllListeners('message');
  let [frames, waiting, closed] = [0, undefined, undefined];
  socket.raw.once('close', (code, reason) => {
    closed = `${code}: ${reason}`;
    waiting?.resolve();
  });
  socket.raw.on('message', () => ++frames === waiting?.frames && waiting.resolve());
  const heard = (more) => new Promise((resolve) => {
    waiting = { frames: (waiting?.frames ?? 0) + more, resolve };
    if (closed || frames >= waiting.frames) resolve();
  });
  const all = heard(lists);
  for (let n = 0; n < lists; n++) {
    const keys = [...times(names - 1, (at) => `f${2 * at}`), `own${number}x${n}`];
    await new Promise((resolve) => socket.raw.send(JSON.stringify(subscribe(n, 'Wide', { keys })), resolve));
  }
  await all;
  if (closed) throw new Error(`a client was closed while it subscribed: ${closed}`);
  return { heard, closed: () => closed };
}

const server = await startServer({ appId: APP_ID });
const source = (await embedded()).connect(server);
const [wide, quiet] = [changes(source, 'Wide'), changes(source, 'Quiet')];
const bystander = await Socket.open(server.ws);
await bystander.connect();
await bystander.ask(subscribe(1, 'Quiet'));
const attackers = await Promise.all(times(clients, (number) => attacker(server, number)));
const resident = await residentMegabytes(server.pid);
const figures = [];
for (let n = 0; n < count; n++) {
  const fields = Object.fromEntries(times(2 * names, (at) => [`f${at}`, n]));
  const [cpu, start] = [await cpuSeconds(server.pid), performance.now()];
  const heard = attackers.map((attacker) => attacker.heard(lists));
  await Promise.all([wide.create(`w${n}`, fields), quiet.create(`q${n}`, {})]);
  await bystander.next();
  const delay = performance.now() - start;
  await Promise.all(heard);
  figures.push([(await cpuSeconds(server.pid)) - cpu, delay]);
}
const [cpu, delay] = [0, 1].map((at) => Math.max(...figures.map((figure) => figure[at])));
const closed = attackers.map((attacker) => attacker.closed()).filter(Boolean);
console.log('| clients | lists of each | names in a list | resident MB | CPU ms of a change, worst | bystander ms, worst | closed |\n| --- | --- | --- | --- | --- | --- | --- |');
console.log(`| ${clients} | ${lists} | ${names} | ${resident.toFixed(0)} | ${(cpu * 1_000).toFixed(0)} | ${delay.toFixed(0)} | ${closed.length} |`);
if (closed.length) console.log(`closed with ${closed[0]}`);
process.exit();
