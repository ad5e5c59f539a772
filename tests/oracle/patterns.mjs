#!/usr/bin/env node
// What JavaScript answers to regular expressions.
//
//   node patterns.mjs --node 24     records the answers into ../data/patterns.jsonl
//   node patterns.mjs --check       tells where that file says something else than this Node
//   node patterns.mjs --live [--count N] [--seed S] [--profile texts|syntax] [--lines PROGRAM]
//                                   N random checks against `cargo build --release --example pattern_lines`
//
// With --node VERSION another Node is asked than the one at hand.

import './release.mjs';
import { parseArgs } from 'node:util';

import { built, example } from '../target.mjs';
import { MOST_REFUSED, live, profileNames } from './patterns/live.mjs';
import { answers, check, record } from './patterns/table.mjs';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    answers: { type: 'boolean' },
    live: { type: 'boolean' },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'texts' },
    lines: { type: 'string', default: example('pattern_lines') },
  },
});

if (options.live) {
  const { profile } = options;
  if (!profileNames.includes(profile)) throw new Error(`no profile ${profile}; there are ${profileNames.join(', ')}`);
  const seed = Number(options.seed);
  const program = built(options.lines, 'cargo build --release --example pattern_lines');
  const tally = await live({ count: Number(options.count), seed, profile, program });
  const refusedHere = Object.values(tally.refused).reduce((sum, times) => sum + times, 0);
  const refusedShare = (tally.invalid + refusedHere) / tally.patterns;
  console.log(JSON.stringify({ node: process.versions.node, seed, profile, ...tally, refusedShare: Number(refusedShare.toFixed(4)) }));
  const isRefusedTooOften = profile === 'texts' && refusedShare > MOST_REFUSED;
  if (isRefusedTooOften) console.log(`more than ${100 * MOST_REFUSED} % are refused: the generator has to make other patterns`);
  const isNothing = tally.checks === 0;
  if (isNothing) console.log('nothing was compared');
  process.exitCode = tally.differs || isNothing || isRefusedTooOften ? 1 : 0;
} else if (options.check) {
  const { total, differs } = check();
  differs.forEach(line => console.log(`differs: ${line}`));
  console.log(`Node ${process.versions.node}: ${total} patterns checked, ${differs.length} differ`);
  process.exitCode = differs.length ? 1 : 0;
} else if (options.answers) {
  console.log(answers().join('\n'));
} else {
  console.log(`${record()} patterns recorded`);
}
