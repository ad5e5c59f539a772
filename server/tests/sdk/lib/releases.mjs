// The releases of Parse Server that the tests are run beside. Their versions stand in tests/releases/releases.json of the repository.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = new URL('../../../../tests/releases/', import.meta.url);
const { default: usual } = JSON.parse(readFileSync(new URL('releases.json', folder), 'utf8'))['parse-server'];

/** The release of this run. */
export const RELEASE = process.env.PARSE_SERVER ?? usual;

/** Whether a release has what came with another, by the numbers before any `-alpha`. */
export function isAtLeast(version, release = RELEASE) {
  const numbers = (text) => text.split(/[.-]/).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const [have, want] = [numbers(release), numbers(version)];
  for (const [index, part] of want.entries()) {
    // What has no `-alpha` comes after what has.
    if (have[index] === undefined) return typeof part === 'string';
    if (have[index] !== part) return have[index] > part;
  }
  return true;
}

/** Where the module of the release is. */
export function moduleOfRelease() {
  const own = new URL(`parse-server/${RELEASE}/package.json`, folder);
  const from = RELEASE === usual && !existsSync(own) ? import.meta.url : fileURLToPath(own);
  const main = createRequire(from).resolve('parse-server');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', pathToFileURL(main)), 'utf8'));
  if (version !== RELEASE) throw new Error(`parse-server ${version} is installed where ${RELEASE} is to be`);
  return pathToFileURL(main).href;
}
