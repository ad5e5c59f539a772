// Random cases of this dialect, answered by the binary and by the second judge side by side.
//
//   node find/live.mjs --count N --seed S [--profile P] [--bin PATH] [--jobs J]
//
// J processes (2 if not said) share the cases; all but the first add their number to the seed. Prints every disagreement
// that the ledger does not explain, in its smallest form, and exits 1 if there is any.

import { parseArgs } from 'node:util';

import { built, example } from '../../target.mjs';
import { count as countOne, isShare, shared, tell } from '../jobs.mjs';
import { shrink } from '../shrink.mjs';
import { Tool, askOnce } from '../tool.mjs';
import { lines, profileNames } from './generate.mjs';
import { Unstorable, find } from './judge.mjs';
import { explain } from './ledger.mjs';

const BATCH = 1000;
const SHOWN = 20; // disagreements that are cut down and printed
const ARGS = ['--dialect', 'find'];

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'mixed' },
    bin: { type: 'string', default: example('classify') },
    jobs: { type: 'string', default: '2' },
  },
});
const count = Number(options.count);
const { seed, profile } = options;
if (!profileNames.includes(profile)) throw new Error(`no profile ${profile}; there are ${profileNames.join(', ')}`);
const bin = built(options.bin, 'cargo build --release --example classify');

const tally = { cases: 0, refused: 0, undecided: 0, explained: {}, disagreements: 0 };

/** What the judge has said of the lines of a batch: it is asked when a line is made, and when it is answered. */
const said = new Map();

/** What the judge says; null where it cannot: an object that could not be saved, a pattern that PCRE2 gives up. */
function judged(line) {
  if (!said.has(line)) said.set(line, judge(line));
  return said.get(line);
}

function judge(line) {
  try {
    return find(JSON.parse(line));
  } catch (error) {
    if (error instanceof Unstorable || error instanceof TypeError || error.message.startsWith('PCRE2 gave up')) return null;
    throw error;
  }
}

const isRefused = line => judged(line)?.error !== undefined;

/** Reasons that the binary has a kind of error for; any other refusal is a refusal. */
const KINDS = { 'sub-query': 'sub-query', text: 'full-text' };
const ASKS = /\$(text|select|dontSelect|inQuery|notInQuery|relatedTo)"/;

/** Which of several reasons is told is not compared. */
function agrees(line, theirs, ours) {
  if (theirs.error === undefined && !ours.error) {
    return theirs.old === ours.old && theirs.new === ours.new && theirs.event === ours.event;
  }
  if (theirs.error === undefined || !ours.error) return false;
  const kind = KINDS[theirs.error];
  return kind ? ours.error.kind === kind || ASKS.test(line) : !Object.values(KINDS).includes(ours.error.kind) || ASKS.test(line);
}

/** null, or what is wrong with an answer: the name of the ledger's entry that explains it, if one does. */
function finding(line, answer) {
  const theirs = judged(line);
  if (theirs === null) return { isUndecided: true };
  const ours = JSON.parse(answer);
  if (agrees(line, theirs, ours)) return null;
  const where = JSON.parse(line).where;
  return { theirs, explainedBy: explain({ line, where, theirs, ours }) };
}

async function account(line, answer) {
  const found = finding(line, answer);
  if (!found) return;
  if (found.isUndecided) tally.undecided += 1;
  else if (found.explainedBy) countOne(tally.explained, found.explainedBy);
  else await disagreement(line);
}

async function disagreement(line) {
  tally.disagreements += 1;
  if (tally.disagreements > SHOWN) return;
  const isWrong = found => found?.theirs && !found.explainedBy;
  const smallest = await shrink(line, ['where', 'old', 'new'], shorter => {
    const answers = askOnce(bin, ARGS, shorter);
    return shorter.findIndex((one, i) => answers[i] && isWrong(finding(one, answers[i])));
  });
  const [answer] = askOnce(bin, ARGS, [smallest]);
  console.log(`DISAGREEMENT\n  ${smallest}\n  theirs ${JSON.stringify(judged(smallest))}\n  ours   ${answer}`);
}

async function run() {
  const tool = new Tool(bin, ARGS);
  const source = lines(seed, profile, isRefused);
  for (let left = count; left > 0; left -= BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, left) }, () => source.next().value);
    const answers = await tool.ask(batch);
    for (const [i, line] of batch.entries()) await account(line, answers[i]);
    said.clear();
    tally.cases += batch.length;
    tally.refused += answers.filter(answer => answer.startsWith('{"error"')).length;
  }
  tool.close();
}

function summary(seconds) {
  for (const [id, times] of Object.entries(tally.explained).sort((a, b) => b[1] - a[1])) console.log(`  ledger ${id}: ${times}`);
  const inLedger = Object.values(tally.explained).reduce((sum, times) => sum + times, 0);
  console.log(
    `${tally.cases} cases, ${inLedger} in the ledger, ${tally.disagreements} disagreements (seed ${seed}, profile ${profile}), ` +
      `${Math.round(tally.cases / seconds)} a second`,
  );
  console.log(`${tally.refused} refused, ${tally.undecided} that the judge cannot decide`);
}

const start = performance.now();
await shared(import.meta.filename, { ...options, bin }, tally, run);
const isNothing = tally.cases === 0;
if (isShare) tell(tally);
else summary((performance.now() - start) / 1000);
if (isNothing) console.log('nothing was compared');
process.exitCode = tally.disagreements > 0 || isNothing ? 1 : 0;
