// Measures Parse Server's own `matchesQuery` on the same files, bare: no clones, no guard on patterns, warm.
//
//   node judge.mjs single FOLDER
//   node judge.mjs many FOLDER SIZE SECONDS
//   node judge.mjs messages FOLDER
//
// The lines are those of main.rs: {"name", "value"} in nanoseconds, and {"name", "answers"}.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

import { fastest, now } from './fastest.mjs';
import { eventOf } from '../../tests/oracle/matcher.mjs';
import { QueryTools } from '../../tests/oracle/original.mjs';

const { matchesQuery, setRegexTimeout } = QueryTools;

/** The guard on patterns that Parse Server has unless it is told otherwise. */
const GUARD_MS = 100;
const COMPARED = 20;

const print = line => console.log(JSON.stringify(line));
const value = (name, value) => print({ name, value });

// W1

function matching(objects, where) {
  let count = 0;
  for (let i = 0; i < objects.length; i++) if (matchesQuery(objects[i], where)) count++;
  return count;
}

function single(folder) {
  const { queries, objects } = JSON.parse(fs.readFileSync(path.join(folder, 'single.json')));
  for (const { name, where } of queries) {
    value(`node/single/${name}`, fastest(() => matching(objects, where)) / objects.length);
    const places = objects.flatMap((object, place) => (matchesQuery(object, where) ? [place] : []));
    print({ name: `node/single/${name}`, answers: places });
  }
  setRegexTimeout(GUARD_MS);
  for (const { name, where } of queries.filter(({ name }) => name.startsWith('regex'))) {
    value(`node/guarded/${name}`, fastest(() => matching(objects, where)) / objects.length);
  }
}

// W2

const file = (folder, size, what) => path.join(folder, `many-${size}.${what}.jsonl`);

async function readLines(name, count = Infinity) {
  const lines = [];
  for await (const line of readline.createInterface({ input: fs.createReadStream(name) })) {
    if (lines.push(line) >= count) break;
  }
  return lines;
}

/** The loop over all queries. The objects must be fresh: matching changes their dates. */
function hits(queries, before, after) {
  const found = [];
  for (let place = 0; place < queries.length; place++) {
    const where = queries[place];
    const was = before !== null && matchesQuery(before, where);
    const is = after !== null && matchesQuery(after, where);
    if (!was && !is) continue;
    found.push([place, eventOf(was, is, before !== null, after !== null)]);
  }
  return found;
}

/** The times and answers of as many changes as fit into some seconds. */
function ask(queries, lines, seconds) {
  const times = [];
  const answers = [];
  const end = now() + seconds * 1e9;
  for (const line of lines) {
    const { old: before, new: after } = JSON.parse(line);
    const start = now();
    const found = hits(queries, before, after);
    times.push(now() - start);
    answers.push(found);
    if (now() > end) break;
  }
  return { times, answers };
}

async function many(folder, size, seconds) {
  const queries = (await readLines(file(folder, size, 'clauses'))).map(line => JSON.parse(line));
  ask(queries, await readLines(file(folder, size, 'warmup')), seconds / 4);
  const changes = await readLines(file(folder, size, 'changes'));
  const { times, answers } = ask(queries, changes, seconds);
  const sorted = times.toSorted((a, b) => a - b);
  value(`node/many/${size}/changes`, times.length);
  value(`node/many/${size}/change/median`, sorted[Math.floor(sorted.length / 2)]);
  print({ name: `node/many/${size}`, answers: answers.slice(0, COMPARED) });
}

// W3

async function messages(folder) {
  const { queries } = JSON.parse(fs.readFileSync(path.join(folder, 'single.json')));
  const { where } = queries.find(({ name }) => name === 'mixed_6');
  const lines = await readLines(path.join(folder, 'messages.jsonl'));
  const read = fastest(() => lines.forEach(line => JSON.parse(line)));
  value('node/messages/parse', read / lines.length);
  const classify = line => {
    const message = JSON.parse(line);
    matchesQuery(message.originalParseObject, where);
    matchesQuery(message.currentParseObject, where);
  };
  value('node/messages/one_query', fastest(() => lines.forEach(classify)) / lines.length);
}

const [what, folder, size, seconds] = process.argv.slice(2);
switch (what) {
  case 'single':
    single(folder);
    break;
  case 'many':
    await many(folder, size, Number(seconds));
    break;
  case 'messages':
    await messages(folder);
    break;
  default:
    throw new Error('see the head of benches/yardstick/judge.mjs for the arguments');
}
