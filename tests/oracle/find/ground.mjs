// Holds the evaluator against triples whose answers are MongoDB 8.2's: filter, documents, the ids that are found.
//
//   node find/ground.mjs        prints counts by operator; exits 1 if one is answered otherwise

import path from 'node:path';

import { BSON } from './driver.mjs';
import { dataFolder, readLines } from '../lines.mjs';
import { FilterError } from './mongo/error.mjs';
import { compile } from './mongo/filter.mjs';

const file = path.join(dataFolder, 'find/mongo_ground.jsonl');

/** A value of the file, in which what JSON lacks is written as `{"$date": …}` and the like. */
function valueOf(json) {
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json !== 'object' || json === null) return json;
  const names = Object.keys(json);
  if (names.length === 1) {
    const [name, inner] = [names[0], json[names[0]]];
    if (name === '$date' && typeof inner === 'number') return new Date(inner);
    if (name === '$binary') return new BSON.Binary(Buffer.from(inner.base64, 'base64'), parseInt(inner.subType, 16));
    if (name === '$regularExpression') return new BSON.BSONRegExp(inner.pattern, inner.options);
  }
  return Object.fromEntries(names.map(name => [name, valueOf(json[name])]));
}

function answer({ filter, docs }) {
  try {
    const test = compile(valueOf(filter));
    return docs.map(valueOf).filter(test).map(document => document._id);
  } catch (error) {
    if (error instanceof FilterError) return `refused: ${error.message}`;
    throw error;
  }
}

/**
 * Whether a triple was about whole numbers that only 64 bits can tell apart: as JSON they have become equal, and what was
 * found of them no longer follows.
 */
const isBlurred = line => (line.match(/-?\d{16,}/g) ?? []).some(digits => !Number.isSafeInteger(Number(digits)));

/** The operators of a filter, by name. */
function operators(filter, found = new Set()) {
  if (typeof filter !== 'object' || filter === null) return found;
  for (const [name, inner] of Object.entries(filter)) {
    if (name.startsWith('$') && !['$date', '$binary', '$regularExpression'].includes(name)) found.add(name);
    operators(inner, found);
  }
  return found;
}

const tally = new Map();
let wrong = 0;
let blurred = 0;
// What is found first is another matter.
const sorted = found => JSON.stringify(Array.isArray(found) ? found.toSorted() : found);
for (const line of readLines(file)) {
  const triple = JSON.parse(line);
  const found = answer(triple);
  const agrees = sorted(found) === sorted(triple.expected);
  if (!agrees && isBlurred(line)) {
    blurred += 1;
    continue;
  }
  if (!agrees) {
    wrong += 1;
    console.log(`DISAGREEMENT ${triple.id}\n  ${line}\n  ours ${JSON.stringify(found)}`);
  }
  const names = operators(triple.filter);
  for (const name of names.size ? names : ['equality']) {
    const counts = tally.get(name) ?? { agree: 0, all: 0 };
    counts.all += 1;
    counts.agree += agrees ? 1 : 0;
    tally.set(name, counts);
  }
}
for (const [name, { agree, all }] of [...tally].sort((a, b) => b[1].all - a[1].all)) {
  console.log(`${name.padEnd(16)} ${agree} of ${all}`);
}
const all = readLines(file).length;
console.log(`${all - wrong - blurred} of ${all} triples agree, ${blurred} ask for whole numbers beyond 2^53 and are undecided in JSON`);
process.exit(wrong ? 1 : 0);
