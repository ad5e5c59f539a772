// What a bystander and the machine notice while something goes on: the figures that every script here prints.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startServer } from '../tests/sdk/lib/process.mjs';
import { APP_ID } from '../tests/sdk/lib/feed.mjs';
import { percentile } from './load.mjs';
import { cpuSeconds, residentMegabytes } from './usage.mjs';

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
export const times = (count, make) => Array.from({ length: count }, (_, n) => make(n));

/** How many changes a second the bystander hears of. */
const PER_SECOND = 20;

/** The columns that `shown` fills. */
export const COLUMNS = 'changes | missing | p50 ms | p99 ms | worst ms | own p99 ms | most MB | MB then | CPU s';

/** The head of a table with these columns before those of the bystander, and others after them. */
export function head(before, after = []) {
  const columns = [...before, ...COLUMNS.split(' | '), ...after];
  return `| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`;
}

/** The most that a process holds, looked at ten times a second. */
function peak(pid) {
  let most = 0;
  const timer = setInterval(async () => (most = Math.max(most, await residentMegabytes(pid).catch(() => 0))), 100);
  return () => (clearInterval(timer), most);
}

/**
 * How many milliseconds at most the server itself took for 99 of 100 changes, the attackers' among them, from a change's arrival until it was in
 * the queue of everybody who hears of it: where the bucket ends that holds the last of them.
 */
async function ownDelay(server) {
  const text = await (await fetch(`${server.admin}/metrics`)).text();
  const buckets = [...text.matchAll(/^livematch_dispatch_lag_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm)].map(([, end, count]) => [end === '+Inf' ? Infinity : Number(end), Number(count)]);
  const changes = Math.max(0, ...buckets.map(([, count]) => count));
  const end = buckets.find(([, count]) => count >= changes * 0.99)?.[0] ?? 0;
  return changes ? (end * 1_000).toString() : '–';
}

/**
 * Starts a server and a bystander, does something, and tells what it came to: what the work returns, and the cells of `COLUMNS`.
 *
 * The bystander is a process of its own, on a class of its own, so that nothing but the server delays it. What is to be done in the end may end
 * the server.
 */
export async function watched(work, options = {}, end = () => {}) {
  const server = await startServer({ appId: APP_ID, ...options });
  const bystander = fork(fileURLToPath(new URL('bystander.mjs', import.meta.url)));
  bystander.send({ url: server.ws, http: server.http, perSecond: PER_SECOND });
  await once(bystander, 'message');
  const most = peak(server.pid);
  const before = await cpuSeconds(server.pid);
  const result = await work(server);
  const cpu = (await cpuSeconds(server.pid)) - before;
  const told = once(bystander, 'message');
  bystander.send('end');
  const [{ sent, missing, delays, isClosed }] = await told;
  const own = await ownDelay(server).catch(() => '–');
  const then = await residentMegabytes(server.pid).catch(() => NaN);
  const shown = [0.5, 0.99, 1].map((share) => (delays.length ? percentile(delays, share).toFixed(1) : '–'));
  const cells = [sent, `${missing}${isClosed ? ', closed' : ''}`, ...shown, own, most().toFixed(0), then.toFixed(0), cpu.toFixed(1)];
  await end(server);
  await server.end('SIGKILL');
  return { result, cells: cells.join(' | ') };
}
