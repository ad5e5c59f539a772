// What others notice of peers that are no clients: those that ask and do not read, those that say nothing, those that post much.
//
//   node server/bench/door.mjs [--peers 5000] [--posts 40] [--seconds 10]
//
// LIVEMATCH_SERVER names another program to measure. A bystander opens a socket, connects and subscribes, again and again; its delays
// are told in milliseconds.
import { parseArgs } from 'node:util';
import { connect } from 'node:net';
import { object, post } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';
import { percentile } from './load.mjs';
import { head, pause, watched } from './watch.mjs';

const { values: options } = parseArgs({
  options: {
    peers: { type: 'string', default: '5000' },
    posts: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '10' },
  },
});
const [peers, posts, seconds] = [options.peers, options.posts, options.seconds].map(Number);

/** How long the bystander tries before it gives up. */
const PATIENCE = 15_000;

async function visit(server) {
  const start = performance.now();
  const socket = await Socket.open(server.ws, { handshakeTimeout: PATIENCE });
  await socket.connect({ javascriptKey: 'js' });
  await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Door', where: { n: 1 } } });
  socket.raw.terminate();
  return performance.now() - start;
}

/** How long visits take while something goes on, and what a client notices that is there already. */
async function watch(name, attack) {
  let ended;
  const visits = async (server) => {
    const attacked = attack(server);
    const delays = [];
    let failures = 0;
    const end = performance.now() + seconds * 1_000;
    do {
      try {
        delays.push(await visit(server));
      } catch {
        failures++;
      }
    } while (performance.now() < end);
    await attacked;
    delays.sort((a, b) => a - b);
    const told = [0.5, 0.99, 1].map((share) => (delays.length ? percentile(delays, share).toFixed(1) : '–'));
    return [delays.length, ...told, failures].join(' | ');
  };
  const { result, cells } = await watched(visits, { maxChangeBytes: 16 << 20 }, async (server) => {
    const ending = performance.now();
    server.child.kill('SIGTERM');
    const isEnded = await Promise.race([server.exited.then(() => true), pause(20_000)]);
    ended = isEnded ? `${((performance.now() - ending) / 1_000).toFixed(1)} s` : 'not within 20 s';
  });
  console.log(`| ${name} | ${result} | ${cells} | ${ended} |`);
}

/** Peers that send some bytes, and read nothing. */
const crowd = (bytes) => (server) => {
  for (let n = 0; n < peers; n++) {
    const socket = connect({ port: server.port, host: '127.0.0.1' }).on('error', () => {});
    socket.pause();
    socket.write(bytes);
  }
};

console.log(head(['what goes on', 'visits', 'p50 ms', 'p99 ms', 'worst ms', 'failed'], ['ends on SIGTERM within']));
await watch('nothing', () => {});
await watch(`${peers} peers ask for much and read nothing`, crowd('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(3_000)));
await watch(`${peers} peers say nothing`, crowd('GET /livez HT'));
await watch(`${posts} posts of 8 MB`, async (server) => {
  const body = JSON.stringify({ op: 'afterSave', message: { currentParseObject: object('Other', 'g', { list: Array(800_000).fill('12345678') }) } });
  await Promise.all(Array.from({ length: posts }, () => post(server, body).catch(() => {})));
});
process.exit();
