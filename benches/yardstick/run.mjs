// Measures livematch, Parse Server's matcher and other crates on the same data, in turns, and prints every goal
// beside what was measured.
//
//   node run.mjs [--out FILE] [--million] [--only w1,w2,…] [--rounds N] [--seconds S] [--keep] [--show] [--details] [--against REV]
//
// README.md in this folder says what the options mean.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { againstTable, buildOf, ofBefore } from './against.mjs';
import { compare } from './agree.mjs';
import { chart } from './chart.mjs';
import { details } from './details.mjs';
import { SIZES } from './goals.mjs';
import { Measurements } from './measurements.mjs';
import { table } from './table.mjs';
import { example, target } from '../../tests/target.mjs';

const here = import.meta.dirname;
const root = path.join(here, '../..');

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    data: { type: 'string', default: path.join(target, 'yardstick') },
    million: { type: 'boolean', default: false },
    only: { type: 'string', default: 'w1,w2,peers,w3,equal,worst,churn,dialects' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    core: { type: 'string' },
    against: { type: 'string' },
    keep: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
    details: { type: 'boolean', default: false },
    chart: { type: 'string', default: path.join(here, 'chart.svg') },
  },
});

const { data, seconds } = options;
const record = path.join(data, 'measurements.json');
const rounds = Number(options.rounds);
const sizes = SIZES.filter(size => options.million || size < 1_000_000);
/** Large sets take long to fill, and are disturbed less. */
const roundsOf = size => Math.min(rounds, size < 100_000 ? rounds : 3);
const TIME_LIMIT = 10 * 60_000;

fs.mkdirSync(data, { recursive: true });
const measurements = (options.keep || options.show) && fs.existsSync(record) ? Measurements.load(record) : new Measurements();

const tool = example('yardstick');
const peers = path.join(target, 'peers/release/yardstick-peers');

function build() {
  const cargo = (...args) => execFileSync('cargo', ['build', '-q', '--release', ...args], { cwd: root, stdio: 'inherit' });
  cargo('--example', 'yardstick');
  if (wanted('peers')) cargo('--manifest-path', path.join(here, 'peers/Cargo.toml'), '--target-dir', path.join(target, 'peers'));
  if (wanted('dialects')) execFileSync('npm', ['ci', '--silent'], { cwd: path.join(here, 'filters'), stdio: 'inherit' });
  execFileSync(tool, ['data', data, ...sizes.map(String)]);
  return options.against === undefined ? undefined : buildOf(options.against, root, data);
}

const wanted = part => options.only.split(',').includes(part);

/** Runs a measuring program and takes its lines, under the names that `named` gives them; says why if it fails. */
function measure(program, args, named = name => name) {
  const words = [program, ...args].map(word => path.basename(String(word)));
  console.error(`${Math.round(performance.now() / 1000)}s`, words.join(' '));
  const pinned = options.core ? ['taskset', '-c', options.core] : [];
  const [command, ...rest] = [...pinned, program, ...args.map(String)];
  const run = spawnSync(command, rest, { timeout: TIME_LIMIT, maxBuffer: 1 << 28, encoding: 'utf8' });
  const lines = (run.stdout ?? '').split('\n').filter(Boolean).map(line => JSON.parse(line));
  lines.forEach(line => measurements.add({ ...line, name: named(line.name) }));
  if (run.status === 0) return null;
  return run.stderr.split('\n').find(line => line.trim()) || String(run.error ?? run.signal);
}

function must(program, args, named) {
  const reason = measure(program, args, named);
  if (reason !== null) throw new Error(`${[program, ...args].join(' ')}: ${reason}`);
}

const node = (...args) => must(process.execPath, ['--max-old-space-size=8000', path.join(here, 'judge.mjs'), ...args]);

function livematch(...args) {
  must(tool, args);
  if (before !== undefined && !LATER.has(args[0])) must(before, args, ofBefore);
}

/** What the earlier build may not have yet. */
const LATER = new Set(['dialects']);

const parts = {
  w1() {
    for (let round = 0; round < rounds; round++) {
      node('single', data);
      livematch('single', data);
    }
  },

  w2() {
    for (const size of sizes) {
      for (let round = 0; round < roundsOf(size); round++) {
        node('many', data, size, seconds);
        livematch('many', data, size, seconds);
      }
    }
  },

  peers() {
    for (const size of sizes) {
      for (let round = 0; round < Math.min(2, rounds); round++) {
        livematch('equality', data, size, seconds);
        ['quamina', 'a-tree'].forEach(name => peer(name, size));
      }
    }
  },

  w3() {
    for (let round = 0; round < rounds; round++) {
      node('messages', data);
      livematch('messages', data);
    }
  },

  equal() {
    for (let round = 0; round < Math.min(3, rounds); round++) livematch('equal', data);
  },

  worst() {
    const cases = execFileSync(tool, ['worst', 'list'], { encoding: 'utf8' });
    for (const { case: name, queries } of cases.trim().split('\n').map(line => JSON.parse(line))) {
      if (queries >= 1_000_000 && !options.million) continue;
      measurements.add({ name: `livematch/worst/${name}/queries`, value: queries });
      for (let round = 0; round < Math.min(2, rounds); round++) livematch('worst', name, seconds);
    }
  },

  churn() {
    for (let round = 0; round < Math.min(3, rounds); round++) livematch('churn', data, 100_000);
  },

  dialects() {
    for (let round = 0; round < rounds; round++) {
      livematch('dialects', data);
      must(process.execPath, [path.join(here, 'filters.mjs'), data]);
    }
    for (const size of sizes) {
      for (let round = 0; round < roundsOf(size); round++) livematch('dialects', data, size, seconds);
    }
  },
};

/** A crate may give up, or panic, and is not asked again then. */
function peer(name, size) {
  const key = `${name}/equality/${size}`;
  if (measurements.failures[key]) return;
  const reason = measure(peers, [name, data, size, seconds]);
  if (reason === null) return;
  const inserted = measurements.best(`${key}/gave_up_after`);
  measurements.fail(key, Number.isNaN(inserted) ? `it fails: ${reason}` : `it gives up: ${inserted} queries inserted in 60 s`);
}

function report() {
  const { differences, compared } = compare(measurements);
  const head = `${os.cpus()[0].model}, Node ${process.versions.node}; ${compared} answers compared, ${differences.length} differ.`;
  const text = `${head}\n\n${table(measurements)}`;
  process.stdout.write(text);
  if (options.details) process.stdout.write(`\n${details(measurements)}`);
  if (options.against) process.stdout.write(`\n${againstTable(measurements, options.against)}`);
  if (options.out) fs.writeFileSync(options.out, text);
  fs.writeFileSync(options.chart, chart(measurements));
  differences.slice(0, 20).forEach(difference => console.error(difference));
  if (differences.length > 0) process.exitCode = 1;
}

/** The measuring program of the build that today's stands against. */
let before;
if (!options.show) {
  before = build();
  for (const [name, part] of Object.entries(parts)) {
    if (!wanted(name)) continue;
    part();
    measurements.save(record);
  }
}
report();
