// Which release is the judge. What imports this first takes two more options:
//
//   --node VERSION            runs in another Node than the one at hand
//   --parse-server VERSION    asks another parse-server than the one in node_modules
//
// VERSION is one of ../releases/releases.json or the beginning of one (`--node 24`). Each has a folder with a lock file
// beside that file, and is installed there when it is asked for.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../releases');
const USUAL = path.join(import.meta.dirname, 'node_modules/parse-server');

/** For `node` and `parse-server` the release that is asked by default, and the others. */
export const releases = JSON.parse(fs.readFileSync(path.join(folder, 'releases.json'), 'utf8'));

/** All that are known of a name, the default first. */
export const known = name => [releases[name].default, ...releases[name].others];

/** The whole version that `asked` begins. */
export function pinned(name, asked) {
  const found = known(name).filter(version => version === asked || version.startsWith(`${asked}.`));
  if (found.length === 1) return found[0];
  throw new Error(`expected --${name} to be one of ${known(name).join(', ')}, found ${asked}`);
}

/** The package of a release, installed if it is not there yet. The default parse-server is that of ./package.json. */
export function packageOf(name, version) {
  if (name === 'parse-server' && version === releases[name].default) return USUAL;
  const own = path.join(folder, name, version);
  // npm leaves packages behind where it was interrupted; it writes this file last.
  if (!fs.existsSync(path.join(own, 'node_modules/.package-lock.json'))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: own, stdio: ['ignore', 2, 2] });
  }
  return path.join(own, 'node_modules', name);
}

/** The program of a Node. */
export const programOf = version => path.join(packageOf('node', version), 'bin/node');

/** The parse-server that is asked, as the folder of its package. */
export const parseServer = () => process.env.PARSE_SERVER_DIR ?? USUAL;

/** What the answers of this process come from. */
export function judge() {
  if (!fs.existsSync(path.join(parseServer(), 'package.json'))) {
    throw new Error('parse-server is not installed: `(cd tests/oracle && npm ci)` does it');
  }
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
