// Counts the instructions of each piece of work in main.rs, with valgrind, for an input and for one of twice the size.
//
//   node check.mjs            exits 1 if some work takes more instructions than it may for twice the input
//   node check.mjs --all      prints all figures
//   node check.mjs NAME…      only work with one of these in its name
//
// How many times as many it may take stands beside the work. Counts do not depend on how busy the machine is.

import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { example } from '../../tests/target.mjs';

/** The function whose instructions count. */
const COUNTED = 'growth::counted_part';
/** What takes fewer instructions for the larger input is over before anybody notices. */
const NOTICEABLE = 20_000;

/** About half of the work each: together they take as long as one, on two cores. */
const HALVES = [['clause: '], ['set: ', 'object: ', 'fields: ', 'place: ', 'matching: ']];

const root = path.join(import.meta.dirname, '../..');
execFileSync('cargo', ['build', '-q', '--release', '--example', 'growth'], { cwd: root });
const tool = example('growth');
const lines = text => text.trim().split('\n');

/** Name, bound, and the instructions for both inputs. */
async function measured(asked) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'growth-'));
  try {
    const out = path.join(folder, 'out');
    const options = [`--callgrind-out-file=${out}`, `--toggle-collect=${COUNTED}`, `--dump-after=${COUNTED}`];
    const { stdout } = await promisify(execFile)('valgrind', ['-q', '--tool=callgrind', ...options, tool, ...asked], { maxBuffer: 1 << 26 });
    const work = new Map();
    lines(stdout).forEach((line, i) => {
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

const takesTooMuch = ({ most, counts: [less, more] }) => more > NOTICEABLE && more > most * less;

const asked = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
const all = (await Promise.all((asked.length ? [asked] : HALVES).map(measured))).flat();
// What belongs to no half would be left out without a word.
const names = new Set(lines(execFileSync(tool, asked, { encoding: 'utf8' })));
if (names.size !== all.length) throw new Error(`${names.size} pieces of work, but ${all.length} were measured`);
const outgrown = [];
for (const work of all.filter(takesTooMuch)) {
  console.log(`measured again by itself: ${work.name}, ${work.counts.join(' to ')}`);
  // A large allocation puts in order what all work before it gave back, and pays for it. By itself, work pays for its own only.
  const alone = (await measured([work.name])).find(({ name }) => name === work.name);
  if (takesTooMuch(alone)) outgrown.push(Object.assign(work, alone));
}
for (const { name, most, counts: [less, more] } of process.argv.includes('--all') ? all : outgrown) {
  console.log(`${name}: ${less} to ${more} instructions, ${(more / less).toFixed(2)} times as many, at most ${most}`);
}
console.log(`growth: ${all.length} compared, ${outgrown.length} take too much for twice the input`);
if (outgrown.length > 0) process.exitCode = 1;
