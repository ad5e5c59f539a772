#!/usr/bin/env bash
# Parse's JavaScript SDK 8.6.2, `open` of a subscription: a LiveQuery server that confirms a subscription and sends an event of it at once, and a
# subscription that is left as soon as it is confirmed.
#
# Guessed: `open` is fired when the confirmation is read, so that it is the first thing a subscription says, and that nothing opens which has been closed.
# Seen: `open` waits for a timer of 200 ms behind the confirmation. The event is heard before it; a subscription that is left in between says `close`
# first and `open` afterwards. The promise of `subscribePromise` is kept at the confirmation.
# Follows: who fills a list on `open` misses nothing, but whatever is set up there (a list to add to) is not there for the first events; and who counts
# open subscriptions by these two counts one too many for ever.
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
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', socket => {
  const send = frame => socket.send(JSON.stringify({ clientId: 'c', ...frame }));
  socket.on('message', data => {
    const { op, requestId, query } = JSON.parse(data);
    if (op === 'connect') send({ op: 'connected' });
    if (op === 'unsubscribe') send({ op: 'unsubscribed', requestId });
    if (op !== 'subscribe') return;
    send({ op: 'subscribed', requestId });
    if (query.className === 'Told') send({ op: 'create', requestId, object: { className: 'Told', objectId: 'x', __type: 'Object' } });
  });
});
server.on('listening', async () => {
  const client = new LiveQueryClient({ applicationId: 'app', serverURL: `ws://127.0.0.1:${server.address().port}`, javascriptKey: 'js' });
  client.on('error', () => {});
  client.open();
  const heard = className => {
    const subscription = client.subscribe(new Query(className));
    const said = [];
    for (const event of ['open', 'create', 'close']) subscription.on(event, () => said.push(event));
    return { subscription, said };
  };
  const told = heard('Told');
  const left = heard('Left');
  await left.subscription.subscribePromise;
  left.said.push('confirmed');
  left.subscription.unsubscribe();
  await pause(1_500);
  console.log(`${told.said.join(' ')}; ${left.said.join(' ')}`);
  process.exit();
});
JS
seen=$(timeout 60 node ask.cjs) || exit 2
echo "$seen"
[ "$seen" = 'create open; confirmed close open' ]
