// Loads Parse Server's own LiveQuery code, quietly and in UTC. Nothing here decides anything.

import './quiet.mjs';
import { load, requireFromServer } from './installed.mjs';

const silent = () => {};
const logger = Object.fromEntries(
  ['verbose', 'info', 'warn', 'error', 'debug', 'silly', 'log'].map(level => [level, silent]),
);
load('logger.js').setLogger(logger);

const live = name => load(`LiveQuery/${name}`);
export const QueryTools = live('QueryTools.js');
export const { ParseLiveQueryServer } = live('ParseLiveQueryServer.js');
export const { Client } = live('Client.js');
export const RequestSchema = live('RequestSchema.js').default;
export const schemaValidator = requireFromServer('tv4');
export const Parse = requireFromServer('parse/node');

const Config = load('Config.js');
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

/** Runs `work` with patterns given up after so many milliseconds, as a server does; never if it is 0. */
export function withTimeLimit(ms, work) {
  QueryTools.setRegexTimeout(ms);
  try {
    return work();
  } finally {
    QueryTools.setRegexTimeout(0);
  }
}

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
