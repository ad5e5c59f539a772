// Starts and ends the programs that the tests need, each on a loopback port of its own.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { target } from '../../../../tests/target.mjs';

/** What `cargo build --release -p livematch-server` builds, or what the environment names. */
export const BINARY = process.env.LIVEMATCH_SERVER ?? path.join(target, 'release/livematch-server');

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Ports that the system gives to nobody by itself: not to a listener without a port, nor to an outgoing connection. */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];

/** A port that nobody listens on, and that nobody gets by chance. */
export async function freePort() {
  for (;;) {
    const port = FIRST_PORT + Math.floor(random() * (LAST_PORT - FIRST_PORT));
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

/** The tests make `Math.random` foreseeable for SDKs; ports must differ all the same. */
const random = Math.random;

/** Starts a program that cannot choose a port itself, on another one if somebody else has taken it meanwhile. */
export async function startOnPort(startOn) {
  for (let tries = 1; ; tries++) {
    try {
      return await startOn(await freePort());
    } catch (error) {
      if (tries === 5 || !/address already in use|EADDRINUSE/i.test(error.message)) throw error;
    }
  }
}

/** Starts a program and waits for a line of its output; the lines are kept. */
export async function start(command, args, isReady, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  children.add(child);
  const lines = [];
  const watchers = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      watchers.forEach((watch) => watch(line));
    });
  }
  const exited = once(child, 'exit').then(([code, signal]) => {
    children.delete(child);
    return { code, signal };
  });
  const line = (matches) =>
    new Promise((resolve, reject) => {
      const found = lines.find(matches);
      if (found !== undefined) return resolve(found);
      // Where much else runs, a Parse Server alone takes a minute to start.
      const timer = setTimeout(() => fail('took too long'), 180_000);
      const done = () => {
        clearTimeout(timer);
        watchers.delete(watch);
      };
      const watch = (line) => matches(line) && (done(), resolve(line));
      const fail = (why) => (done(), reject(new Error(`${command} ${why}:\n${lines.slice(-20).join('\n')}`)));
      watchers.add(watch);
      exited.then(() => fail('ended'));
    });
  const end = async (signal) => {
    child.kill(signal);
    return exited;
  };
  await line(isReady);
  return { child, lines, line, exited, end, pid: child.pid };
}

/** Starts the server under test; commands of a shell may go before it, such as `ulimit -n 100`. */
export async function startServer(options = {}, env = {}, before = ':') {
  const given = { listen: `127.0.0.1:${options.port ?? 0}`, adminListen: '127.0.0.1:0', logFormat: 'json', ...options };
  delete given.port;
  const args = Object.entries(given).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    `${value}`,
  ]);
  const started = await start('sh', ['-c', `${before}; exec "$0" "$@"`, BINARY, ...args], (line) => line.includes('"listening"'), {
    env: { ...process.env, ...env },
  });
  const address = (message) => {
    const line = started.lines.find((line) => line.includes(`"${message}"`));
    return line && JSON.parse(line).fields.address;
  };
  const port = Number(address('listening').split(':').at(-1));
  const http = `http://127.0.0.1:${port}`;
  const operator = address('listening for the operator');
  const admin = operator && `http://${operator}`;
  if (options.redisUrl) await started.line((line) => line.includes('listening to Redis'));
  /** The sum of a metric's samples whose labels contain a text. */
  const metric = async (name, labels = '') => {
    const text = await (await fetch(`${admin}/metrics`, { headers: { authorization: `Bearer ${options.adminToken}` } })).text();
    const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return samples
      .filter((line) => line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  /** Waits until a metric has a value. */
  const settled = async (name, value, patience = 60_000) => {
    const deadline = Date.now() + patience;
    while ((await metric(name)) !== value) {
      if (Date.now() > deadline) throw new Error(`${name} did not become ${value}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  /**
   * Waits until it is decided of so many pairs of a change and a subscription whether there is an event. What waits for an answer of
   * Parse Server is overtaken by what does not, so that a later event does not show it.
   */
  const decided = async (count) => {
    const deadline = Date.now() + 60_000;
    while ((await metric('livematch_events_total')) + (await metric('livematch_events_hidden_total')) < count) {
      if (Date.now() > deadline) throw new Error(`${count} were not decided`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { ...started, decided, port, http, admin, ws: `ws://127.0.0.1:${port}/any/path?at=all`, metric, settled };
}

/** Starts a Redis that keeps nothing. */
export async function startRedis(port, more = []) {
  if (port === undefined) return startOnPort((port) => startRedis(port, more));
  // A replica writes what it gets from its primary into a file, and a node of a cluster what it knows of the others.
  const folder = await mkdtemp(`${tmpdir()}/livematch-redis-`);
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...more];
  const starting = start('redis-server', args.map(String), (line) => line.includes('Ready to accept connections'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const redis = await starting.catch((error) => remove().then(() => Promise.reject(error)));
  redis.exited.then(remove);
  return { ...redis, port, url: `redis://127.0.0.1:${port}` };
}
