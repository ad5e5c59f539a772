// Tries mutants that are built into one program: builds it, asks which test reaches which mutant, and runs those tests with each.
//
//   node try.mjs PART LIST FOLDER [--again]
//
// LIST is what `cargo mutants --list --json` says of the part. FOLDER gets the results: outcomes.json, and a list of names for
// each of noticed, survived, refused (does not compile), alike (changes no answer: alike.txt) and left (cannot be switched, so that
// cargo-mutants itself must try it). With --again only what survived is tried. Beside FOLDER are the copy that is built, and what is built of it; one part at a time
// may be built there.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');
const [part, listFile, folder] = process.argv.slice(2);
const again = process.argv.includes('--again');

const LIBRARY = { package: 'livematch', crate: 'src/lib.rs', check: ['--lib'], tests: ['--lib', '--test', 'suite'] };
const SERVER = { package: 'livematch-server', crate: 'server/src/main.rs', check: [], tests: [] };
// What is not run: allocations are no answers, the sources of mutants have imports that the layers do not know, and sets, which are
// built of the same operators, take longest. SKIP names more, with commas between them.
const SKIPPED = ['allocation::', 'layers::', 'set::', 'memory::a_set', 'memory::what_is_removed'];
SKIPPED.push(...(process.env.SKIP ?? '').split(',').filter(Boolean));

const copy = path.join(folder, '../copy');
const listed = JSON.parse(fs.readFileSync(listFile, 'utf8'));
const asked = listed[0].package === SERVER.package ? SERVER : LIBRARY;
const mutant = number => listed[number - 1];

/** Lines of alike.txt: the name of a mutant without its place, and behind an @ what else its line of the source has. */
const alikes = fs.readFileSync(path.join(import.meta.dirname, 'alike.txt'), 'utf8').split('\n').filter(line => line && !line.startsWith('#'));
function isAlike({ name, file, span }) {
  const nameless = name.replace(/^([^:]+):\d+:\d+:/, '$1:');
  const line = fs.readFileSync(path.join(root, file), 'utf8').split('\n')[span.start.line - 1];
  return alikes.map(alike => alike.split(' @ ')).some(([known, text = '']) => known === nameless && line.includes(text));
}
const CARGO = {
  ...process.env,
  CARGO_TARGET_DIR: path.join(folder, '../target'),
  CARGO_PROFILE_DEV_DEBUG: '0',
};
/** The suite takes five times as long without. */
const OPTIMIZED = asked === LIBRARY ? ['--config', 'profile.dev.package.livematch.opt-level=1'] : [];

/** How many run at once; those of the server wait most of the time. */
const JOBS = Number(process.env.JOBS ?? (asked === SERVER ? 4 : 1));

/** A test may take this many times the processor's time that it takes by itself, and some. */
const SLOWER = 5;
const GRACE = 5;
/** Bytes that it may take. */
const MEMORY = 8 * 2 ** 30;

/** Mutants are not held to our lints, nor to what rustc says of their arithmetic. */
const LINTS = '[lints.rust]\narithmetic_overflow = "allow"\nunconditional_panic = "allow"';

function copyTree() {
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const kept = new Set(names.split('\0').filter(Boolean));
  for (const old of fs.readdirSync(copy, { recursive: true, withFileTypes: true })) {
    const name = path.relative(copy, path.join(old.parentPath, old.name));
    if (old.isFile() && !kept.has(name) && name !== 'Cargo.lock') fs.rmSync(path.join(copy, name));
  }
  for (const name of kept) {
    const [from, to] = [path.join(root, name), path.join(copy, name)];
    if (!fs.existsSync(from)) continue;
    let text = fs.readFileSync(from);
    if (name.endsWith('Cargo.toml')) text = Buffer.from(text.toString().replace('[lints]\nworkspace = true', LINTS));
    if (fs.existsSync(to) && fs.readFileSync(to).equals(text)) continue; // so that it is not built again
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.writeFileSync(to, text);
  }
}

/** Puts the mutants into the copy; says which of them could be, and which are known not to compile. */
function switchOn(numbers) {
  for (const name of new Set(listed.map(({ file }) => file))) fs.copyFileSync(path.join(root, name), path.join(copy, name));
  const tool = path.join(folder, '../switch/release/switch');
  const placed = execFileSync(tool, [listFile, copy], { input: numbers.join(' '), encoding: 'utf8' });
  const crate = fs.readFileSync(path.join(root, asked.crate), 'utf8') + fs.readFileSync(path.join(import.meta.dirname, 'switched.rs'), 'utf8');
  fs.writeFileSync(path.join(copy, asked.crate), crate);
  const lines = placed.split('\n').filter(Boolean);
  const isRefused = line => line.endsWith(' refused');
  return [lines.filter(line => !isRefused(line)), lines.filter(isRefused)].map(some => some.map(line => parseInt(line)));
}

