'use strict';
const { createRequire } = require('node:module');
const path = require('node:path');

/** The releases that the proof was run with. */
const KNOWN = ['9.10.0', '9.10.1-alpha.13', '8.6.94'];

/** Parse Server as the program finds it, which need not be as this package would. */
function locate({ parseServer }) {
  const load = parseServer ? createRequire(path.join(path.resolve(parseServer), 'package.json')) : requireThatKnows('parse-server/package.json');
  const file = name => load(parseServer ? `./${name}` : `parse-server/${name}`);
  // Before its parts: Parse Server's modules need one another in a circle, and loaded in another order they work otherwise.
  const { ParseServer } = file('lib/index');
  const { version } = file('package.json');
  return {
    version, known: KNOWN.join(', '), isKnown: KNOWN.includes(version),
    live: file('lib/LiveQuery/ParseLiveQueryServer'), QueryTools: file('lib/LiveQuery/QueryTools'), Client: file('lib/LiveQuery/Client').Client,
    ParseServer,
    Parse: createRequire(load.resolve(parseServer ? './package.json' : 'parse-server/package.json'))('parse/node'),
    // Looked up at each use, as Parse Server replaces it when it starts.
    logger: { warn: text => file('lib/logger').getLogger().warn(text) },
    hasStarted: () => Object.keys(file('lib/cache').AppCache.cache ?? {}).length > 0,
  };
}

function requireThatKnows(name) {
  const places = [require.main?.filename, path.join(process.cwd(), 'index.js'), __filename].filter(Boolean);
  for (const place of places) {
    const load = createRequire(place);
    try { load.resolve(name); return load; } catch { /* the next */ }
  }
  throw new Error('parse-server-livematch: the package parse-server is not found; say where it is by the option parseServer');
}

module.exports = { locate };
