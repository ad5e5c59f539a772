// Counts the instructions of each piece of work in main.rs, with valgrind, for an input and for one of twice the size.
//
//   node check.mjs            exits 1 if some work takes more instructions than it may for twice the input
//   node check.mjs --all      prints all figures
//   node check.mjs NAME       only work with this in its name
//
// How many times as many it may take stands beside the work. Counts do not depend on how busy the machine is.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The function whose instructions count. */
const COUNTED = 'growth::counted_part';
/** What takes fewer instructions for the larger input is over before anybody notices. */
const NOTICEABLE = 20_000;

const root = path.join(import.meta.dirname, '../..');
const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });

/** Name, bound, and the instructions for both inputs. */
function measured(asked) {
  run('cargo', 'build', '-q', '--release', '--example', 'growth');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'growth-'));
  try {
    const out = path.join(folder, 'out');
    const options = [`--callgrind-out-file=${out}`, `--toggle-collect=${COUNTED}`, `--dump-after=${COUNTED}`];
    const tool = path.join(root, 'target/release/examples/growth');
    const lines = run('valgrind', '-q', '--tool=callgrind', ...options, tool, ...asked).trim().split('\n');
    const work = new Map();
    lines.forEach((line, i) => {
      const [, name, most] = line.match(/^(.*) (\S+)$/);
      if (!work.has(name)) work.set(name, { name, most: Number(most), counts: [] });
      work.get(name).counts.push(total(`${out}.${i + 1}`));
    });
    return [...work.values()];
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The sum that stands in a file of callgrind. */
function total(file) {
  const [, sum] = fs.readFileSync(file, 'utf8').match(/^(?:totals|summary): (\d+)/m);
  return Number(sum);
}

const asked = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
const all = measured(asked);
const outgrown = all.filter(({ most, counts: [less, more] }) => more > NOTICEABLE && more > most * less);
for (const { name, most, counts: [less, more] } of process.argv.includes('--all') ? all : outgrown) {
  console.log(`${name}: ${less} to ${more} instructions, ${(more / less).toFixed(2)} times as many, at most ${most}`);
}
console.log(`growth: ${all.length} compared, ${outgrown.length} take too much for twice the input`);
if (outgrown.length > 0) process.exitCode = 1;
