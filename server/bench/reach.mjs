// A change that concerns one subscription of each of thousands of clients, which nobody could foresee: each asks for a room of its own, and all for
// the lobby too. What a bystander notices, how long it takes until all have heard of it, and what CPU it takes.
//
//   node server/bench/reach.mjs [--clients 8000] [--change-steps 144000] [--changes 20]
//
// LIVEMATCH_SERVER names another program to measure. What a change may take is made less than it is by default, in the proportion in which there are
// fewer clients here than a server may have: with 144,000 steps a change is handed out to 1,000 subscriptions at once.
import { parseArgs } from 'node:util';
import { object, post } from '../tests/sdk/lib/feed.mjs';
import { frame, open } from './sockets.mjs';
import { cpuSeconds } from './usage.mjs';
import { head, pause, watched } from './watch.mjs';

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '8000' },
    'change-steps': { type: 'string', default: '144000' },
    changes: { type: 'string', default: '20' },
  },
});
const [clients, changeSteps, changes] = [options.clients, options['change-steps'], options.changes].map(Number);

/** How many are opened at once. */
const AT_ONCE = 500;

/** How long all of them may take to hear of a change. */
const PATIENCE = 10_000;

const CLASS = 'Reached';
const subscribe = (n) => frame({ op: 'subscribe', requestId: 1, query: { className: CLASS, where: { room: { $in: ['lobby', `room ${n} ${'x'.repeat(100)}`] } } } });

/** Opens some sockets, and waits until all are subscribed. */
async function openSome(server, from, to, onData) {
  let left = to - from;
  await new Promise((resolve) => {
    for (let n = from; n < to; n++) open(server.port, subscribe(n), { onData, onSubscribed: () => --left === 0 && resolve() });
  });
}

async function reach(server) {
  let heard = 0;
  // Pings come in as well.
  const hear = (bytes) => (heard += bytes.includes('"op":"create"'));
  for (let n = 0; n < clients; n += AT_ONCE) await openSome(server, n, Math.min(clients, n + AT_ONCE), hear);
  await pause(2_000);
  const seconds = [];
  const before = await cpuSeconds(server.pid);
  for (let n = 1; n <= changes; n++) {
    const start = performance.now();
    await post(server, { op: 'afterSave', message: { currentParseObject: object(CLASS, `o${n}`, { room: 'lobby' }) } });
    while (heard < n * clients && performance.now() < start + PATIENCE) await pause(2);
    seconds.push((performance.now() - start) / 1_000);
    await pause(Math.max(0, start + 1_000 - performance.now()));
  }
  const cpu = ((await cpuSeconds(server.pid)) - before) / changes;
  seconds.sort((a, b) => a - b);
  return `${heard} of ${changes * clients} heard | ${seconds[Math.floor(changes / 2)].toFixed(2)} | ${(cpu * 1_000).toFixed(0)}`;
}

console.log(head(['clients', 'heard', 'all have heard, median s', 'CPU ms a change and second']));
const { result, cells } = await watched(reach, { changeSteps });
console.log(`| ${clients} | ${result} | ${cells} |`);
process.exit();
