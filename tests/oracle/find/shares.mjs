// How many of the generator's cases find() refuses: of such a case nothing else can be compared.
//
//   node find/shares.mjs [--count N] [--seed S]      N cases of each profile (1,000 if not said)
//
// Exits 1 if it is more than 3 % of a profile.

import { parseArgs } from 'node:util';

import { lines, profileNames } from './generate.mjs';
import { find } from './judge.mjs';

const MOST_REFUSED = 0.03;

const { values: options } = parseArgs({ options: { count: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } } });
const count = Number(options.count);

/** Also where PCRE2 gives a pattern up, so that there is no answer. */
function isRefused(line) {
  try {
    return find(JSON.parse(line)).error !== undefined;
  } catch (error) {
    if (error.message.startsWith('PCRE2 gave up')) return true;
    throw error;
  }
}

for (const profile of profileNames) {
  const source = lines(options.seed, profile, isRefused);
  let refused = 0;
  for (let i = 0; i < count; i += 1) refused += isRefused(source.next().value);
  const share = refused / count;
  console.log(`${profile}: ${refused} of ${count} (${(100 * share).toFixed(1)} %) refused`);
  if (share > MOST_REFUSED) process.exitCode = 1;
}
process.exit();