function cargo(...args) {
  const { stdout, stderr, status } = spawnSync('cargo', [...args, ...OPTIMIZED, '--message-format=json'], { cwd: copy, env: CARGO, encoding: 'utf8', maxBuffer: 1 << 28 });
  const messages = stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line));
  return { messages, stderr, ok: status === 0 };
}

/** The mutants whose branches a place of a file is in, the innermost first; those beside which it stands after them. */
function blamed(file, at, texts) {
  if (!texts.has(file)) texts.set(file, fs.readFileSync(path.join(copy, file)));
  const text = texts.get(file);
  const before = text.subarray(0, at).toString();
  const open = [];
  for (const [, begun, ended, passed] of before.matchAll(/\/\*(?:m(\d+)\{|\}m(\d+)|\}s(\d+))\*\//g)) {
    if (begun) open.push({ number: Number(begun), own: true });
    const at = open.findLastIndex(each => each.number === Number(ended ?? passed));
    if (passed || (ended && !text.includes(`/*}s${ended}*/`))) open.splice(at, 1);
    else if (ended) open[at].own = false;
  }
  return open;
}

/** What an error must be of to be the mutant's own, and not of how it is switched. */
const OF_TYPES = ['E0277', 'E0308', 'E0369', 'E0368', 'E0599', 'E0600', 'E0614'];

/** Leaves out what does not compile until the rest does. */
function compiled() {
  const all = listed.map((_, i) => i + 1);
  let [numbers, known] = switchOn(all);
  const refused = new Set(known);
  const left = new Set(all.filter(number => !numbers.includes(number) && !refused.has(number)));
  for (;;) {
    const { messages, stderr, ok } = cargo('check', '-q', '-p', asked.package, ...asked.check);
    if (ok) return { numbers, refused: [...refused], left: [...left] };
    const errors = messages.map(({ message }) => message).filter(message => message?.level === 'error' && message.spans.length > 0);
    const [out, texts] = [new Set(), new Map()];
    for (const error of errors) {
      const spans = error.spans.toSorted((a, b) => b.is_primary - a.is_primary);
      const all = spans.map(span => ({ span, open: blamed(span.file_name, span.byte_start, texts) }));
      const own = all.find(({ open }) => open.some(each => each.own));
      const found = own?.open.findLast(each => each.own) ?? all.flatMap(({ open }) => open).at(-1);
      if (!found) throw new Error(`an error that is no mutant's: ${error.rendered}`);
      out.add(found.number);
      const isTyped = OF_TYPES.includes(error.code?.code) && own?.span.is_primary;
      if (isTyped) refused.add(found.number);
      else left.add(found.number);
    }
    if (out.size === 0) throw new Error(stderr);
    console.log(`${out.size} do not compile as they stand`);
    for (const number of out) if (refused.has(number)) left.delete(number);
    [numbers] = switchOn(numbers.filter(number => !out.has(number)));
  }
}

/** The programs with the tests. */
function built() {
  const { messages, stderr, ok } = cargo('test', '-q', '--no-run', '-p', asked.package, ...asked.tests);
  if (!ok) throw new Error(stderr + messages.map(({ message }) => message?.rendered ?? '').join(''));
  const programs = messages.filter(message => message.profile?.test && message.executable).map(message => message.executable);
  return programs.map(program => {
    const kept = path.join(folder, path.basename(program)); // whatever is built next
    fs.copyFileSync(program, kept);
    return kept;
  });
}

const ENV = { ...process.env, RUSTC_BOOTSTRAP: '1', PROPTEST_CASES: process.env.PROPTEST_CASES ?? '16', CARGO_MANIFEST_DIR: path.join(copy, path.dirname(asked.crate), '..') };

