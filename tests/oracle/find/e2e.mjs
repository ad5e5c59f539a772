// Asks a real Parse Server over HTTP, on a MongoDB-compatible server, and compares with what is recorded.
//
//   node find/e2e.mjs [--every N] [--file NAME]      every Nth directed case (13 if not said), of all files or of one
//
// The database is SecantusDB, a process of its own. Where it is known to answer otherwise than MongoDB is listed in
// ../data/find/secantus.jsonl; a difference that no entry explains is printed, and the exit code is 1.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { dataFolder, readLines } from '../lines.mjs';
import { MongoClient } from './driver.mjs';
import { ask } from './judge.mjs';
import { documentOf } from './lowering.mjs';
import { python } from './pcre2.mjs';
import { schemas } from './schema.mjs';

const { values: options } = parseArgs({ options: { every: { type: 'string', default: '13' }, file: { type: 'string' } } });
const CLIENT = { 'X-Parse-Application-Id': 'find' };
const MASTER = { ...CLIENT, 'X-Parse-Master-Key': 'master', 'Content-Type': 'application/json' };

function freePort() {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function reachable(port) {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const open = await new Promise(resolve => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('close', () => {});
      socket.on('connect', () => socket.end());
    });
    if (open) return;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error('SecantusDB does not answer');
}

async function startDatabase() {
  const port = await freePort();
  const args = ['-m', 'secantus', '--host', '127.0.0.1', '--port', String(port), '--storage-path', ':memory:', '--standalone'];
  const child = spawn(python, args, { stdio: 'ignore' });
  process.on('exit', () => child.kill());
  await reachable(port);
  return { uri: `mongodb://127.0.0.1:${port}/find`, stop: () => child.kill() };
}

async function startServer(databaseURI) {
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'server.mjs'), String(port), databaseURI], { stdio: ['ignore', 'pipe', process.env.E2E_LOG ? 'inherit' : 'ignore'] });
  process.on('exit', () => child.kill());
  await new Promise((resolve, reject) => {
    child.stdout.on('data', said => String(said).includes('ready') && resolve());
    child.on('close', code => reject(new Error(`Parse Server ended with code ${code}`)));
  });
  return `http://127.0.0.1:${port}/parse`;
}

/** A request; once more if the server has just closed the socket that was kept for it. */
const request = (url, init) => fetch(url, init).catch(() => fetch(url, init));

/** Classes by their columns: one is made when it is first needed. */
class Classes {
  #made = new Set();

  constructor(url, database) {
    Object.assign(this, { url, database });
  }

  async holding(object, fields) {
    const columns = Object.fromEntries(Object.entries(fields).filter(([name]) => !['objectId', 'createdAt', 'updatedAt', 'ACL'].includes(name)));
    const name = `C${createHash('sha1').update(JSON.stringify(columns)).digest('hex').slice(0, 12)}`;
    if (!this.#made.has(name)) {
      const body = JSON.stringify({ className: name, fields: columns });
      const answer = await request(`${this.url}/schemas/${name}`, { method: 'POST', headers: MASTER, body });
      if (!answer.ok) return null;
      this.#made.add(name);
    }
    const collection = this.database.collection(name);
    await collection.deleteMany({});
    const document = documentOf(object, { className: name, fields });
    await collection.insertOne({ _id: 'obj1', ...document });
    return name;
  }

  async find(name, where) {
    const answer = await request(`${this.url}/classes/${name}?where=${encodeURIComponent(JSON.stringify(where))}`, { headers: CLIENT });
    const body = await answer.json();
    return body.results ? body.results.length > 0 : 'error';
  }
}

/** Why a case cannot be asked of the server, if so: it takes objects that it lets be saved, and a clock of its own. */
function unaskable(one) {
  if (one.new === null) return 'no object';
  if (one.now) return 'a clock';
  if (one.legacyDottedNull === false) return 'an option of the judge';
  if (['sub-query', 'text'].includes(one.expect.error)) return 'more than one object';
  // Who is no master is asked for `_rperm` what the server itself asks.
  if (one.new.ACL || JSON.stringify(one.where).includes('_rperm')) return 'who may read';
  const names = Object.keys(one.new ?? {});
  if (JSON.stringify(one.new).includes('"0":') || !names.every(key => /^[a-zA-Z][a-zA-Z0-9_]*$/.test(key))) return 'names that are not saved';
  return null;
}

/** Every so manieth of those that can be asked. */
function* askable() {
  const folder = path.join(dataFolder, 'find/cases');
  const names = options.file ? [`${options.file}.jsonl`] : fs.readdirSync(folder).sort();
  let at = 0;
  for (const name of names) {
    for (const line of readLines(path.join(folder, name))) {
      const one = JSON.parse(line);
      tally.cases += 1;
      const why = unaskable(one);
      if (why) count(tally.unaskable, why);
      else if (++at % Number(options.every) === 0) yield one;
    }
  }
}

const count = (counts, what) => counts.set(what, (counts.get(what) ?? 0) + 1);

const expected = ({ expect }) => (expect.error !== undefined || expect.new === 'fault' ? 'error' : expect.new);

const gaps = readLines(path.join(dataFolder, 'find/secantus.jsonl')).map(line => JSON.parse(line));
const explains = (gap, one, answer) =>
  new RegExp(gap.where).test(JSON.stringify(one.where)) && (gap.object === undefined || new RegExp(gap.object).test(JSON.stringify(one.new))) && (gap.answer === undefined || gap.answer === answer);

const database = await startDatabase();
const client = await MongoClient.connect(database.uri);
const classes = new Classes(await startServer(database.uri), client.db());
const tally = { cases: 0, unaskable: new Map(), asked: 0, agree: 0, skipped: 0, gaps: new Map(), wrong: 0 };
for (const one of askable()) {
  const fields = ask(one, one.new).fields ?? schemas(one.where, one.new, one.schema).next().value;
  const name = await classes.holding(one.new, fields);
  if (!name) {
    tally.skipped += 1;
    continue;
  }
  const answer = await classes.find(name, one.where).catch(error => {
    throw new Error(`${one.id}: ${error.message}, ${error.cause?.message}`);
  });
  tally.asked += 1;
  if (answer === expected(one)) {
    tally.agree += 1;
    continue;
  }
  const gap = gaps.find(each => explains(each, one, answer));
  if (gap) count(tally.gaps, gap.gap);
  else {
    tally.wrong += 1;
    console.log(`DISAGREEMENT ${one.id} server ${answer} judge ${expected(one)}\n  ${JSON.stringify(one.where)}\n  ${JSON.stringify(one.new)}`);
  }
}
for (const [gap, times] of tally.gaps) console.log(`  known gap ${gap}: ${times}`);
for (const [why, times] of tally.unaskable) console.log(`  cannot be asked, ${why}: ${times}`);
const unasked = [...tally.unaskable.values()].reduce((sum, times) => sum + times, 0);
const explained = [...tally.gaps.values()].reduce((sum, times) => sum + times, 0);
console.log(
  `${tally.cases} cases, of which ${unasked} cannot be asked; every ${options.every}th of the others: ${tally.asked} asked of Parse Server, ${tally.agree} agree, ` +
    `${explained} differ as is known of the database, ${tally.wrong} disagree, ${tally.skipped} refused, as they could not be saved`,
);
if (tally.asked === 0) console.log('nothing was asked');
database.stop();
process.exit(tally.wrong || tally.asked === 0 ? 1 : 0);
