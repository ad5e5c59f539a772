'use strict';
// A worker of a cluster: has a server of its own, and says what it sent and counted.
const cluster = require('node:cluster');
const { load, serve, quietly } = require('./drive');
const livematch = require('..');

const [folder] = process.argv.slice(2);

async function worker() {
  const parse = load(folder);
  livematch.install({ parseServer: folder });
  const at = await serve(parse, async (...args) => { const server = new parse.module.ParseLiveQueryServer(...args); await server.connect(); return server; });
  const client = await at.client();
  const { id } = cluster.worker;
  await client.subscribe(id, 'Game', { score: id });
  client.frames.length = 0;
  for (const score of [1, 2]) at.publish('afterSave', { currentParseObject: { className: 'Game', __type: 'Object', objectId: 'o1', score } });
  await quietly(at);
  process.send({ id, sent: client.frames.map(text => JSON.parse(text).op + JSON.parse(text).requestId), metrics: livematch.metrics() }, () => process.exit(0));
}

if (cluster.isPrimary) {
  const heard = [];
  cluster.on('message', (_worker, message) => { if (heard.push(message) === 2) console.log(JSON.stringify(heard.sort((one, other) => one.id - other.id))); });
  for (let n = 0; n < 2; n++) cluster.fork();
} else {
  worker();
}
