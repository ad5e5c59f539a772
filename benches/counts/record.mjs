// Counts the instructions of each piece of work in main.rs, with valgrind.
//
//   node record.mjs            writes recorded.json
//   node record.mjs --check    exits 1 if a count has grown by more than 3 % since then
//
// Counts do not depend on how busy the machine is, but on the compiler: what another rustc recorded is not compared.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { example } from '../../tests/target.mjs';

const TOLERANCE = 1.03;
/** The function whose instructions count. */
const COUNTED = 'counts::counted_part';

const here = import.meta.dirname;
const root = path.join(here, '../..');
const recorded = path.join(here, 'recorded.json');
const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });

/** The compiler and the machine that it compiles for. */
function compiler() {
  const said = run('rustc', '-vV');
  const field = name => said.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1];
  return `${field('release')} ${field('commit-hash')} ${field('host')}`;
}

function count() {
  run('cargo', 'build', '-q', '--release', '--example', 'counts');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'counts-'));
  try {
    const out = path.join(folder, 'out');
    const options = [`--callgrind-out-file=${out}`, `--toggle-collect=${COUNTED}`, `--dump-after=${COUNTED}`];
    const names = run('valgrind', '-q', '--tool=callgrind', ...options, example('counts')).trim().split('\n');
    return Object.fromEntries(names.map((name, i) => [name, total(`${out}.${i + 1}`)]));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The sum that stands in a file of callgrind. */
function total(file) {
  const [, sum] = fs.readFileSync(file, 'utf8').match(/^(?:totals|summary): (\d+)/m);
  return Number(sum);
}

/** The work that takes more than it did, and the work that nothing is known of. */
function growth(before, after) {
  const percent = name => ((after[name] / before[name] - 1) * 100).toFixed(1);
  return Object.keys(after).flatMap(name => {
    if (!(name in before)) return [`${name} is not recorded`];
    if (after[name] <= before[name] * TOLERANCE) return [];
    return [`${name} has grown by ${percent(name)} %: ${before[name]} to ${after[name]} instructions`];
  });
}

function check() {
  const { rustc, counts } = JSON.parse(fs.readFileSync(recorded));
  if (rustc !== compiler()) {
    console.log(`counts: recorded with rustc ${rustc}, this is ${compiler()}; not compared`);
    return;
  }
  const grown = growth(counts, count());
  grown.forEach(line => console.log(line));
  console.log(`counts: ${Object.keys(counts).length} compared, ${grown.length} have grown`);
  if (grown.length > 0) process.exitCode = 1;
}

function record() {
  fs.writeFileSync(recorded, `${JSON.stringify({ rustc: compiler(), counts: count() }, null, 2)}\n`);
}

if (process.argv.includes('--check')) check();
else record();
