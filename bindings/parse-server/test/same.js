'use strict';
// Holds the pushes of a server with the matcher against those of Parse Server's own: node test/same.js FOLDER [saves] [subscriptions] [seed]
// FOLDER is that of a parse-server.  OPTIONS is JSON.
const assert = require('node:assert');
const path = require('node:path');
const { load, serve, quietly } = require('./drive');
const { random, clause, change } = require('./random');
const livematch = require('..');

async function same({ folder, saves = 300, subscriptions = 100, seed = 1, options = {} }) {
  const parse = load(path.resolve(folder));
  const stock = await serve(parse, async (...args) => { const server = new parse.module.ParseLiveQueryServer(...args); await server.connect(); return server; });
  livematch.install({ parseServer: parse.folder, ...options });
  const ours = await serve(parse, async (...args) => { const server = new parse.module.ParseLiveQueryServer(...args); await server.connect(); return server; });
  assert.notStrictEqual(ours.server.constructor, stock.server.constructor, 'the package is installed');

  const r = random(seed);
  const both = [stock, ours];
  const classes = ['Game', 'Room', 'Task'];
  const CLIENTS = 20;
  for (let n = 0; n < CLIENTS; n++) for (const server of both) await server.client([{}, { sessionToken: 'r:u1' }, { sessionToken: 'r:u2' }, {}, { masterKey: 'master' }][n % 5]);
  const alive = [];
  let next = 1;
  const begin = async () => {
    const client = r.below(CLIENTS), requestId = next++, className = r.one(classes), where = clause(r);
    const rest = r.often(0.2) ? { keys: ['status', 'score'] } : r.often(0.1) ? { watch: ['score'] } : {};
    // The session of a subscription counts besides that of its client.
    const more = r.often(0.2) ? { sessionToken: r.one(['r:u1', 'r:u2']) } : {};
    for (const server of both) await server.clients[client].subscribe(requestId, className, where, rest, more);
    alive.push([client, requestId]);
  };
  const end = async () => {
    const [[client, requestId]] = alive.splice(r.below(alive.length), 1);
    for (const server of both) await server.clients[client].unsubscribe(requestId);
  };
  while (alive.length < subscriptions) await begin();
  const begun = ours.clients.flatMap(({ frames }) => frames).filter(frame => frame.includes('"op":"subscribed"')).length;
  assert.strictEqual(begun, subscriptions, 'every subscription began');
  let pushes = 0;
  for (let n = 0; n < saves; n++) {
    if (r.often(0.1)) { await end(); await begin(); }
    const [kind, message] = change(r, classes);
    const text = JSON.stringify(message);
    for (const server of both) server.publish(kind, text);
    if (n % 20 === 19 || n === saves - 1) {
      await quietly(...both);
      const [expected, got] = both.map(server => server.pushes());
      assert.deepStrictEqual(got, expected, `up to save ${n}, seed ${seed}`);
      pushes += expected.flat().filter(frame => /"op":"(create|enter|update|leave|delete)"/.test(frame)).length;
    }
  }
  return { version: parse.version, saves, subscriptions, seed, pushes, metrics: livematch.metrics(), logger: parse.at('lib/logger').getLogger() };
}

module.exports = { same };
if (require.main === module) {
  const [folder, saves, subscriptions, seed] = process.argv.slice(2);
  same({ folder, saves: Number(saves ?? 10_000), subscriptions: Number(subscriptions ?? 1_000), seed: Number(seed ?? 1), options: JSON.parse(process.env.OPTIONS ?? '{}') })
    .then(({ logger, ...told }) => { console.log(JSON.stringify(told)); if (process.env.LOG) console.log(logger.said.filter(([level]) => level === 'warn').slice(0, 12)); process.exit(0); }, error => { console.error(error); process.exit(1); });
}
