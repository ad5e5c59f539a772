#!/usr/bin/env bash
# `original` of a live query's events in a web page: Parse's JavaScript SDK 3.5.1 and 8.6.2, the builds for browsers (dist/parse.js).
#
# Guessed: `subscription.on('update', (object, original) => …)` is given the state before and the state after, as the frame has both.
# Seen: in a page both are the new state. All objects with one class and id share their values there ("single instance", on in browsers and off in Node), so the
# original that the SDK has just read is overwritten a line later. An application that asks whether a field has changed is told that none ever does. The
# same program in Node gets both states.
# Follows: what was before has to be copied on the event before; code that compares the two passes its tests, which run in Node, and does nothing in the page.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent parse-3.5.1@npm:parse@3.5.1 parse-8.6.2@npm:parse@8.6.2 ws@8.20.0 || exit 2
cat >ask.cjs <<'JS'
const { readFileSync } = require('node:fs');
const vm = require('node:vm');
const { WebSocket, WebSocketServer } = require('ws');
// What a page has and the SDK looks for; no `process`, by which it knows Node.
function inPage(release) {
  const kept = new Map();
  const localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const { crypto, queueMicrotask, structuredClone, TextDecoder, TextEncoder, URL } = globalThis;
  const page = { clearTimeout, console, crypto, localStorage, navigator: {}, queueMicrotask, setTimeout, structuredClone, TextDecoder, TextEncoder, URL, WebSocket };
  page.window = page.self = page;
  vm.runInContext(readFileSync(`node_modules/parse-${release}/dist/parse.js`, 'utf8'), vm.createContext(page));
  return page.Parse;
}
function inNode(release) {
  const loaded = require(`parse-${release}/node`);
  return loaded.default ?? loaded;
}
const changes = [['update', 2, 1], ['leave', 3, 2], ['enter', 4, 3]];
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, async () => {
  for (const [place, load] of Object.entries({ page: inPage, node: inNode })) {
    for (const release of ['3.5.1', '8.6.2']) {
      const Parse = load(release);
      Parse.initialize('app', 'js');
      Parse.serverURL = 'http://127.0.0.1:9/parse';
      Parse.liveQueryServerURL = `ws://127.0.0.1:${server.address().port}`;
      const subscription = await new Parse.Query('Game').subscribe();
      const told = changes.map(([op]) => new Promise((resolve) => subscription.on(op, (object, original) => resolve(`${op} ${original.get('score')} to ${object.get('score')}`))));
      console.log(`${place} ${release}: ${(await Promise.all(told)).join(', ')}`);
    }
  }
  process.exit();
});
server.on('connection', (socket) => socket.on('message', (text) => {
  const { op, requestId } = JSON.parse(text);
  const send = (frame) => socket.send(JSON.stringify({ clientId: 'c', requestId, ...frame }));
  send({ op: op === 'connect' ? 'connected' : 'subscribed' });
  if (op !== 'subscribe') return;
  const object = (score) => ({ className: 'Game', objectId: 'g1', score });
  setTimeout(() => changes.forEach(([change, after, before]) => send({ op: change, object: object(after), original: object(before) })), 500);
}));
JS
seen=$(timeout 60 node ask.cjs)
echo "$seen"
[ "$seen" = 'page 3.5.1: update 2 to 2, leave 3 to 3, enter 4 to 4
page 8.6.2: update 2 to 2, leave 3 to 3, enter 4 to 4
node 3.5.1: update 1 to 2, leave 2 to 3, enter 3 to 4
node 8.6.2: update 1 to 2, leave 2 to 3, enter 3 to 4' ]
