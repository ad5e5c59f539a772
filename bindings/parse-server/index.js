'use strict';
const { accelerated, MARK } = require('./lib/accelerated');
const { loadEngine } = require('./lib/engine');
const { Metrics } = require('./lib/metrics');
const { read: readOptions } = require('./lib/options');
const { locate } = require('./lib/parse-server');
const { mendQueryHash } = require('./lib/fingerprints');
const { probe } = require('./lib/probe');

/** One for the process, as servers are: what two copies of this package count is counted once. */
const metrics = (globalThis[Symbol.for('parse-server-livematch.metrics')] ??= new Metrics());

/**
 * Makes LiveQuery servers that Parse Server creates from now on find subscriptions in a set.
 *
 * Answers whether they will. Where they will not, the log says why, once, and Parse Server is left as it was.
 *
 * @param {import('./lib/options').Options} [given]
 * @returns {boolean}
 * @throws {TypeError} for an option that does not exist or has a value that it cannot have
 */
function install(given) {
  const options = readOptions(given);
  const prepared = prepare(options);
  if (!prepared) return false;
  const { parse, Accelerated } = prepared;
  if (!Accelerated) {
    parse.logger.warn('parse-server-livematch: is installed already; the options of the first time stand');
    return true;
  }
  if (parse.hasStarted()) {
    parse.logger.warn('parse-server-livematch: was installed after a Parse Server had been made; a LiveQuery server that runs already stays as it is');
  }
  parse.live.ParseLiveQueryServer = Accelerated;
  return true;
}

/**
 * As `ParseServer.createLiveQueryServer`, for a process that does not call `install`; the options of this package
 * stand in `config.livematch`.
 */
async function createLiveQueryServer(httpServer, config, options) {
  const { livematch, ...rest } = config ?? {};
  const settings = readOptions(livematch);
  const prepared = prepare(settings);
  const parse = prepared?.parse ?? locate(settings);
  const { live } = parse;
  const before = live.ParseLiveQueryServer;
  if (prepared?.Accelerated) live.ParseLiveQueryServer = prepared.Accelerated;
  let made;
  // Parse Server looks the class up before it first waits, so nobody else sees the change.
  try { made = parse.ParseServer.createLiveQueryServer(httpServer, config && rest, options); } finally { live.ParseLiveQueryServer = before; }
  const server = await made;
  if (prepared?.Accelerated && !(server instanceof prepared.Accelerated)) {
    metrics.add('declined');
    parse.logger.warn('parse-server-livematch: Parse Server made a LiveQuery server of its own; it stays as it is');
  }
  return server;
}

/** Parse Server and the class in its place; without the class if it is in place already, null if it cannot be. */
function prepare(options) {
  const parse = locate(options);
  const { engine, error } = loadEngine();
  if (!engine) {
    metrics.add('declined');
    parse.logger.warn(`parse-server-livematch: the matcher cannot be loaded, so LiveQuery stays as it is: ${error.message}`);
    return null;
  }
  const Base = parse.live.ParseLiveQueryServer;
  if (Base?.[MARK]) return { parse };
  const fault = probe(Base, parse.Parse);
  if (fault) {
    metrics.add('declined');
    parse.logger.warn(`parse-server-livematch: Parse Server ${parse.version} is not as expected (${fault}), so LiveQuery stays as it is`);
    return null;
  }
  if (!parse.isKnown) {
    parse.logger.warn(`parse-server-livematch: Parse Server ${parse.version} is not among the releases that this was tried with (${parse.known}); its LiveQuery looks as theirs does`);
  }
  if (options.fingerprints) mendQueryHash(parse.QueryTools, engine);
  return { parse, Accelerated: accelerated(Base, { engine, options, metrics, parse }) };
}

module.exports = { install, createLiveQueryServer, metrics: () => metrics.read() };
