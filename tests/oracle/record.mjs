// Fills in what the original answers to every case in tests/data.
//
//   node record.mjs           records, and says in ../data/judge.json which release answered
//   node record.mjs --check   changes nothing; exits 1 if a recorded answer is not what the original says
//
// --node VERSION and --parse-server VERSION name another release (release.mjs).

// First, as it may run all of this in another Node.
import { judge } from './release.mjs';

import path from 'node:path';

import { caseFiles, dataFolder, readLines, recordJudge, withRecorded, writeLines } from './lines.mjs';
import { hangs, matchRaw, queryHash } from './matcher.mjs';
import { deliver, passesWatch } from './messages.mjs';
import { Parse, inZone, withTimeLimit } from './original.mjs';
import { subscribe } from './subscribe.mjs';

const checking = process.argv.includes('--check');

/** What each kind of file records of a line, as members that stand last in it. */
const recorders = {
  'subscribe.jsonl': async ({ where }) => ({ expect: { subscribe: await subscribe(where) } }),
  'hash.jsonl': ({ className, where }) => ({ expect: { hash: queryHash(className, where) } }),
  'messages.jsonl': ({ op, message, queries }) => {
    const { objects, ...expect } = deliver(op, message, queries);
    return objects ? { expect, objects } : { expect };
  },
  'watch.jsonl': ({ watch, old: before, new: after }) => ({
    expect: { passes: passesWatch(watch, before, after) },
  }),
  'dates.jsonl': ({ iso }) => ({ expect: { ms: finiteOrNull(+new Date(iso)) } }),
  'geo.jsonl': ({ p, q }) => ({
    expect: { bits: bits(new Parse.GeoPoint(...p).radiansTo(new Parse.GeoPoint(...q))) },
  }),
  'numbers.jsonl': line =>
    'text' in line
      ? { expect: { bits: bits(Number(line.text)) } }
      : { expect: { text: String(fromBits(line.bits)) } },
  'ledger.jsonl': recordDeviation,
};

function recordCase(line) {
  if (hangs(line.where)) throw new Error(`${line.id}: the original would never answer`);
  return { expect: matchRaw(line) };
}

/** What the original answers to an entry of the ledger: what is recorded, or what we answer on a Node without the fault. */
async function recordDeviation(line) {
  const { theirs, ours } = line;
  // The original would never come back.
  if (theirs.hangs) return { theirs, ours };
  const theirsNow = await deviating(line);
  if (isOfThisNode(line)) return { theirs: theirsNow, ours };
  return { theirs: agrees(line, theirsNow) ? theirs : theirsNow, ours };
}

function agrees({ asks, ours }, theirs) {
  if (asks === 'subscribe') return (theirs.subscribe === 'ok') === !ours.error;
  return JSON.stringify(theirs) === JSON.stringify(ours);
}

/** An entry may name the Nodes that differ, by their first numbers; the others have to agree with us. */
function isOfThisNode({ node }) {
  const [major] = process.versions.node.split('.');
  return node === undefined || node.includes(Number(major));
}

async function deviating(line) {
  if (line.asks === 'subscribe') return { subscribe: await subscribe(line.where) };
  if (line.message) return delivered(line);
  const asked = line.parts ? JSON.parse(assembled(line.parts)) : line;
  return withTimeLimit(line.timeLimit ?? 0, () => inZone(line.tz ?? 'UTC', () => matchRaw(asked)));
}

/** The events of a message or that it is lost, without the objects that the matcher saw. */
function delivered({ op, message, queries }) {
  const { objects, ...answer } = deliver(op, message, queries);
  return answer;
}

/** A line written as `[text, times]` pairs: too long, or not JSON for every reader. */
const assembled = parts => parts.map(([text, times]) => text.repeat(times)).join('');

const finiteOrNull = number => (Number.isFinite(number) ? number : null);

/** The bits of a double in hexadecimal; null for NaN, which has many. */
function bits(number) {
  if (Number.isNaN(number)) return null;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

function fromBits(hexadecimal) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt('0x' + hexadecimal));
  return view.getFloat64(0);
}

async function recordFile(file, recorder) {
  const lines = readLines(file);
  const fresh = [];
  for (const line of lines) fresh.push(withRecorded(line, await recorder(JSON.parse(line))));
  const stale = fresh.filter((line, i) => line !== lines[i]);
  if (!checking && stale.length) writeLines(file, fresh);
  for (const line of checking ? stale : []) console.log(`${path.basename(file)}: the original says ${line}`);
  return { total: lines.length, stale: stale.length };
}

/** Ids that stand on more than one line, over all files. */
function repeatedIds(files) {
  const seen = new Set();
  const ids = files.flatMap(file => readLines(file).map(line => JSON.parse(line).id));
  return ids.filter(id => id === undefined || seen.size === seen.add(id).size);
}

const plan = [
  ...caseFiles().map(file => [file, recordCase]),
  ...Object.entries(recorders).map(([name, recorder]) => [path.join(dataFolder, name), recorder]),
];
let total = 0;
let stale = 0;
for (const [file, recorder] of plan) {
  const counts = await recordFile(file, recorder);
  total += counts.total;
  stale += counts.stale;
}
if (!checking) recordJudge('default', judge());
const repeated = repeatedIds(plan.map(([file]) => file));
for (const id of repeated) console.log(`more than one line has the id ${id}`);
const { 'parse-server': server, node } = judge();
const outcome = checking ? 'differ' : 'recorded anew';
console.log(`parse-server ${server} on Node ${node}: ${total} lines in ${plan.length} files, ${stale} ${outcome}`);
process.exit((checking && stale) || repeated.length ? 1 : 0);
