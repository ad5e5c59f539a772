'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');
const { LivematchError } = require('./errors.js');

/** Whether this Linux has musl in the place of glibc. */
function isMusl() {
  const { header } = process.report?.getReport?.() ?? {};
  if (header) return !header.glibcVersionRuntime;
  try {
    return readFileSync('/usr/bin/ldd', 'utf8').includes('musl');
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
