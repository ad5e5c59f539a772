// Writes README.md of this folder: what differs between the releases of Parse Server and Node that the tests are run beside, and
// what is done here. Each release is installed, and asked.
//
//   node tests/releases/table.mjs            writes it
//   node tests/releases/table.mjs --check    exits 1 if it says something else than the releases do
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { known, packageOf, programOf } from '../oracle/release.mjs';
import { FRAMES, OPTIONS, PATTERNS } from './questions.mjs';

const file = path.join(import.meta.dirname, 'README.md');
const probe = path.join(import.meta.dirname, 'probe.mjs');
const ask = (program, ...args) => JSON.parse(execFileSync(program, [probe, ...args], { encoding: 'utf8' }));

const servers = known('parse-server').map((version) => {
  const answer = ask(process.execPath, 'parse-server', packageOf('parse-server', version));
  if (answer.version !== version) throw new Error(`parse-server ${answer.version} is installed where ${version} is to be`);
  return { version, ...answer, isMended: isMended(version) };
});
const nodes = known('node').map((version) => ({ version, ...ask(programOf(version), 'node') }));

/** Whether the session of `connect`, and roles, count where fields are protected: the access matrix holds it for each release. */
function isMended(version) {
  const reasons = path.join(import.meta.dirname, '../../server/tests/sdk/lib/matrix/reasons.mjs');
  const code = `import(${JSON.stringify(reasons)}).then(({ REASONS }) => console.log(REASONS['roles of protected tiers'].isGone))`;
  return execFileSync(process.execPath, ['-e', code], { encoding: 'utf8', env: { ...process.env, PARSE_SERVER: version } }).trim() === 'true';
}

const row = (...cells) => `| ${cells.map((cell) => `${cell}`.replaceAll('|', '\\|')).join(' | ')} |\n`;
const table = (head, rows) => row(...head) + `|${'---|'.repeat(head.length)}\n` + rows.map((cells) => row(...cells)).join('');

const option = ({ now, next, isThere }) => (isThere ? `\`${now}\`${next ? `, announced: \`${next}\`` : ''}` : 'there is none');
const parse = table(
  ['behaviour', ...servers.map(({ version }) => version), 'here'],
  [
    ...FRAMES.map(({ name, here }, index) => [name, ...servers.map(({ frames }) => (frames[index] ? 'accepts it' : 'refuses it')), here]),
    ['session of `connect`, and roles, where fields are protected', ...servers.map(({ isMended }) => (isMended ? 'count' : 'do not count')), 'count, as in REST'],
    ...OPTIONS.map(({ name, here }, index) => [`\`${name}\` by default`, ...servers.map(({ options }) => option(options[index])), here]),
  ],
);
const node = table(
  ['behaviour', ...nodes.map(({ version }) => version), 'here'],
  [
    ['Unicode', ...nodes.map(({ unicode }) => unicode), '17'],
    ...PATTERNS.map(({ name, pattern, flags, text, here }, index) => [
      `${name.split('/')[1].replaceAll('-', ' ')}: \`/${pattern}/${flags}\` on \`${text}\``,
      ...nodes.map(({ patterns }) => patterns[index]),
      here,
    ]),
  ],
);

const page = `# Releases

The tests are run beside these releases of Parse Server and Node ([releases.json](releases.json)); the recorded answers are those of the first of each. What is not in these tables is answered
alike by all: the recorded answers are checked with each in CI, and differ only where the ledger says by which Node; so are the events and who may see them, with each parse-server.

After \`(cd tests/oracle && npm ci)\` both tables are written by \`node tests/releases/table.mjs\`, which asks each release.

## Parse Server

${parse}
## Node

What Parse Server answers to a pattern is what its Node answers. What is meant where they disagree stands in [the ledger](../data/ledger.jsonl), by these names.

${node}`;

if (!process.argv.includes('--check')) fs.writeFileSync(file, page);
else if (fs.readFileSync(file, 'utf8') !== page) {
  console.log(`${file} is not what the releases say: node tests/releases/table.mjs writes it anew`);
  process.exit(1);
} else console.log(`${servers.length} parse-servers and ${nodes.length} Nodes answer as the table says`);
