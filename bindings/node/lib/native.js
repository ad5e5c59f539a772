'use strict';

const { opened } = require('./errors.js');
const { load } = require('./load.js');

/** Calls into the module; what it says goes wrong becomes an error that can be read. */
function asked(work) {
  try {
    return work();
  } catch (error) {
    throw opened(error);
  }
}

module.exports = { asked, native: load() };
