// Every figure of README.md, as Markdown, in at most twenty minutes: each script one after the other, with nothing else on the machine.
//
//   LIVEMATCH_SERVER=target/release/livematch-server node server/bench/figures.mjs [--short]
//
// `--short` does little of each, to see that all of them work. A script that takes longer than it may is ended, and that is told.
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

const { values: options } = parseArgs({ options: { short: { type: 'boolean', default: false } } });

/** Scripts, how many seconds each may take, and what each is told in full and when it is to be short. */
const SCRIPTS = [
  ['run.mjs', 330, '', '--sizes 1,100 --seconds 1 --fan 20 --idle 100 --steady 2 --no-stock'],
  ['attacks.mjs', 450, '--seconds 6', '--seconds 1 --sockets 50'],
  ['crowd.mjs', 60, '--clients 10000 --rounds 2', '--clients 200 --rounds 1'],
  ['reach.mjs', 120, '', '--clients 50 --change-steps 1440 --changes 2'],
  ['waves.mjs', 100, '--rest 2', '--waves 2 --clients 100 --rest 1'],
  ['dear.mjs', 120, '--subscriptions 300 --clients 10 --changes 5', '--subscriptions 20 --clients 2 --changes 1'],
  ['lists.mjs', 40, '--clients 1', '--clients 1 --lists 50 --changes 1'],
  ['lists.mjs', 40, '', '--clients 2 --lists 50 --changes 1'],
  ['door.mjs', 100, '--seconds 5', '--peers 100 --posts 2 --seconds 1'],
];

/** Runs a script until it ends, or for as long as it may. */
function run(script, seconds, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], { stdio: 'inherit', detached: true });
    // What it has started is of its group.
    const end = () => process.kill(-child.pid, 'SIGKILL');
    const timer = setTimeout(end, seconds * 1_000);
    process.once('SIGINT', end);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      process.removeListener('SIGINT', end);
      resolve(signal ? `did not end within ${seconds} s` : code ? `failed with ${code}` : undefined);
    });
  });
}

const shown = () => `${cpus().length} × ${cpus()[0].model}, Node ${process.versions.node}`;

const start = performance.now();
let failures = 0;
console.log(shown());
for (const [script, seconds, full, short] of SCRIPTS) {
  const args = (options.short ? short : full).split(' ').filter(Boolean);
  console.log(`\n### ${[`node server/bench/${script}`, ...args].join(' ')}\n`);
  const trouble = await run(script, seconds, args);
  if (trouble) console.log(`\n**${script} ${trouble}**`);
  failures += Boolean(trouble);
}
console.log(`\n${((performance.now() - start) / 60_000).toFixed(1)} minutes, ${failures} of ${SCRIPTS.length} scripts failed.`);
process.exit(failures ? 1 : 0);
