'use strict';

/** The package livematch, or the error why it cannot be loaded: a platform it is not built for, an old C library. */
function loadEngine({ engine }) {
  try {
    const loaded = engine ?? require('livematch');
    for (const name of ['Matcher', 'Query']) {
      if (typeof loaded[name] !== 'function') throw new Error(`livematch has no ${name}`);
    }
    return { engine: loaded };
  } catch (error) {
    return { error };
  }
}

const ABSENT = 0, NO_MATCH = 1, MATCH = 2, FAULT = 3;
/** The verdict of a side, 0 before and 1 after the change. */
const verdictOf = (verdicts, side) => (verdicts >> (2 * side)) & 3;

module.exports = { loadEngine, verdictOf, ABSENT, NO_MATCH, MATCH, FAULT };
