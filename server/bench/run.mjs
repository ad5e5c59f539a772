// Measures the server under load, beside Parse Server's own LiveQuery server on the same Redis, and prints Markdown.
//
//   node server/bench/run.mjs [--sizes 1,100,1000,5000,100000] [--seconds 3] [--fan 200] [--idle 10000] [--steady 60] [--no-stock]
//
// A size, a number of clients or a time that is 0 leaves its part out.
import { parseArgs } from 'node:util';
import { cpus } from 'node:os';
import { startRedis, startServer } from '../tests/sdk/lib/process.mjs';
import { startParse, startPostgres } from '../tests/sdk/lib/stack.mjs';
import { APP_ID } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';
import { Load, percentile } from './load.mjs';
import { cpuSeconds, residentMegabytes } from './usage.mjs';

/** Beyond this a save takes Parse Server's LiveQuery server seconds. */
const STOCK_MOST = 5_000;
/** Saves a second while delays are measured, unless a server cannot keep up with so many. */
const RATE = 100;

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1,100,1000,5000,100000' },
    seconds: { type: 'string', default: '3' },
    fan: { type: 'string', default: '200' },
    idle: { type: 'string', default: '10000' },
    steady: { type: 'string', default: '60' },
    'no-stock': { type: 'boolean', default: false },
  },
});
const sizes = options.sizes.split(',').map(Number).filter((size) => size > 0);
const [seconds, fan, idle, steady] = [options.seconds, options.fan, options.idle, options.steady].map(Number);

const started = [];
const begin = async (starting) => {
  const process = await starting;
  started.push(process);
  return process;
};
const redis = await begin(startRedis());

/** This server, new for each measurement. */
const ours = () => startServer({ appId: APP_ID, redisUrl: redis.url });

/** Parse Server, which has to have a database. */
async function stock() {
  const postgres = await begin(startPostgres());
  return begin(startParse({ databaseUrl: postgres.url, redisUrl: redis.url, classNames: ['Load'] }));
}

async function measure(server, size, copies = 1) {
  const load = await Load.start(server.ws, redis.url, size, copies);
  await load.flood(seconds / 3); // so that the JIT is warm
  const [cpu, clock] = [await cpuSeconds(server.pid), performance.now()];
  const saves = await load.flood(seconds);
  const busy = (await cpuSeconds(server.pid)) - cpu;
  const perSecond = (saves * 1_000) / (performance.now() - clock);
  const rate = Math.min(RATE, perSecond / 2);
  const delays = await load.pace(Math.max(seconds, 5 / rate), rate);
  await load.end();
  return { perSecond, perCpu: saves / busy, rate, delays, faults: load.faults };
}

const number = (value) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2));
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

function tell(size, name, { perSecond, perCpu, rate, delays, faults }, ratio = '') {
  const cpu = number(1_000 / perCpu);
  const [median, worst] = [percentile(delays, 0.5), delays.at(-1)].map(number);
  row(size.toLocaleString('en'), name, number(perSecond), cpu, number(perCpu), ratio, `${number(rate)}/s`, median, worst, faults);
}

console.log(`${cpus().length} × ${cpus()[0].model}, Node ${process.versions.node}\n`);
if (sizes.length) await compare();

async function compare() {
  row('subscriptions', 'server', 'saves/s', 'CPU ms a save', 'saves per CPU s', 'ratio', 'paced at', 'median ms', 'worst ms', 'out of order');
  row(...Array(10).fill('---'));
  const parse = options['no-stock'] ? undefined : await stock();
  for (const size of sizes) {
    const theirs = parse && size <= STOCK_MOST ? await measure(parse, size) : undefined;
    if (theirs) tell(size, 'Parse Server 9.10.0', theirs);
    const server = await ours();
    const result = await measure(server, size);
    tell(size, 'livematch-server', result, theirs && `${number(result.perCpu / theirs.perCpu)} ×`);
    await server.end('SIGTERM');
  }
  console.log();
  await parse?.end('SIGTERM');
}

if (fan) {
  const cpu = [];
  for (const copies of [1, fan]) {
    const server = await ours();
    cpu.push(1e6 / (await measure(server, 1, copies)).perCpu);
    await server.end('SIGTERM');
  }
  const event = (cpu[1] - cpu[0]) / (fan - 1);
  console.log(`A save that ${fan} clients hear of: ${number(cpu[1])} µs of CPU, and ${number(cpu[0])} µs if one does; so ${number(event)} µs an event, and ${number(cpu[0] - event)} µs for the save itself.\n`);
}

if (idle) {
  const server = await ours();
  const before = await residentMegabytes(server.pid);
  const sockets = [];
  for (let n = 0; n < idle; n++) {
    const socket = await Socket.open(server.ws);
    await socket.connect();
    await socket.ask({ op: 'subscribe', requestId: 1, query: { className: 'Idle', where: { n } } });
    sockets.push(socket);
  }
  const after = await residentMegabytes(server.pid);
  console.log(`${idle.toLocaleString('en')} idle clients, each with a subscription: ${number(after)} MB, of which ${number(before)} MB without them.\n`);
  sockets.forEach((socket) => socket.raw.terminate());
  await server.end('SIGTERM');
}

if (steady) {
  const server = await ours();
  const load = await Load.start(server.ws, redis.url, 5_000);
  const delays = await load.pace(steady, RATE);
  const [half, most, worst] = [0.5, 0.999, 1].map((share) => number(percentile(delays, share)));
  console.log(`${RATE} saves a second for ${steady} s at 5,000 subscriptions: delays of ${half} ms (median), ${most} ms (99.9 %), ${worst} ms (worst); ${load.faults} events out of order, none lost.`);
  await load.end();
  await server.end('SIGTERM');
}
for (const one of started.reverse()) await one.end('SIGTERM');
process.exit();
