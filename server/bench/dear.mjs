// Clauses that take long for a change, as many as a server accepts: the CPU of one change, and how late a bystander hears of it.
//
//   node server/bench/dear.mjs [--subscriptions 1000] [--clients 20] [--changes 20]
//
// LIVEMATCH_SERVER names another program to measure. A change is a save of 1 KB of text and an array of 10,000, and concerns every
// subscription; somebody on a class of their own waits for another save that is sent right behind it. The columns of the bystander are those of
// watch.mjs.
import { parseArgs } from 'node:util';
import { changes, embedded } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';
import { DEAR, FIELDS } from '../tests/sdk/lib/dear.mjs';
import { cpuSeconds } from './usage.mjs';
import { head, watched } from './watch.mjs';

const { values: options } = parseArgs({
  options: {
    subscriptions: { type: 'string', default: '1000' },
    clients: { type: 'string', default: '20' },
    changes: { type: 'string', default: '20' },
  },
});
const [subscriptions, clients, count] = [options.subscriptions, options.clients, options.changes].map(Number);

async function client(server) {
  const socket = await Socket.open(server.ws);
  await socket.connect();
  return socket;
}

const subscribe = (requestId, className, where) => ({ op: 'subscribe', requestId, query: { className, where } });

/** Subscribes as often as it is let; how many there are then. */
async function fill(sockets, clause) {
  let accepted = 0;
  const one = async (socket, at) => {
    for (let n = at; n < subscriptions; n += sockets.length) {
      socket.send(subscribe(n, 'Dear', clause(n)));
      // Events of changes are not sent yet.
      accepted += (await socket.next()).op === 'subscribed';
    }
  };
  await Promise.all(sockets.map(one));
  return accepted;
}

async function measure(server, clause) {
  const source = (await embedded()).connect(server);
  const [dear, quiet] = [changes(source, 'Dear'), changes(source, 'Quiet')];
  const bystander = await client(server);
  await bystander.ask(subscribe(1, 'Quiet', { room: 'r1' }));
  const sockets = await Promise.all(Array.from({ length: clients }, () => client(server)));
  const accepted = await fill(sockets, clause);
  let [worstCpu, worstDelay] = [0, 0];
  for (let n = 0; n < count; n++) {
    const [cpu, start] = [await cpuSeconds(server.pid), performance.now()];
    await Promise.all([dear.create(`d${n}`, FIELDS), quiet.create(`q${n}`, { room: 'r1' })]);
    await bystander.next();
    worstDelay = Math.max(worstDelay, performance.now() - start);
    worstCpu = Math.max(worstCpu, (await cpuSeconds(server.pid)) - cpu);
  }
  const left = sockets.filter((socket) => socket.raw.readyState === socket.raw.OPEN).length;
  return [accepted, clients - left, (worstCpu * 1_000).toFixed(0), worstDelay.toFixed(0)].join(' | ');
}

const own = ['accepted', 'clients told to go', 'CPU ms of a change, worst', 'another right behind it, worst ms'];
console.log(head([`of ${subscriptions} subscriptions of ${clients} clients, each with`, ...own]));
for (const [name, clause] of Object.entries(DEAR)) {
  const { result, cells } = await watched((server) => measure(server, clause));
  console.log(`| ${name} | ${result} | ${cells} |`);
}
process.exit();
