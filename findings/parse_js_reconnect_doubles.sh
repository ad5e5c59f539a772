#!/usr/bin/env bash
# Parse's JavaScript SDK 8.6.2 and a LiveQuery server that answers one request with an error and `"reconnect": true`.
#
# Guessed: the client closes its connection and opens another, or, where nothing is wrong with the connection, does nothing.
# Seen: the connection stays open and a second one is opened beside it, on which everything is subscribed to again; each event then
# reaches the application twice.
# Follows: a server must not send `true` with a harmless error (a query that it refuses), or it feeds its clients double.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent parse@8.6.2 ws@8.20.0 || exit 2
cat >ask.cjs <<'JS'
const { WebSocketServer } = require('ws');
const Parse = require('parse/node');
Parse.initialize('app', 'js');
const { LiveQueryClient, Query } = Parse;
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const open = new Map(); // sockets, each with the ids that are subscribed on it
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', socket => {
  open.set(socket, []);
  socket.on('close', () => open.delete(socket));
  socket.on('message', data => {
    const frame = JSON.parse(data);
    if (frame.op === 'connect') socket.send(JSON.stringify({ op: 'connected', clientId: 'c' }));
    if (frame.op !== 'subscribe') return;
    open.get(socket).push(frame.requestId);
    socket.send(JSON.stringify({ op: 'subscribed', clientId: 'c', requestId: frame.requestId }));
  });
});
server.on('listening', async () => {
  const client = new LiveQueryClient({ applicationId: 'app', serverURL: `ws://127.0.0.1:${server.address().port}`, javascriptKey: 'js' });
  client.on('error', () => {});
  client.open();
  const subscription = client.subscribe(new Query('Game'));
  let heard = 0;
  subscription.on('create', () => (heard += 1));
  subscription.on('error', () => {});
  await subscription.subscribePromise;
  for (const socket of open.keys()) socket.send(JSON.stringify({ op: 'error', code: 1, error: 'not this one', reconnect: true }));
  await pause(8000);
  for (const [socket, ids] of open) {
    for (const requestId of ids) {
      socket.send(JSON.stringify({ op: 'create', clientId: 'c', requestId, object: { className: 'Game', objectId: 'x', __type: 'Object' } }));
    }
  }
  await pause(500);
  console.log(`${open.size} connections, heard ${heard} times`);
  process.exit();
});
JS
seen=$(timeout 60 node ask.cjs) || exit 2
echo "$seen"
[ "$seen" = '2 connections, heard 2 times' ]
