// The whole stack that an app runs: PostgreSQL, Redis, and the real Parse Server with its own LiveQuery server.
import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { start, startOnPort, startRedis } from './process.mjs';
import { APP_ID } from './feed.mjs';
import { moduleOfRelease } from './releases.mjs';

const run = promisify(execFile);

export const MASTER_KEY = 'master';
export const JAVASCRIPT_KEY = 'js';

/** How long either server believes what it knows of a session or a role, so that the tests need not wait for it. */
export const CACHE_MS = 100;

/** Debian keeps its programs out of the path. */
async function postgresPrograms() {
  const versions = await readdir('/usr/lib/postgresql');
  return `/usr/lib/postgresql/${versions.sort((a, b) => b - a)[0]}/bin`;
}

/** PostgreSQL refuses to run as root. */
async function unprivileged() {
  if (process.getuid() !== 0) return {};
  const id = async (flag) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/** Starts a PostgreSQL with a cluster of its own, which is gone when it ends. */
export async function startPostgres() {
  const [programs, user] = [await postgresPrograms(), await unprivileged()];
  const home = await mkdtemp(`${tmpdir()}/livematch-postgres-`);
  if (user.uid !== undefined) await chown(home, user.uid, user.gid);
  const data = `${home}/data`;
  const options = { cwd: home, ...user };
  await run(`${programs}/initdb`, ['-D', data, '-U', 'parse', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale', 'C'], options);
  const settings = ['fsync=off', 'synchronous_commit=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`];
  const isReady = (line) => line.includes('ready to accept connections');
  const postgres = await startOnPort(async (port) => {
    const args = ['-D', data, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])];
    return { ...(await start(`${programs}/postgres`, args, isReady, options)), port };
  });
  const end = async () => {
    await postgres.end('SIGINT'); // at once, whoever is connected
    await rm(home, { recursive: true });
  };
  return { ...postgres, end, url: `postgres://parse@127.0.0.1:${postgres.port}/postgres` };
}

/** Starts Parse Server with its LiveQuery server, on a database and a Redis. */
export function startParse(options) {
  return startOnPort((port) => startParseOn(port, options));
}

async function startParseOn(port, { databaseUrl, redisUrl, classNames, settings: more }) {
  const program = fileURLToPath(new URL('parse-server.mjs', import.meta.url));
  const settings = {
    module: moduleOfRelease(),
    port,
    databaseUrl,
    redisUrl,
    classNames,
    appId: APP_ID,
    masterKey: MASTER_KEY,
    javascriptKey: JAVASCRIPT_KEY,
    cacheMs: CACHE_MS,
    more,
  };
  const env = { ...process.env, PARSE_SERVER_LOGS_FOLDER: 'null' }; // it writes files before it has its settings
  const parse = await start(process.execPath, [program, JSON.stringify(settings)], (line) => line === 'ready', { env });
  return { ...parse, port, url: `http://127.0.0.1:${port}/parse`, ws: `ws://127.0.0.1:${port}/parse` };
}

/** All of them, and a way to end them. */
export async function startStack(classNames, settings) {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const parse = await startParse({ databaseUrl: postgres.url, redisUrl: redis.url, classNames, settings });
  const end = async () => {
    await parse.end('SIGTERM');
    await Promise.all([redis.end('SIGTERM'), postgres.end()]);
  };
  return { redis, parse, rest: rest(parse.url), end };
}

/** Parse Server's REST API, with the master key unless others are given. */
export function rest(url) {
  const ask = async (method, path, body, who = { 'X-Parse-Master-Key': MASTER_KEY }) => {
    const response = await fetch(`${url}/${path}`, {
      method,
      headers: { 'X-Parse-Application-Id': APP_ID, 'Content-Type': 'application/json', ...who },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    create: async (className, fields) => (await ask('POST', path(className), fields)).objectId,
    update: (className, id, fields) => ask('PUT', `${path(className)}/${id}`, fields),
    remove: (className, id) => ask('DELETE', `${path(className)}/${id}`),
    // Whoever signs up with the master key gets no session.
    signUp: (fields) => ask('POST', 'users', fields, {}),
    ask,
  };
}

/** System classes have paths of their own. */
const PATHS = { _User: 'users', _Role: 'roles' };
const path = (className) => PATHS[className] ?? `classes/${className}`;
