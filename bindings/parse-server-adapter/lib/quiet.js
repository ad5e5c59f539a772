'use strict';

/** A logger that never throws, and lacks no level: what is to be told must not fail a save. */
function quiet(logger) {
  const say = (level) => (text) => {
    try {
      const told = logger[level](`LivematchPubSub: ${text}`);
      // One that writes to somewhere else may fail later.
      if (typeof told?.catch === 'function') told.catch(() => {});
    } catch {
      // There is nobody left to tell.
    }
  };
  return { error: say('error'), warn: say('warn'), info: say('info') };
}

module.exports = { quiet };
