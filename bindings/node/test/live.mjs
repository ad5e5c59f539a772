// Random cases, answered by the module and by Parse Server's own matcher in this process:
//
//   node test/live.mjs [--count N] [--seed S] [--profile P]
//
// The cases and what is agreed on are those of tests/oracle, where `npm ci` is to be run first. Exits 1 if anything differs.
import { parseArgs } from 'node:util';
// First, as it may run all of this in another Node.
import { judge } from '../../../tests/oracle/release.mjs';
import { lines } from '../../../tests/oracle/generate.mjs';
import { judgeChange } from '../../../tests/oracle/judge.mjs';
import { Query } from '../index.mjs';
import { members, present, recorded } from './lines.mjs';

const { values: options } = parseArgs({ options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' }, profile: { type: 'string', default: 'mixed' } } });
const count = Number(options.count);
const SHOWN = 20;

/** Every second case is asked as bytes. */
let asked = 0;
const given = (text) => (text !== null && asked % 2 ? Buffer.from(text) : text);

function answered({ where, old, new: now }) {
  asked += 1;
  try {
    return JSON.stringify(recorded(new Query(given(where)).classify(given(present(old)), given(present(now)))));
  } catch ({ code, kind, pointer, message }) {
    if (!['LIVEMATCH_REFUSED', 'LIVEMATCH_UNREADABLE'].includes(code)) return JSON.stringify({ error: { kind: code, pointer, message } });
    return JSON.stringify({ error: { kind, pointer, message } });
  }
}

const tally = { refused: 0, explained: 0, different: 0 };
const began = performance.now();
const source = lines(options.seed, options.profile);
for (let n = 0; n < count; n += 1) {
  const line = source.next().value;
  const answer = answered(members(line));
  tally.refused += answer.startsWith('{"error"');
  const found = await judgeChange(line)(answer);
  if (!found) continue;
  if (found.explainedBy) tally.explained += 1;
  else if ((tally.different += 1) <= SHOWN) console.log(`DIFFERENT ${found.kind}\n  ${line}\n  theirs ${JSON.stringify(found.theirs)}\n  ours   ${answer}`);
}
const { 'parse-server': server, node } = judge();
console.log(`parse-server ${server} on Node ${node}: ${count} cases (seed ${options.seed}, profile ${options.profile}), ${tally.refused} refused, ` +
  `${tally.explained} in the ledger, ${tally.different} different; ${Math.round((1000 * count) / (performance.now() - began))} a second`);
process.exitCode = tally.different > 0 || count === 0 || tally.refused > 0.1 * count ? 1 : 0;
