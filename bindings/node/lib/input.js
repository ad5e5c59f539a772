'use strict';

const { types } = require('node:util');
const { LivematchError } = require('./errors.js');

const wrong = (message) => new LivematchError(message, { code: 'LIVEMATCH_ARGUMENT', kind: 'argument' });

/** Text as it is: half of a surrogate pair would become another character on its way. */
function text(value, what) {
  if (typeof value !== 'string') throw wrong(`expected ${what} as text`);
  if (value.isWellFormed()) return value;
  throw wrong(`${what} has half of a surrogate pair: in JSON, escape it as JSON.stringify does`);
}

/** JSON as bytes or as text. */
function json(value, what) {
  if (typeof value === 'string') return text(value, what);
  // Of another realm too, as tests that run in a sandbox have it, and nothing that only looks like it.
  if (!types.isUint8Array(value)) throw wrong(`expected ${what} as JSON text or its bytes`);
  // Another thread may write there while it is read.
  return isShared(value) ? Uint8Array.from(value) : value;
}

/** A side of a change, which need not be there. */
const side = (value) => (value === null || value === undefined ? undefined : json(value, 'an object'));

/** An array to write answers into, which no other thread has. */
function target(value) {
  if (!types.isUint32Array(value)) throw wrong('expected a Uint32Array');
  if (isShared(value)) throw wrong('expected a Uint32Array over memory that is not shared');
  return value;
}

const isShared = ({ buffer }) => types.isSharedArrayBuffer(buffer);

function number(value) {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw wrong('expected a number that insert gave out');
}

const KINDS = { __proto__: null, save: false, delete: true };

function isDelete(kind) {
  // Of a text only: what else there is may throw when it is made one.
  const is = typeof kind === 'string' ? KINDS[kind] : undefined;
  if (is === undefined) throw wrong('expected the kind "save" or "delete"');
  return is;
}

const is = (type) => (value) => typeof value === type;
const OPTIONS = {
  __proto__: null,
  dialect: (value) => value === 'livequery' || value === 'find',
  strict: is('boolean'),
  legacyDottedNull: is('boolean'),
  schema: (value) => typeof value === 'object' && value !== null,
};

/** Options as JSON; one that is misspelt would be without effect in silence. */
function options(given) {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'object') throw wrong('expected options as an object');
  for (const [name, value] of Object.entries(given)) {
    if (!OPTIONS[name]) throw wrong(`there is no option ${name}`);
    if (value !== undefined && !OPTIONS[name](value)) throw wrong(`the option ${name} cannot have this value`);
  }
  return text(written(given), 'an option');
}

function written(given) {
  try {
    return JSON.stringify(given);
  } catch (error) {
    throw wrong(`an option cannot be written as JSON: ${error.message}`);
  }
}

module.exports = { isDelete, json, number, options, side, target, text, wrong };
