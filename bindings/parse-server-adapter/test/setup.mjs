// What the tests need of the world: the programs that the tests of the server start, and the node-redis of the Parse Server under test.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRedis } from '../../../server/tests/sdk/lib/process.mjs';
import { moduleOfRelease } from '../../../server/tests/sdk/lib/releases.mjs';

export { freePort, start, startRedis, startServer } from '../../../server/tests/sdk/lib/process.mjs';

const run = promisify(execFile);

/** Requires as the Parse Server under test does. */
export const parseServer = createRequire(moduleOfRelease());

/** Version 4 beside Parse Server 8, 5 beside 9. */
export const redis = parseServer('redis');

export const { LivematchPubSub } = createRequire(import.meta.url)('../lib/index.js');

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(holds, what, patience = 15_000) {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`it took too long until ${what}`);
    await pause(10);
  }
}

/** An adapter whose words are kept. */
export function adapter(options) {
  const said = [];
  const logger = Object.fromEntries(['error', 'warn', 'info'].map((level) => [level, (text) => said.push(`${level} ${text.replace(/^LivematchPubSub: /, '')}`)]));
  const stream = options.stream && { redis, ...options.stream };
  const tee = options.tee?.url ? { redis, ...options.tee } : options.tee;
  const pubSub = new LivematchPubSub({ logger, maxRetryMs: 200, ...options, ...(stream && { stream }), ...(tee && { tee }) });
  const { publish } = pubSub.createPublisher();
  const settled = () => until(() => pubSub.metrics().destinations.every(({ queued }) => queued === 0), 'all is handed on');
  return { pubSub, publish, said, settled, destination: () => pubSub.metrics().destinations[0] };
}

/** A save as Parse Server publishes it. */
export const save = (objectId, fields = {}) => JSON.stringify({ currentParseObject: { className: 'Game', objectId, ...fields } });

/** Asks a Redis something. */
export async function ask(url, ...words) {
  const client = redis.createClient({ url });
  client.on('error', () => {});
  await client.connect();
  const answer = await client.sendCommand(words.map(String));
  await client.quit();
  return answer;
}

/** The entries of a stream, oldest first. */
export async function entries(url, key = 'livequery') {
  const found = await ask(url, 'XRANGE', key, '-', '+');
  return found.map(([id, flat]) => {
    const fields = Object.fromEntries(flat.flatMap((name, index) => (index % 2 ? [] : [[name, flat[index + 1]]])));
    return { id, fields, seq: Number(fields.seq), message: JSON.parse(fields.message) };
  });
}

/** What a reader makes of stamps, as the page says: each message once, in order, and the numbers that are missing. */
export function read(found) {
  const last = new Map();
  const [told, missing] = [[], []];
  let repeats = 0;
  for (const entry of found) {
    const before = last.get(entry.fields.writer) ?? 0;
    if (entry.seq <= before) {
      repeats++;
      continue;
    }
    for (let seq = before + 1; seq < entry.seq; seq++) missing.push(seq);
    last.set(entry.fields.writer, entry.seq);
    told.push(entry);
  }
  return { told, missing, repeats };
}

/** A Redis that writes to the disk what it acknowledges, so that it is killed and has all of it when it starts again. */
export async function startDurableRedis() {
  const folder = await mkdtemp(`${tmpdir()}/livematch-durable-`);
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder];
  const first = await startRedis(undefined, durable);
  let running = first;
  return {
    url: first.url,
    kill: () => running.end('SIGKILL'),
    again: async () => void (running = await startRedis(first.port, durable)),
    pid: () => running.pid,
    end: async () => {
      await running.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Stands before a Redis, and cuts the connection once it is told to: when the answer to the next command comes, or when so many bytes of the
 * next commands have gone by.
 */
export async function startCutter(port) {
  let cut = null;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const pass = (to, isAnswer, stop) => (data) => {
      if (cut?.isAnswer !== isAnswer) return to.write(data);
      const { bytes } = cut;
      cut = null;
      to.end(data.subarray(0, bytes), stop);
    };
    client.on('data', pass(upstream, false, () => client.destroy()));
    upstream.on('data', pass(client, true, () => upstream.destroy()));
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      one.on('error', () => {}).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${server.address().port}`,
    cutAnswer: () => (cut = { isAnswer: true, bytes: 0 }),
    cutRequest: (bytes) => (cut = { isAnswer: false, bytes }),
    end: () => server.close(),
  };
}

/** The package as npm packs it, installed beside Parse Server and its redis. */
export async function install() {
  const folder = await mkdtemp(`${tmpdir()}/livematch-adapter-`);
  const source = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: source });
  const [{ filename, files }] = JSON.parse(stdout);
  const modules = `${folder}/node_modules`;
  const home = `${modules}/parse-server-livematch-adapter`;
  await mkdir(home, { recursive: true });
  await run('tar', ['-xzf', `${folder}/${filename}`, '-C', home, '--strip-components', '1']);
  for (const name of ['redis', 'parse-server']) await symlink(packageOf(name), `${modules}/${name}`);
  return { folder, home, files: files.map((file) => file.path).sort(), remove: () => rm(folder, { recursive: true }) };
}

/** The folder of Parse Server, or of a package that it uses. */
function packageOf(name) {
  const file = name === 'parse-server' ? fileURLToPath(moduleOfRelease()) : parseServer.resolve(name);
  const end = path.join('node_modules', name);
  return file.slice(0, file.lastIndexOf(`${end}${path.sep}`) + end.length);
}