/** Every test with its time, and the numbers of the mutants that it reaches. */
function surveyed(programs) {
  return programs.flatMap((program, i) => {
    const noted = path.join(folder, `reached-${i}`);
    fs.rmSync(noted, { force: true });
    const args = ['--test-threads=1', '-Zunstable-options', '--report-time', ...SKIPPED.flatMap(name => ['--skip', name])];
    const { stdout, status } = spawnSync(program, args, { cwd: ENV.CARGO_MANIFEST_DIR, env: { ...ENV, MUTANTS_REACHED: noted }, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`fails without a mutant: ${program}\n${stdout}`);
    const reached = new Map();
    for (const line of fs.existsSync(noted) ? fs.readFileSync(noted, 'utf8').split('\n').filter(Boolean) : []) {
      const [, number, name] = line.match(/^(\d+) (.*)$/);
      if (!reached.has(name)) reached.set(name, new Set());
      reached.get(name).add(Number(number));
    }
    const times = new Map([...stdout.matchAll(/^test (\S+)(?: - should panic)? \.\.\. ok <([\d.]+)s>/gm)].map(([, name, time]) => [name, Number(time)]));
    // What a thread of another name reaches, any test may have.
    const anybodys = new Set([...reached].filter(([name]) => !times.has(name)).flatMap(([, numbers]) => [...numbers]));
    return [...times].map(([name, time]) => ({ program, name, time, reaches: reached.get(name) ?? new Set(), anybodys }));
  });
}

/** Runs tests of one program as a mutant until one fails; says which, or what else ended it. */
function failing(number, program, tests) {
  const time = tests.reduce((sum, test) => sum + test.time, 0);
  const seconds = Math.ceil(GRACE + SLOWER * time);
  const args = [`--cpu=${seconds}`, `--as=${MEMORY}`, program, '--exact', '--test-threads=1', ...tests.map(test => test.name)];
  return new Promise((resolve, reject) => {
    const child = spawn('prlimit', args, { cwd: ENV.CARGO_MANIFEST_DIR, env: { ...ENV, MUTANT: String(number) }, stdio: ['ignore', 'pipe', 'ignore'] });
    let [said, late] = ['', false];
    const timer = setTimeout(() => { late = true; child.kill('SIGKILL'); }, 3 * seconds * 1000);
    child.stdout.on('data', data => {
      said += data;
      if (/ \.\.\. FAILED$/m.test(said)) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const [, name] = said.match(/^test (\S+).* \.\.\. FAILED$/m) ?? [];
      if (code === 0 && !name) resolve(null);
      else resolve(name ?? (late || signal === 'SIGXCPU' ? 'time' : `end of the program (${signal ?? code})`));
    });
  });
}

/** Tests in runs of which each takes longer than those before. */
function* runs(tests) {
  for (const [least, below] of [[0, 0.05], [0.05, 0.5], [0.5, 2], [2, 6], [6, Infinity]]) {
    const some = tests.filter(({ time }) => time >= least && time < below);
    for (const program of new Set(some.map(test => test.program))) {
      yield [program, some.filter(test => test.program === program)];
    }
  }
}

async function outcome(number, tests) {
  const reaching = tests.filter(test => test.reaches.has(number) || test.anybodys.has(number));
  if (reaching.length === 0) return { noticed: false, why: 'no test reaches it' };
  for (const [program, some] of runs(reaching)) {
    const by = await failing(number, program, some);
    if (by) return { noticed: true, why: by };
  }
  return { noticed: false, why: `${reaching.length} tests reach it` };
}

fs.mkdirSync(copy, { recursive: true });
copyTree();
const outcomesFile = path.join(folder, 'outcomes.json');
const outcomes = fs.existsSync(outcomesFile) && again ? JSON.parse(fs.readFileSync(outcomesFile, 'utf8')) : {};
const { numbers, refused, left } = compiled();
console.log(`${listed.length} mutants: ${numbers.length} in one program, ${refused.length} do not compile, ${left.length} left to cargo-mutants`);
const tests = surveyed(built());
console.log(`${tests.length} tests, ${tests.reduce((sum, { time }) => sum + time, 0).toFixed(0)} s`);
const NO_MUTANT = 0;
for (const [program, some] of runs(tests)) {
  const by = await failing(NO_MUTANT, program, some);
  if (by) throw new Error(`fails without a mutant: ${by}`);
}
const alike = numbers.filter(number => isAlike(mutant(number)));
const tried = numbers.filter(number => !alike.includes(number));
const rest = tried.filter(number => !outcomes[mutant(number).name]?.noticed);
async function tryTheRest() {
  for (let number = rest.shift(); number !== undefined; number = rest.shift()) {
    const { name } = mutant(number);
    outcomes[name] = await outcome(number, tests);
    if (!outcomes[name].noticed) console.log(`survived: ${name} (${outcomes[name].why})`);
    fs.writeFileSync(outcomesFile, JSON.stringify(outcomes, null, 1));
  }
}
await Promise.all(Array.from({ length: JOBS }, tryTheRest));
const names = some => some.map(number => mutant(number).name);
const survived = names(tried).filter(name => !outcomes[name].noticed);
const noticed = names(tried).filter(name => outcomes[name].noticed);
for (const [file, some] of Object.entries({ noticed, survived, alike: names(alike), refused: names(refused), left: names(left) })) {
  fs.writeFileSync(path.join(folder, `${file}.txt`), some.map(name => `${name}\n`).join(''));
}
console.log(`${part}: ${noticed.length} noticed, ${survived.length} survived, ${alike.length} change no answer, ${refused.length} do not compile, ${left.length} are left`);
