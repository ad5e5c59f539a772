'use strict';
// Drives Parse Server's LiveQuery server by what it is given from outside: messages of the publisher and sockets. No database is
// asked: the configuration has an adapter that knows no class.
const { EventEmitter } = require('node:events');
const path = require('node:path');

// Parse Server writes files into the folder where it is loaded otherwise; programs that are started inherit it.
process.env.PARSE_SERVER_LOGS_FOLDER ??= 'null';

const APP = 'livematch';
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Loads a parse-server that stands in a folder. */
function load(folder) {
  const at = name => require(path.join(folder, name));
  const Parse = require(require.resolve('parse/node', { paths: [folder] }));
  at('lib/logger').setLogger(quiet());
  Parse.initialize(APP, 'js', 'master');
  Parse.serverURL = 'http://127.0.0.1:9/parse';
  const adapter = { watch() {}, getAllClasses: async () => [], getClass: async () => { throw undefined; }, setIndexesWithSchemaFormat: async () => {}, schemaCacheTtl: 0, enableSchemaHooks: false };
  const { AppCache } = at('lib/cache');
  const put = () => AppCache.put(APP, { appId: APP, masterKey: 'master', applicationId: APP, databaseController: { adapter }, schemaCacheTtl: 0, protectedFields: {}, requestComplexity: null, liveQuery: {} });
  return { folder, at, Parse, put, module: at('lib/LiveQuery/ParseLiveQueryServer'), triggers: at('lib/triggers'), version: at('package.json').version };
}

function quiet() {
  const said = [];
  const logger = { said };
  for (const level of ['verbose', 'silly', 'debug', 'info', 'log']) logger[level] = () => {};
  for (const level of ['warn', 'error']) logger[level] = (...args) => said.push([level, args.join(' ')]);
  return logger;
}

/** A pub/sub of one server, so that several can stand in one process and hear the same. */
function pubsub() {
  const channels = new Map();
  return {
    createPublisher: () => ({ publish() {} }),
    createSubscriber: () => Object.assign(new EventEmitter(), {
      subscribe(channel, listener) { channels.set(channel, listener ?? (() => {})); }, unsubscribe() {}, close() {}, connect() { this.isOpen = true; },
    }),
    publish: (kind, text) => channels.get(`${APP}${kind}`)(text, `${APP}${kind}`),
  };
}

class Socket extends EventEmitter {
  constructor(frames) { super(); this.frames = frames; this.ws = { close() {} }; }
  send(text) { this.frames.push(text); }
}

/** A server with what is needed to talk to it. `make` is given what `createLiveQueryServer` is. */
async function serve(parse, make) {
  const bus = pubsub();
  const server = await make({ on() {}, listeners: () => [], addListener() {}, removeListener() {} }, { appId: APP, masterKey: 'master', serverURL: parse.Parse.serverURL, keyPairs: {}, pubSubAdapter: bus, redisURL: '' });
  parse.put();
  // Sessions, as if they had been asked for already: no database is there. The second has a role.
  for (const [token, id, roles] of [['r:u1', 'u1', []], ['r:u2', 'u2', ['role:admin']]]) {
    const auth = { user: { id }, isMaster: false, getUserRoles: async () => roles, clearRoleCache() {} };
    server.authCache.set(token, Promise.resolve({ auth, userId: id }), { ttl: 2 ** 30 });
  }
  const clients = [];
  return {
    server, clients, publish: (kind, message) => bus.publish(kind, typeof message === 'string' ? message : JSON.stringify(message)),
    async client(more = {}) {
      const frames = [];
      const socket = new Socket(frames);
      server._onConnect(socket);
      socket.emit('message', JSON.stringify({ op: 'connect', applicationId: APP, ...more }));
      while (!frames.length) await settle();
      // A server draws the ids of its clients; they are no part of what is compared.
      const client = { frames, socket, async ask(request) { const before = frames.length; socket.emit('message', JSON.stringify(request)); for (let i = 0; i < 1000 && frames.length === before; i++) await settle(); } };
      client.subscribe = (requestId, className, where, rest, more) => client.ask({ op: 'subscribe', requestId, query: { className, where, ...rest }, ...more });
      client.unsubscribe = requestId => client.ask({ op: 'unsubscribe', requestId });
      clients.push(client);
      return client;
    },
    /** What each client was sent since, for each requestId, as a multiset: sorted texts. */
    pushes() {
      return clients.map(({ frames }) => {
        const sent = frames.map(text => text.replace(UUID, 'UUID')).sort();
        frames.length = 0;
        return sent;
      });
    },
  };
}

const settle = () => new Promise(resolve => setImmediate(resolve));
/** Until nothing more is sent. */
async function quietly(...servers) {
  const count = () => servers.reduce((sum, { clients }) => sum + clients.reduce((all, { frames }) => all + frames.length, 0), 0);
  for (let same = 0, last = -1; same < 8;) {
    await settle();
    const now = count();
    same = now === last ? same + 1 : 0;
    last = now;
  }
}

module.exports = { APP, load, serve, settle, quietly };
