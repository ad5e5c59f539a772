'use strict';

/**
 * @typedef {object} Options
 * @property {boolean} [fingerprints] queries that Parse Server confuses are told apart, in the whole process
 * @property {'livequery'|'find'} [dialect] whose answers: LiveQuery's (the default) or those of `find()`
 * @property {boolean} [warn] what can never match is said in the log and in `request.query.warnings`
 * @property {boolean} [strict] as `warn`, and such a subscription is refused
 * @property {boolean} [shadow] answers stay Parse Server's; differences are counted and logged
 * @property {boolean} [ordered] events of one object are sent in the order of its changes
 * @property {number} [orderedTimeout] so many milliseconds an event waits for those before it at most; 10,000
 * @property {boolean} [concernedOnly] who is not concerned is not told that the class's permissions refuse him
 * @property {string} [parseServer] the folder of the package parse-server, if it is not found
 */

const is = type => value => typeof value === type;
const KNOWN = {
  fingerprints: is('boolean'), warn: is('boolean'), strict: is('boolean'), shadow: is('boolean'), ordered: is('boolean'),
  concernedOnly: is('boolean'), dialect: value => value === 'livequery' || value === 'find', parseServer: is('string'),
  orderedTimeout: value => Number.isInteger(value) && value > 0 && value < 2 ** 31,
};

/** The options, checked: one that is misspelt would be silently without effect. */
function read(given = {}) {
  if (typeof given !== 'object' || given === null) throw new TypeError('parse-server-livematch: options: expected an object');
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(KNOWN, name)) throw new TypeError(`parse-server-livematch: ${name}: no such option`);
    if (value !== undefined && !KNOWN[name](value)) throw new TypeError(`parse-server-livematch: ${name}: cannot be ${JSON.stringify(value)}`);
  }
  return { dialect: 'livequery', orderedTimeout: 10_000, ...given, warn: Boolean(given.warn || given.strict) };
}

module.exports = { read, NAMES: Object.keys(KNOWN) };
