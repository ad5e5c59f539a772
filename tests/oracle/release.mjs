// Which release is the judge. What imports this first takes two more options:
//
//   --node VERSION            runs in another Node than the one at hand
//   --parse-server VERSION    asks another parse-server than the one in node_modules
//
// VERSION is one of ./releases.json or the beginning of one (`--node 24`). Each has a folder with a lock file below
// releases/, and is installed there when it is asked for.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const here = import.meta.dirname;

/** The releases that are known, for each name; the first is the one that answers are recorded from. */
export const releases = JSON.parse(fs.readFileSync(path.join(here, 'releases.json'), 'utf8'));

/** The whole version that `asked` begins. */
export function pinned(name, asked) {
  const found = releases[name].filter(version => version === asked || version.startsWith(`${asked}.`));
  if (found.length === 1) return found[0];
  throw new Error(`expected --${name} to be one of ${releases[name].join(', ')}, found ${asked}`);
}

/** The package of a release, installed if it is not there yet. */
export function packageOf(name, version) {
  const folder = path.join(here, 'releases', `${name}-${version}`);
  const installed = path.join(folder, 'node_modules', name);
  // npm leaves an inner package.json behind where it was interrupted; it writes this file last.
  if (!fs.existsSync(path.join(folder, 'node_modules/.package-lock.json'))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: folder, stdio: ['ignore', 2, 2] });
  }
  return installed;
}

/** The program of a Node. */
export const programOf = version => path.join(packageOf('node', version), 'bin/node');

/** The parse-server that is asked, as the folder of its package. */
export const parseServer = () => process.env.PARSE_SERVER_DIR ?? path.join(here, 'node_modules/parse-server');

/** What the answers of this process come from. */
export function judge() {
  const { version } = createRequire(path.join(parseServer(), 'package.json'))('./package.json');
  return { 'parse-server': version, node: process.versions.node, unicode: process.versions.unicode };
}

/** Takes `--name VALUE` out of the arguments. */
function taken(name) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? null : process.argv.splice(at, 2)[1];
}

const otherServer = taken('parse-server');
if (otherServer) process.env.PARSE_SERVER_DIR = packageOf('parse-server', pinned('parse-server', otherServer));

const otherNode = taken('node');
if (otherNode) {
  const { status, signal } = spawnSync(programOf(pinned('node', otherNode)), process.argv.slice(1), { stdio: 'inherit' });
  if (signal) console.log(`Node ${otherNode} ended by ${signal}`);
  process.exit(status ?? 1);
}
