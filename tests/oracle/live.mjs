// Random cases, answered by the binary and by the original side by side.
//
//   node live.mjs --count N --seed S [--profile P] [--bin PATH] [--jobs J]
//   node live.mjs --count N --seed S [--profile P] --emit FILE    only writes the cases
//
// --node VERSION and --parse-server VERSION name another release (release.mjs).
// J processes (2 if not said) share the cases; all but the first add their number to the seed.
//
// Prints every disagreement that the ledger does not explain, in its smallest form, and exits 1 if there is any.

// First, as it may run all of this in another Node.
import { judge } from './release.mjs';

import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { built, example } from '../target.mjs';
import { lines, profileNames, queryLines } from './generate.mjs';
import { count as countOne, isShare, shared, tell } from './jobs.mjs';
import { judgeChange, judgeMessage } from './judge.mjs';
import { hangs } from './matcher.mjs';
import { shrink } from './shrink.mjs';
import { subscribe } from './subscribe.mjs';
import { Tool, askOnce, withFile } from './tool.mjs';

const BATCH = 1000;
const QUERIES = 16; // queries that a run of messages is delivered to
const MESSAGES = 5000; // messages before the queries change
const SHOWN = 20; // disagreements that are cut down and printed
const MOST_REFUSED = 0.03; // of the cases of a profile that is not about refusing
const ENOUGH = 1000; // cases of which a share can be told

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'mixed' },
    bin: { type: 'string', default: example('classify') },
    emit: { type: 'string' },
    jobs: { type: 'string', default: '2' },
  },
});
const count = Number(options.count);
const { seed, profile, bin } = options;
if (!profileNames.includes(profile)) throw new Error(`no profile ${profile}; there are ${profileNames.join(', ')}`);

const tally = { cases: 0, refused: 0, lost: 0, explained: {}, disagreements: 0 };

function* batches(source, total) {
  for (let left = total; left > 0; left -= BATCH) {
    yield Array.from({ length: Math.min(BATCH, left) }, () => source.next().value);
  }
}

/** Asks the binary, `args` given to it, about `total` lines of `source`; `judge(line, answer)` says what is wrong. */
async function run(args, source, total, judge, roots) {
  const tool = new Tool(built(bin, 'cargo build --release --example classify'), args);
  for (const batch of batches(source, total)) {
    const answers = tool.ask(batch);
    const judges = batch.map(line => judge(line));
    const texts = await answers;
    for (const [i, line] of batch.entries()) await account(line, await judges[i](texts[i]), args, judge, roots);
    tally.cases += batch.length;
    tally.refused += texts.filter(text => text.startsWith('{"error"')).length;
    tally.lost += texts.filter(text => text.startsWith('{"lost"')).length;
  }
  tool.close();
}

async function account(line, finding, args, judge, roots) {
  if (!finding) return;
  if (finding.explainedBy) {
    countOne(tally.explained, finding.explainedBy);
    return;
  }
  tally.disagreements += 1;
  if (tally.disagreements > SHOWN) return;
  const smallest = await shrink(line, roots, shorter => firstWrong(shorter, finding.kind, args, judge));
  const [answer] = askOnce(bin, args, [smallest]);
  const again = await judge(smallest)(answer);
  const theirs = JSON.stringify((again ?? finding).theirs);
  console.log(`DISAGREEMENT ${finding.kind}\n  ${smallest}\n  theirs ${theirs}\n  ours   ${answer}`);
}

async function firstWrong(shorter, kind, args, judge) {
  const answers = askOnce(bin, args, shorter);
  for (const [i, line] of shorter.entries()) {
    const finding = answers[i] ? await judge(line)(answers[i]) : null;
    if (finding && !finding.explainedBy && finding.kind === kind) return i;
  }
  return -1;
}

/** Messages go to a set of queries, and each set to a binary of its own. */
async function runMessages() {
  const source = lines(seed, profile);
  for (let done = 0, round = 0; done < count; done += MESSAGES, round += 1) {
    const texts = await subscribable(queryLines(`${seed}/${round}`, QUERIES));
    const queries = texts.map(text => JSON.parse(text));
    const judge = line => judgeMessage(line, queries);
    await withFile(texts, file =>
      run(['--messages', file], source, Math.min(MESSAGES, count - done), judge, ['message']),
    );
  }
}

/** The queries that both sides take: their answers are what is compared here. */
async function subscribable(texts) {
  const wheres = texts.map(text => JSON.parse(text).where);
  const answers = askOnce(bin, [], wheres.map(where => `{"where":${JSON.stringify(where)},"old":null,"new":null}`));
  const taken = [];
  for (const [i, where] of wheres.entries()) {
    const accepted = !JSON.parse(answers[i]).error && !hangs(where) && (await subscribe(where)) === 'ok';
    if (accepted) taken.push(texts[i]);
  }
  return taken;
}

async function emit() {
  const out = fs.createWriteStream(options.emit);
  const source = lines(seed, profile);
  for (const batch of batches(source, count)) {
    if (!out.write(batch.join('\n') + '\n')) await new Promise(resolve => out.once('drain', resolve));
  }
  out.end();
}

/** Cases that are refused are compared in nothing else, so few may be. */
const isRefusedTooOften = () =>
  profile !== 'refusals' && tally.cases >= ENOUGH && tally.refused > tally.cases * MOST_REFUSED;

const percent = part => `${((100 * part) / tally.cases).toFixed(1)} %`;

function summary(seconds) {
  const explained = Object.entries(tally.explained).sort((a, b) => b[1] - a[1]);
  const inLedger = explained.reduce((sum, [, times]) => sum + times, 0);
  for (const [id, times] of explained) console.log(`  ledger ${id}: ${times}`);
  const rate = Math.round(tally.cases / seconds);
  const { 'parse-server': server, node } = judge();
  console.log(`parse-server ${server} on Node ${node}`);
  console.log(
    `${tally.cases} cases, ${inLedger} in the ledger, ${tally.disagreements} disagreements ` +
      `(seed ${seed}, profile ${profile}), ${rate} a second`,
  );
  const lost = profile === 'messages' ? `, ${tally.lost} (${percent(tally.lost)}) lost` : '';
  console.log(`${tally.refused} (${percent(tally.refused)}) refused${lost}`);
  if (isRefusedTooOften()) console.log(`more than ${100 * MOST_REFUSED} % are refused: the generator has to make other cases`);
  console.log(`${tally.cases - tally.disagreements} passed, ${tally.disagreements} failed`);
}

function runAll() {
  return profile === 'messages'
    ? runMessages()
    : run([], lines(seed, profile), count, judgeChange, ['where', 'old', 'new']);
}

if (options.emit) {
  await emit();
} else {
  const start = performance.now();
  await shared(import.meta.filename, options, tally, runAll);
  if (isShare) tell(tally);
  else summary((performance.now() - start) / 1000);
  const isNothing = tally.cases === 0;
  if (isNothing) console.log('nothing was compared');
  process.exitCode = tally.disagreements > 0 || isNothing || isRefusedTooOften() ? 1 : 0;
}
