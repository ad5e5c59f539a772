#!/usr/bin/env bash
# Parse's JavaScript SDK 1.11.1, 3.5.1 and 8.6.2: a query object that goes on being used after it was subscribed to.
#
# Guessed: subscribing fixes what is asked; to narrow the same object afterwards for one page of find() (`.greaterThan(…).select(…)`) does not concern the
# subscription. (Or it does at once.)
# Seen: neither. Nothing is sent when the query changes; but the client keeps the query itself, and writes it anew into the frame after every reconnect. So the
# subscription changes its meaning at the first lost connection, with nothing said: here it is narrowed to some scores and to one field.
# Follows: an application works in every test and hears of less on the day on which the server is restarted; give subscribe() a query of its own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
releases=(1.11.1 3.5.1 8.6.2)
aliases=()
for release in "${releases[@]}"; do aliases+=("parse-$release@npm:parse@$release"); done
npm install --no-audit --no-fund --silent ws@8.20.0 "${aliases[@]}" || exit 2
cat >ask.cjs <<'JS'
const { WebSocketServer } = require('ws');
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const asked = [];
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, async () => {
  for (const release of process.argv.slice(2)) {
    const loaded = require(`parse-${release}/node`);
    const Parse = loaded.default ?? loaded;
    Parse.initialize('app', 'js');
    const client = new Parse.LiveQueryClient({ applicationId: 'app', serverURL: `ws://127.0.0.1:${server.address().port}`, javascriptKey: 'js' });
    client.on('error', () => {});
    client.open();
    const query = new Parse.Query('Game').equalTo('open', true);
    client.subscribe(query).on('error', () => {});
    await pause(500);
    query.greaterThan('score', 5).select('name');
    await pause(500);
    asked.push('(lost)');
    server.clients.forEach((socket) => socket.terminate());
    await pause(3_000);
    client.close();
    console.log(`${release}: ${asked.splice(0).join(' ')}`);
  }
  process.exit();
});
server.on('connection', (socket) => socket.on('message', (text) => {
  const { op, requestId, query } = JSON.parse(text);
  if (op === 'subscribe') asked.push(JSON.stringify([query.where, query.keys ?? query.fields ?? 'all']));
  socket.send(JSON.stringify({ op: op === 'connect' ? 'connected' : 'subscribed', clientId: 'c', requestId }));
}));
JS
seen=$(timeout 60 node ask.cjs "${releases[@]}")
echo "$seen"
[ "$seen" = '1.11.1: [{"open":true},"all"] (lost) [{"open":true,"score":{"$gt":5}},["name"]]
3.5.1: [{"open":true},"all"] (lost) [{"open":true,"score":{"$gt":5}},["name"]]
8.6.2: [{"open":true},"all"] (lost) [{"open":true,"score":{"$gt":5}},["name"]]' ]
