// Runs the commands of every page of the repository on a fresh clone, in the order in which they stand there.
//
//   node tests/pages/run.mjs                 those that take seconds, on one clone
//   node tests/pages/run.mjs --slow          all, each page on a clone of its own, everything built anew
//   node tests/pages/run.mjs --page README.md --page server/README.md
//
// What commands.json says nothing of is run as it is written. There a command may have
//
//   slow     why it is run with --slow only
//   instead  what is run in its place, with `why`: it says of itself that it takes hours, or asks for a number
//   serves   what it prints when it is ready; it is ended then
//   held     the test that does what it says; or a file of .ci in which it stands, and then --slow runs it all the same
//   never    why it can not be run at all
//   in       the folder in which it is run, if its page names one in words
//
// A command of commands.json that stands on no page any more fails the run.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commands } from './commands.mjs';

const root = join(import.meta.dirname, '../..');
const { values: options } = parseArgs({ options: { slow: { type: 'boolean', default: false }, page: { type: 'string', multiple: true } } });
const table = JSON.parse(readFileSync(join(import.meta.dirname, 'commands.json'), 'utf8'));
const git = (...args) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();

/** A command that takes longer hangs. */
const PATIENCE = (options.slow ? 120 : 10) * 60_000;

const pages = git('ls-files', '*.md').split('\n');
const executables = new Set(
  git('ls-files', '-s').split('\n').filter((line) => line.startsWith('100755')).map((line) => line.split('\t')[1]),
);
const found = pages.flatMap((page) => commands(readFileSync(join(root, page), 'utf8'), executables).map((one) => ({ page, ...one })));
checkTable();

const tally = { ran: 0, held: 0, never: 0, slow: 0 };
const failures = [];
const began = Date.now();
// Compiling takes longest, and is needed for a page or two.
const shared = options.slow ? null : freshClone();
/** What has been run on it, by folder. */
const ranShared = new Set();
for (const page of options.page ?? pages) {
  const some = found.filter((one) => one.page === page);
  if (some.length > 0) await runPage(page, some);
}
if (shared) remove(shared);
const seconds = Math.round((Date.now() - began) / 1_000);
console.log(
  `${found.length} commands on ${pages.length} pages: ${tally.ran} ran, ${tally.held} are held by tests, ${tally.slow} are for --slow, ` +
    `${tally.never} cannot be run; ${failures.length} failed (${seconds} s)`,
);
if (tally.ran === 0) throw new Error('nothing ran');
process.exit(failures.length > 0 ? 1 : 0);

function checkTable() {
  const known = new Set(found.map(({ command }) => command));
  for (const [command, { held }] of Object.entries(table)) {
    if (!known.has(command)) throw new Error(`commands.json names a command that stands on no page: ${command}`);
    if (held && !existsSync(join(root, held))) throw new Error(`${held} is not there, which is to hold: ${command}`);
    if (held?.startsWith('.ci/') && !readFileSync(join(root, held), 'utf8').split('\n').some((line) => said(line) === command)) {
      throw new Error(`${held} does not run: ${command}`);
    }
  }
}

/** The command of a line, whether it is waited for or goes on beside others. */
function said(line) {
  return line.trim().replace('.ci/some ', '').replace(/^begin \S+ /, '');
}

async function runPage(page, some) {
  const clone = shared ?? freshClone();
  const env = { ...process.env };
  // What .ci/run has built of others is used again; what is built of the clone itself is not.
  if (!options.slow) env.CARGO_TARGET_DIR ??= join(root, 'target');
  const done = shared ? ranShared : new Set();
  let [block, folder] = [null, clone];
  try {
    for (const { command, line, block: its } of some) {
      if (its === null || its !== block) [block, folder] = [its, clone];
      const { slow, instead, serves, held, never, in: inside } = table[command] ?? {};
      if (never) tally.never++;
      else if (held && !(options.slow && held.startsWith('.ci/'))) tally.held++;
      else if (slow && !options.slow) tally.slow++;
      // What a shell of its own does need not be done twice; another page's shell may be somewhere else.
      else if ((its === null || command.startsWith('(')) && done.has(`${folder}: ${command}`)) continue;
      else {
        done.add(`${folder}: ${command}`);
        const what = { command: instead ?? command, folder: inside ? join(clone, inside) : folder, env, ready: serves && new RegExp(serves) };
        const result = await run(what);
        tally.ran++;
        folder = its === null ? folder : result.folder;
        console.log(`${result.ok ? 'ok' : 'FAILED'} ${page}:${line} (${result.seconds} s) ${what.command.split('\n')[0]}`);
        if (!result.ok) {
          failures.push(command);
          console.log(result.output.slice(-4_000));
        }
      }
    }
  } finally {
    if (!shared) remove(clone);
  }
}

function remove(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A clone of what is committed, and of what is about to be. */
function freshClone() {
  const clone = mkdtempSync(join(tmpdir(), 'livematch-pages-'));
  execFileSync('git', ['clone', '-q', '--shared', '--no-checkout', root, clone]);
  const commit = git('stash', 'create') || git('rev-parse', 'HEAD');
  execFileSync('git', ['-C', clone, 'checkout', '-q', '--detach', commit]);
  return clone;
}

/** Runs a command as a shell would that is in a folder; where the shell is then. */
function run({ command, folder, env, ready }) {
  return new Promise((resolve) => {
    const start = Date.now();
    const where = join(mkdtempSync(join(tmpdir(), 'livematch-shell-')), 'pwd');
    writeFileSync(where, folder);
    const script = 'set -euo pipefail; eval "$1"; pwd >"$2"';
    const child = spawn('bash', ['-c', script, 'bash', command, where], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, isReady] = ['', false];
    const kill = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // it has ended by itself
      }
    };
    const hear = (data) => {
      output = (output + data).slice(-100_000);
      if (ready && !isReady && ready.test(output)) {
        isReady = true;
        kill('SIGTERM');
      }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const timer = setTimeout(() => {
      output += '\nit took too long';
      kill('SIGKILL');
    }, PATIENCE);
    child.on('close', (code) => {
      clearTimeout(timer);
      const after = readFileSync(where, 'utf8').trim();
      rmSync(join(where, '..'), { recursive: true });
      resolve({ ok: ready ? isReady : code === 0, output, folder: after, seconds: Math.round((Date.now() - start) / 1_000) });
    });
  });
}
