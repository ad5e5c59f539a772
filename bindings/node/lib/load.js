'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');
const { LivematchError } = require('./errors.js');

/** Whether this Linux has musl in the place of glibc. Read from a file first: a report takes long, and Deno asks for more rights to make one. */
function isMusl() {
  try {
    return readFileSync('/usr/bin/ldd', 'utf8').includes('musl');
  } catch {
    // No such file: whoever made this system left it out.
  }
  try {
    return !process.report.getReport().header.glibcVersionRuntime;
  } catch {
    return false;
  }
}

/** The name of this platform as npm's packages have it. */
function platform() {
  const { platform: system, arch } = process;
  if (system === 'linux') return `linux-${arch}-${isMusl() ? 'musl' : 'gnu'}`;
  return system === 'win32' ? `win32-${arch}-msvc` : `${system}-${arch}`;
}

/** The module: what was built here, or the package of the platform. One error says what was tried. */
function load() {
  const name = platform();
  const tried = [path.join(__dirname, '..', `livematch.${name}.node`), `livematch-${name}`];
  const errors = [];
  for (const one of tried) {
    try {
      return require(one);
    } catch (error) {
      errors.push(error);
    }
  }
  const [reason] = errors.filter((error) => error.code !== 'MODULE_NOT_FOUND');
  const why = reason ? reason.message : 'there is no package for this platform, or it was not installed (npm install without --omit=optional)';
  throw new LivematchError(`livematch cannot be loaded on ${name}: ${why}`, { code: 'LIVEMATCH_NOT_LOADED', kind: 'load', cause: reason ?? errors.at(-1) });
}

module.exports = { load, platform };
