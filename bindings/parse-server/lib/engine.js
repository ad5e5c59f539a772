'use strict';

/** The package livematch, or the error why it cannot be loaded: a platform it is not built for, an old C library. */
function loadEngine() {
  try {
    return { engine: require('livematch') };
  } catch (error) {
    return { error };
  }
}

const ABSENT = 0, NO_MATCH = 1, MATCH = 2, FAULT = 3;
/** The verdict of a side, 0 before and 1 after the change, of the number that a matcher gives beside that of a query. */
const verdictOf = (verdicts, side) => (verdicts >> (2 * side)) & 3;

module.exports = { loadEngine, verdictOf, ABSENT, NO_MATCH, MATCH, FAULT };
