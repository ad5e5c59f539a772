// Waves of clients that come, subscribe once, and go; what memory stays with the server, as a Markdown table.
//
//   node server/bench/waves.mjs [--waves 13] [--clients 1000] [--rest 5]
//
// LIVEMATCH_SERVER names another program to measure. Memory is resident, in MB; `--rest` is how many seconds after a wave it is measured.
import { parseArgs } from 'node:util';
import { Socket } from '../tests/sdk/lib/socket.mjs';
import { residentMegabytes } from './usage.mjs';
import { head, pause, watched } from './watch.mjs';

const { values: options } = parseArgs({
  options: {
    waves: { type: 'string', default: '13' },
    clients: { type: 'string', default: '1000' },
    rest: { type: 'string', default: '5' },
  },
});
const [waves, clients, rest] = [options.waves, options.clients, options.rest].map(Number);

/** How much more than one wave may stay. */
const GOAL = 1.5;

async function client(server, n) {
  const socket = await Socket.open(server.ws);
  await socket.connect({ javascriptKey: 'js' });
  const where = { room: `room${n}`, price: { $lt: n } };
  const { op } = await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Wave', where } });
  if (op !== 'subscribed') throw new Error(`${op} where a subscription was confirmed`);
  return socket;
}

async function come(server) {
  const measure = async () => Number((await residentMegabytes(server.pid)).toFixed(1));
  const idle = await measure();
  let [first, last] = [];
  console.log('| wave | with its clients | after it |\n| --- | --- | --- |');
  for (let wave = 1; wave <= waves; wave++) {
    const sockets = [];
    // Some at a time, as many as a program that opens them one by one has under way.
    for (let n = 0; n < clients; n += 50) {
      const some = Array.from({ length: Math.min(50, clients - n) }, (_, i) => client(server, wave * clients + n + i));
      sockets.push(...(await Promise.all(some)));
    }
    const most = await measure();
    first ??= most;
    const left = sockets.map((socket) => new Promise((resolve) => socket.raw.once('close', resolve)));
    sockets.forEach((socket) => socket.close());
    await Promise.all(left);
    await pause(rest * 1_000);
    last = await measure();
    console.log(`| ${wave} | ${most} | ${last} |`);
  }
  return { idle, first, last };
}

const { result, cells } = await watched(come);
const { idle, first, last } = result;
console.log(`\n${idle} MB before the first client; ${last} MB after the last, ${(last / first).toFixed(2)} × what the first wave took (goal: ${GOAL}).\n`);
console.log(`${head(['waves', 'clients of each'])}\n| ${waves} | ${clients} | ${cells} |`);
process.exit();
