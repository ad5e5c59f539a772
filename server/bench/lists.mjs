// Long lists of keys that differ, and an object with as many fields: the CPU of one change, and how late a bystander hears of it.
//
//   node server/bench/lists.mjs [--clients 4] [--lists 1000] [--names 1000] [--changes 5]
//
// LIVEMATCH_SERVER names another program to measure. Each list has every other field of the object and one name of its own. CPU is looked at
// once everybody has been sent everything, for which clients need some memory beside their lists; the bystander, on a class of its own, waits for a save that is sent right behind the other.
import { parseArgs } from 'node:util';
import { changes, embedded } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';
import { cpuSeconds } from './usage.mjs';
import { head, times, watched } from './watch.mjs';

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '4' },
    lists: { type: 'string', default: '1000' },
    names: { type: 'string', default: '1000' },
    changes: { type: 'string', default: '5' },
  },
});
const [clients, lists, names, count] = [options.clients, options.lists, options.names, options.changes].map(Number);

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

async function measure(server) {
  const source = (await embedded()).connect(server);
  const [wide, quiet] = [changes(source, 'Wide'), changes(source, 'Quiet')];
  const behind = await Socket.open(server.ws);
  await behind.connect();
  await behind.ask(subscribe(1, 'Quiet'));
  const attackers = await Promise.all(times(clients, (number) => attacker(server, number)));
  let [worstCpu, worstDelay] = [0, 0];
  for (let n = 0; n < count; n++) {
    const fields = Object.fromEntries(times(2 * names, (at) => [`f${at}`, n]));
    const [cpu, start] = [await cpuSeconds(server.pid), performance.now()];
    const heard = attackers.map((attacker) => attacker.heard(lists));
    await Promise.all([wide.create(`w${n}`, fields), quiet.create(`q${n}`, {})]);
    await behind.next();
    worstDelay = Math.max(worstDelay, performance.now() - start);
    await Promise.all(heard);
    worstCpu = Math.max(worstCpu, (await cpuSeconds(server.pid)) - cpu);
  }
  const closed = attackers.map((attacker) => attacker.closed()).filter(Boolean);
  return { closed, told: [(worstCpu * 1_000).toFixed(0), worstDelay.toFixed(0), closed.length].join(' | ') };
}

const own = ['CPU ms of a change, worst', 'another right behind it, worst ms', 'closed'];
const { result, cells } = await watched(measure);
console.log(head(['clients', 'lists of each', 'names in a list', ...own]));
console.log(`| ${clients} | ${lists} | ${names} | ${result.told} | ${cells} |`);
if (result.closed.length) console.log(`closed with ${result.closed[0]}`);
process.exit();
