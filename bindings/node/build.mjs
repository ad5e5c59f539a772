// Builds the module for this platform and puts it where index.js looks for it.
//
//   node build.mjs [--debug] [--testing]
//
// --testing: with a function that panics, which the tests need and nobody else.
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { platform } = createRequire(import.meta.url)('./lib/load.js');
const here = import.meta.dirname;
const profile = process.argv.includes('--debug') ? 'debug' : 'release';
const folder = process.env.CARGO_TARGET_DIR ?? path.join(here, 'target');
const flags = [...(profile === 'release' ? ['--release'] : []), ...(process.argv.includes('--testing') ? ['--features', 'testing'] : [])];
execFileSync('cargo', ['build', '--locked', '-q', ...flags], { cwd: here, stdio: 'inherit' });
const name = { win32: 'livematch_node.dll', darwin: 'liblivematch_node.dylib' }[process.platform] ?? 'liblivematch_node.so';
copyFileSync(path.join(folder, profile, name), path.join(here, `livematch.${platform()}.node`));
