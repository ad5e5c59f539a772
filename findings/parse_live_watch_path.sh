#!/usr/bin/env bash
# `watch` of a live query (Parse.Query.watch in the SDKs) on Parse Server 9.10.0, here on PostgreSQL.
#
# Guessed: it names fields, by a path where they stand within an object as in `where`, and keeps back updates in which none of them changed; what is
# created, enters, leaves or is deleted is told as ever.
# Seen: a path such as `place.city` never counts as changed, since it is looked up as the name of a field: whoever watches it alone hears of no update and of no
# creation at all, and subscribing to it is confirmed. A creation is kept back too if the new object lacks the watched field: a list of newly created objects
# that watches `score` misses those that get a score later, until that update, which comes as "update" of an object that the client has never seen.
# Follows: watch the whole object (`place`), and take an update of an unknown object for a creation.
set -euo pipefail
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$programs" ] || { echo "needs PostgreSQL" >&2; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "dependencies": { "parse-server": "9.10.0", "ws": "8.20.0" }, "overrides": { "router": "2.2.0" } }' >package.json
npm install --no-audit --no-fund --silent || exit 2
# It refuses to run as root.
own=()
if [ "$(id -u)" = 0 ]; then
    own=(setpriv --reuid postgres --regid postgres --clear-groups)
    chmod 755 "$folder"
    mkdir data && chown postgres data
else
    mkdir data
fi
free() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
port=$(free)
"${own[@]}" "$programs/initdb" -D data/pg -U parse -A trust --no-sync -E UTF8 --locale C >/dev/null
"${own[@]}" "$programs/postgres" -D data/pg -p "$port" -c fsync=off -c listen_addresses=127.0.0.1 -c "unix_socket_directories=$folder/data" >/dev/null 2>&1 &
cat >server.cjs <<'JS'
const { ParseServer } = require('parse-server');
const [port, databaseURI] = process.argv.slice(2);
const serverURL = `http://127.0.0.1:${port}/parse`;
const live = { liveQuery: { classNames: ['Game'] }, startLiveQueryServer: true, liveQueryServerOptions: { logLevel: 'error' } };
const settings = { appId: 'app', masterKey: 'master', port, host: '127.0.0.1', serverURL, databaseURI, allowClientClassCreation: true, silent: true, directAccess: false };
ParseServer.startApp({ ...settings, ...live, verifyServerUrl: false }).then(() => console.log('ready'));
JS
cat >ask.cjs <<'JS'
const WebSocket = require('ws');
const [port] = process.argv.slice(2);
const pause = () => new Promise((resolve) => setTimeout(resolve, 1_000));
const ask = async (method, path, body) => {
  const headers = { 'X-Parse-Application-Id': 'app', 'X-Parse-Master-Key': 'master', 'Content-Type': 'application/json' };
  return (await fetch(`http://127.0.0.1:${port}/parse/classes/${path}`, { method, headers, body: JSON.stringify(body) })).json();
};
const socket = new WebSocket(`ws://127.0.0.1:${port}/parse`);
const frames = [];
socket.on('message', (text) => frames.push(JSON.parse(text)));
const said = async (work) => {
  const answer = await work();
  await pause();
  return [frames.splice(0).map(({ op, requestId }) => `${op} ${requestId ?? ''}`.trim()).sort().join(', ') || 'nothing', answer];
};
socket.on('open', async () => {
  const send = async (frame) => socket.send(JSON.stringify(frame));
  await said(() => send({ op: 'connect', applicationId: 'app' }));
  const subscribe = (requestId, watch) => send({ op: 'subscribe', requestId, query: { className: 'Game', where: {}, watch } });
  console.log(`subscribing: ${(await said(async () => { await subscribe(1, ['score']); await subscribe(2, ['place.city']); await subscribe(3, ['place']); }))[0]}`);
  const [created, { objectId }] = await said(() => ask('POST', 'Game', { place: { city: 'Rome' } }));
  console.log(`created without score: ${created}`);
  console.log(`city changes: ${(await said(() => ask('PUT', `Game/${objectId}`, { place: { city: 'Oslo' } })))[0]}`);
  console.log(`score comes: ${(await said(() => ask('PUT', `Game/${objectId}`, { score: 1 })))[0]}`);
  process.exit();
});
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -q ready log; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$at")
echo "$seen"
[ "$seen" = 'subscribing: subscribed 1, subscribed 2, subscribed 3
created without score: create 3
city changes: update 3
score comes: update 1' ]
