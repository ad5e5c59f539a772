// Loads Parse Server's own LiveQuery code, quietly and in UTC. Nothing here decides anything.

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// Dates without a zone, and dates turned into text, depend on the server's zone.
process.env.TZ = 'UTC';
process.env.PARSE_SERVER_LOGS_FOLDER = 'null';
process.env.PARSE_SERVER_SILENT = '1';
// The original throws for ordinary inputs; collecting the stacks would take most of the time.
Error.stackTraceLimit = 0;

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.env.PARSE_SERVER_DIR ?? path.join(here, 'node_modules/parse-server');
const require = createRequire(path.join(folder, 'package.json'));

const WANTED = '9.10.0';
const { version } = require(path.join(folder, 'package.json'));
if (version !== WANTED) {
  throw new Error(`parse-server ${WANTED} is the judge, but ${version} is installed`);
}

const silent = () => {};
const logger = Object.fromEntries(
  ['verbose', 'info', 'warn', 'error', 'debug', 'silly', 'log'].map(level => [level, silent]),
);
require(path.join(folder, 'lib/logger.js')).setLogger(logger);

const live = name => require(path.join(folder, 'lib/LiveQuery', name));
export const QueryTools = live('QueryTools.js');
export const { ParseLiveQueryServer } = live('ParseLiveQueryServer.js');
export const { Client } = live('Client.js');
export const RequestSchema = live('RequestSchema.js').default;
export const schemaValidator = require('tv4');
export const Parse = require('parse/node');

const Config = require(path.join(folder, 'lib/Config.js'));
/** What the server is configured with, as far as a subscription asks: no limits, no permissions. */
(Config.default ?? Config).get = () => ({
  database: {
    loadSchema: async () => ({ getClassLevelPermissions: () => undefined }),
    addProtectedFields: () => null,
  },
});

Parse.initialize('livematch', 'javascriptKey', 'masterKey');
// As the LiveQuery server does: two objects with one id share nothing.
Parse.Object.disableSingleInstance();
// The time limit of patterns makes answers depend on the machine.
QueryTools.setRegexTimeout(0);

/** A LiveQuery server without its sockets. */
export function bareServer() {
  const server = Object.create(ParseLiveQueryServer.prototype);
  server.clients = new Map();
  server.subscriptions = new Map();
  server.config = { appId: 'livematch' };
  server.getAuthForSessionToken = async () => ({});
  return server;
}

/** Runs `work` with the clock of another zone. */
export function inZone(zone, work) {
  process.env.TZ = zone;
  try {
    return work();
  } finally {
    process.env.TZ = 'UTC';
  }
}
