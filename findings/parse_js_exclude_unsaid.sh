#!/usr/bin/env bash
# Parse's JavaScript SDK 8.6.2: a query with `exclude('secret')`, found and subscribed to.
#
# Guessed: what is left out of the answers of find() is left out of the events of the same query too, as `select` is of both; or subscribe() refuses a query that it cannot say.
# Seen: find() sends `excludeKeys`. The frame of subscribe() has `where`, `keys` and `watch` and no word of what is excluded, so that events bring the field; nothing is said.
# Beside `select('name')` the event is cut to what is selected, which looks as if exclude had worked.
# Follows: an application that leaves large or private fields out of its list gets them with every event; a server that wanted to leave them out is not told of it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent parse@8.6.2 ws@8.20.0 || exit 2
cat >ask.cjs <<'JS'
const loaded = require('parse/node');
const Parse = loaded.default ?? loaded;
const { WebSocketServer } = require('ws');
const asked = () => new Parse.Query('Game').equalTo('open', true).exclude('secret');
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, async () => {
  Parse.initialize('app', 'js');
  Parse.serverURL = 'http://127.0.0.1:9/parse';
  Parse.liveQueryServerURL = `ws://127.0.0.1:${server.address().port}`;
  console.log(`find ${Object.keys(asked().toJSON()).sort().join(' ')}`);
  await asked().subscribe();
  await asked().select('name').watch('score').subscribe();
  process.exit();
});
server.on('connection', (socket) => socket.on('message', (text) => {
  const frame = JSON.parse(text);
  if (frame.op === 'subscribe') console.log(`subscribe ${Object.keys(frame.query).sort().join(' ')}`);
  socket.send(JSON.stringify({ op: frame.op === 'connect' ? 'connected' : 'subscribed', clientId: 'c', requestId: frame.requestId }));
}));
JS
seen=$(timeout 30 node ask.cjs)
echo "$seen"
[ "$seen" = 'find excludeKeys where
subscribe className where
subscribe className keys watch where' ]
