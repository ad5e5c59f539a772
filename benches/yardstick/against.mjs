// An earlier build of livematch, measured in turns with today's.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { time, times } from './format.mjs';

/** What the measurements of the earlier build begin with, instead of `livematch/`. */
const BEFORE = 'before/';
const NOW = 'livematch/';

/** The measuring program of a revision, built from what git has of it. */
export function buildOf(revision, root, folder) {
  const commit = execFileSync('git', ['-C', root, 'rev-parse', '--verify', `${revision}^{commit}`], { encoding: 'utf8' }).trim();
  const source = path.join(folder, 'before', commit.slice(0, 12));
  if (!fs.existsSync(source)) {
    fs.mkdirSync(source, { recursive: true });
    const files = execFileSync('git', ['-C', root, 'archive', commit], { maxBuffer: 1 << 30 });
    execFileSync('tar', ['-x', '-C', source], { input: files });
  }
  const target = path.join(source, 'target');
  execFileSync('cargo', ['build', '-q', '--release', '--example', 'yardstick', '--target-dir', target], { cwd: source, stdio: 'inherit' });
  return path.join(target, 'release/examples/yardstick');
}

/** The name under which a measurement of the earlier build is kept. */
export const ofBefore = name => name.replace(NOW, BEFORE);

/** What both builds were measured on, each time beside the other. */
export function againstTable(m, revision) {
  const rows = m
    .under(BEFORE)
    .filter(name => m.has(NOW + name) && isTime(name))
    .map(name => ({ name, before: m.best(BEFORE + name), now: m.best(NOW + name) }));
  const lines = [
    ['what', revision, 'now', 'now, of what it took'],
    ['---', '---', '---', '---'],
    ...rows.map(({ name, before, now }) => [name, time(before), time(now), times(now / before)]),
    ...groups(rows).map(([group, ratio]) => [`${group}, geometric mean`, '', '', times(ratio)]),
  ];
  return lines.map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

/** What is measured in something else than nanoseconds. */
const COUNTS = ['candidates', 'changes', 'matches', 'memory', 'queries', 'hits', 'refused', 'bytes', 'per_query', 'per_subscriber', 'gave_up_after'];

const isTime = name => !COUNTS.some(count => name.endsWith(count));

/** The queries of W1 together, by what they are asked of. */
function groups(rows) {
  const single = rows.filter(({ name }) => /^single\/(object|value)\//.test(name));
  const kindOf = ({ name }) => name.split('/').slice(0, 2).join('/');
  const kinds = [...new Set(single.map(kindOf))];
  const mean = list => Math.exp(list.reduce((sum, { before, now }) => sum + Math.log(now / before), 0) / list.length);
  return kinds.map(kind => [kind, mean(single.filter(row => kindOf(row) === kind))]);
}
