// Clients that all connect at once: how long until each is connected, and until each is subscribed, and what a bystander notices.
//
//   node server/bench/crowd.mjs [--clients 5000] [--rounds 3]
//
// LIVEMATCH_SERVER names another program to measure. The sockets are bare, so that what takes its time is the server.
import { parseArgs } from 'node:util';
import { frame, open } from './sockets.mjs';
import { head, watched } from './watch.mjs';

const { values: options } = parseArgs({
  options: { clients: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '3' } },
});
const [clients, rounds] = [options.clients, options.rounds].map(Number);

const SUBSCRIBE = frame({ op: 'subscribe', requestId: 1, query: { className: 'Crowd', where: { room: 'x'.repeat(100) } } });

/** Opens all of them in one loop; after how many seconds all are connected, and subscribed. */
async function openAll(server) {
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1_000).toFixed(2);
  const sockets = [];
  const [connected, subscribed] = await new Promise((resolve) => {
    let [connecting, subscribing, connectedAt] = [clients, clients];
    const onConnected = () => --connecting === 0 && (connectedAt = seconds());
    const onSubscribed = () => --subscribing === 0 && resolve([connectedAt, seconds()]);
    for (let n = 0; n < clients; n++) sockets.push(open(server.port, SUBSCRIBE, { onConnected, onSubscribed }));
  });
  // What they took stands in the table, and so they stay until it has been looked at.
  setTimeout(() => sockets.forEach((socket) => socket.destroy()), 1_000);
  return `${connected} | ${subscribed}`;
}

console.log(head(['clients', 'all connected, s', 'all subscribed, s']));
for (let round = 0; round < rounds; round++) {
  const { result, cells } = await watched(openAll);
  console.log(`| ${clients} | ${result} | ${cells} |`);
}
process.exit();
