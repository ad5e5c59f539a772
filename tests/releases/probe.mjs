// What one release answers to what table.mjs asks, as JSON.
//
//   node probe.mjs node                      this Node
//   node probe.mjs parse-server FOLDER       a parse-server that is installed in a folder
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { FRAMES, OPTIONS, PATTERNS } from './questions.mjs';

const [what, folder] = process.argv.slice(2);
console.log(JSON.stringify(what === 'node' ? node() : parseServer(folder)));

function node() {
  const patterns = PATTERNS.map(({ pattern, flags, text }) => {
    try {
      return new RegExp(pattern, flags).test(text) ? 'matches' : 'does not match';
    } catch {
      return 'refuses it';
    }
  });
  return { unicode: process.versions.unicode, patterns };
}

function parseServer(folder) {
  const require = createRequire(path.join(folder, 'package.json'));
  const load = (name) => require(path.join(folder, 'lib', name));
  const schemas = load('LiveQuery/RequestSchema').default;
  const tv4 = require('tv4');
  const frames = FRAMES.map(({ frame }) => tv4.validate(frame, schemas.general) && tv4.validate(frame, schemas[frame.op]));
  const definitions = load('Options/Definitions');
  const options = OPTIONS.map(({ of, name }) => ({
    now: definitions[of][name]?.default,
    next: load('Deprecator/Deprecations').find(({ optionKey }) => optionKey.split('.').at(-1) === name)?.changeNewDefault,
    isThere: name in definitions[of],
  }));
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return { version, frames, options };
}
