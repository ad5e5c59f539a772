// Clients that all connect at once: how long until each is connected, and until each is subscribed, and what a bystander notices.
//
//   node server/bench/crowd.mjs [--clients 5000] [--rounds 3]
//
// LIVEMATCH_SERVER names another program to measure. The sockets are bare, so that what takes its time is the server.
import { parseArgs } from 'node:util';
import { connect } from 'node:net';
import { APP_ID } from '../tests/sdk/lib/feed.mjs';
import { head, watched } from './watch.mjs';

const { values: options } = parseArgs({
  options: { clients: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '3' } },
});
const [clients, rounds] = [options.clients, options.rounds].map(Number);

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

/** A text frame as a client sends it, masked with zeros. */
function frame(value) {
  const text = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from([0x81, 0xfe, text.length >> 8, text.length & 0xff, 0, 0, 0, 0]), text]);
}
const CONNECT = frame({ op: 'connect', applicationId: APP_ID, javascriptKey: 'js', installationId: 'x'.repeat(100) });
const SUBSCRIBE = frame({ op: 'subscribe', requestId: 1, query: { className: 'Crowd', where: { room: 'x'.repeat(100) } } });

/** Opens a socket; calls what is given when a step has been answered. */
function open(port, { onConnected, onSubscribed }) {
  const steps = [
    ['101', (socket) => socket.write(CONNECT)],
    ['"connected"', (socket) => (onConnected(), socket.write(SUBSCRIBE))],
    ['"subscribed"', () => onSubscribed()],
  ];
  const socket = connect(port, '127.0.0.1', () => socket.write(UPGRADE));
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('data', (bytes) => {
    if (steps.length && bytes.includes(steps[0][0])) steps.shift()[1](socket);
  });
  return socket;
}

/** Opens all of them in one loop; after how many seconds all are connected, and subscribed. */
async function openAll(server) {
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1_000).toFixed(2);
  const sockets = [];
  const [connected, subscribed] = await new Promise((resolve) => {
    let [connecting, subscribing, connectedAt] = [clients, clients];
    const onConnected = () => --connecting === 0 && (connectedAt = seconds());
    const onSubscribed = () => --subscribing === 0 && resolve([connectedAt, seconds()]);
    for (let n = 0; n < clients; n++) sockets.push(open(server.port, { onConnected, onSubscribed }));
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
