#!/usr/bin/env bash
# Parse's JavaScript SDK 8.6.2: close() of a live query client that has lost its connection and waits to try again.
#
# Guessed: close() is the end, and the pending try is given up with it; an application that closes while its server is away (logging out,
# leaving a page of a single-page app) leaves nothing behind.
# Seen: the try stays due. When the server is back the closed client connects, says "connect", is answered, and keeps that connection
# open for as long as the process lives, with nothing subscribed on it. Each client that is closed in such a moment is one socket.
# Follows: whoever counts clients of a live query server sees them come back after a restart although the application has closed them;
# an application that wants to be gone has to close again in the "open" that comes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent parse@8.6.2 ws@8.20.0 || exit 2
cat >ask.cjs <<'JS'
const { WebSocketServer } = require('ws');
const { once } = require('node:events');
const Parse = require('parse/node');
Parse.initialize('app', 'js');
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const frames = [];
const open = new Set();
async function listen(port) {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  server.on('connection', socket => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('message', data => {
      const { op, requestId } = JSON.parse(data);
      frames.push(op);
      if (op === 'connect') socket.send(JSON.stringify({ op: 'connected', clientId: 'c' }));
      if (op === 'subscribe') socket.send(JSON.stringify({ op: 'subscribed', clientId: 'c', requestId }));
    });
  });
  await once(server, 'listening');
  return server;
}
(async () => {
  let server = await listen(0);
  const { port } = server.address();
  const client = new Parse.LiveQueryClient({ applicationId: 'app', serverURL: `ws://127.0.0.1:${port}`, javascriptKey: 'js' });
  client.on('error', () => {});
  client.open();
  const subscription = client.subscribe(new Parse.Query('Game'));
  subscription.on('error', () => {});
  await subscription.subscribePromise;
  const lost = new Promise(resolve => client.on('close', resolve));
  server.close();
  open.forEach(socket => socket.terminate());
  await lost;
  client.close();
  frames.length = 0;
  server = await listen(port);
  await pause(8000);
  console.log(`after close(): ${frames.join(', ')}; ${open.size} open`);
  process.exit();
})();
JS
seen=$(timeout 60 node ask.cjs) || exit 2
echo "$seen"
[ "$seen" = 'after close(): connect; 1 open' ]
