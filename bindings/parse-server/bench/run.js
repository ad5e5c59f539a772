'use strict';
// How long a save blocks the event loop, Parse Server's own server and ours in one run: node --expose-gc bench/run.js FOLDER
// FOLDER is that of a parse-server; OPTIONS, as JSON, are those of install. Medians, in microseconds.
const path = require('node:path');
const { load, serve, quietly } = require('../test/drive');
const livematch = require('..');

const FOLDER = path.resolve(process.argv[2]);
const SIZES = (process.env.SIZES ?? '1000,10000,100000').split(',').map(Number);
const CLIENTS = 100;
const parse = load(FOLDER);
const fresh = async (...args) => { const server = new parse.module.ParseLiveQueryServer(...args); await server.connect(); return server; };
const notes = 'x'.repeat(600);
const game = (n, score) => ({ className: 'Game', __type: 'Object', objectId: `o${n}`, room: `r${n}`, score, notes, createdAt: '2026-01-02T03:04:05.678Z', updatedAt: '2026-01-02T03:04:05.678Z', list: [1, 2, 3], place: { a: { b: 1 } } });
const median = list => list.sort((a, b) => a - b)[list.length >> 1];
const memory = () => { global.gc(); global.gc(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };

/** A server with so many subscriptions, each to a room of its own; filed as Parse Server does, without the sockets' frames. */
async function filled(size) {
  const at = await serve(parse, fresh);
  for (let n = 0; n < CLIENTS; n++) await at.client();
  const { Subscription } = parse.at('lib/LiveQuery/Subscription');
  const clients = [...at.server.clients.values()];
  at.server.subscriptions.set('Game', new Map());
  const filed = at.server.subscriptions.get('Game');
  const before = memory(), began = process.hrtime.bigint();
  for (let n = 0; n < size; n++) {
    const subscription = new Subscription('Game', { room: `r${n}`, score: { $gt: 5 } }, `hash${n}`);
    filed.set(`hash${n}`, subscription);
    const client = clients[n % CLIENTS];
    client.addSubscriptionInfo(n, { subscription });
    subscription.addClientSubscription(client.id, n);
  }
  at.fill = Number(process.hrtime.bigint() - began) / 1000 / size;
  at.bytes = (memory() - before) / size;
  return at;
}

async function measure(at, message, rounds) {
  const text = JSON.stringify(message);
  const took = [];
  let sent = 0;
  for (let n = 0; n < rounds; n++) {
    const began = process.hrtime.bigint();
    at.publish('afterSave', text);
    // What follows the loop over subscriptions, up to the last that is sent without waiting for anything outside.
    await new Promise(resolve => setImmediate(resolve));
    took.push(Number(process.hrtime.bigint() - began) / 1000);
    await quietly(at);
    sent += at.pushes().flat().length;
  }
  return { median: median(took), sent: sent / rounds };
}

(async () => {
  const rows = [];
  for (const ours of [false, true]) {
    if (ours && !livematch.install({ parseServer: FOLDER, ...JSON.parse(process.env.OPTIONS ?? '{}') })) throw new Error(parse.at('lib/logger').getLogger().said.join('; '));
    for (const size of SIZES) {
      // Stock takes seconds for each save there.
      if (!ours && size > 10_000) continue;
      const at = await filled(size);
      at.pushes();
      const rounds = ours ? 500 : Math.max(5, Math.floor(20_000 / size));
      const told = await measure(at, { currentParseObject: game(7, 9), originalParseObject: game(7, 8) }, rounds);
      const nobody = await measure(at, { currentParseObject: game(7, 1), originalParseObject: game(7, 2) }, rounds);
      let bare = [];
      const text = JSON.stringify({ currentParseObject: game(7, 1), originalParseObject: game(7, 2) });
      for (let n = 0; n < (ours ? 5000 : rounds); n++) { const began = process.hrtime.bigint(); at.publish('afterSave', text); bare.push(Number(process.hrtime.bigint() - began) / 1000); if (!ours) await quietly(at); }
      await quietly(at);
      rows.push({ server: ours ? 'livematch' : 'stock', size, 'one told': told.median.toFixed(1), sent: told.sent, nobody: nobody.median.toFixed(1), 'nobody, call only': median(bare).toFixed(1), 'fill each': at.fill.toFixed(2), 'JS bytes each': Math.round(at.bytes), 'native bytes each': ours ? Math.round(at.server._livematch.matcher.memoryUsage / size) : 0 });
    }
  }
  console.table(rows);
  process.exit(0);
})();
