#!/usr/bin/env bash
# A live query whose class is closed while it is open (class-level permissions: find for who is logged in), on Parse Server 9.10.0, here on PostgreSQL.
#
# Guessed: from then on the subscription is silent, or at most an event that it would have got is answered by an error.
# Seen: each save of any object of the class, whatever the clause asks for, brings an error for the subscription: the permission is asked for before it is seen
# whether the clause is met. While the class was open, saves that do not match brought nothing. Who subscribes anew is refused.
# Follows: a client that subscribes again at each error never rests, and one that counts them sees how often a class is written that it may not read; who takes the
# matching of LiveQuery elsewhere still has to visit every subscription of such a class.
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
  return (await fetch(`http://127.0.0.1:${port}/parse/${path}`, { method, headers, body: JSON.stringify(body) })).json();
};
const rights = (find) => ({ classLevelPermissions: { find, get: find, count: find, create: { '*': true }, update: { '*': true }, delete: {}, addField: { '*': true } } });
const socket = new WebSocket(`ws://127.0.0.1:${port}/parse`);
const frames = [];
socket.on('message', (text) => frames.push(JSON.parse(text)));
const said = async (name, work) => {
  await work();
  await pause();
  console.log(`${name}: ${frames.splice(0).map(({ op, code, requestId }) => [op, code, requestId && `of ${requestId}`].filter(Boolean).join(' ')).join(', ') || 'nothing'}`);
};
const save = async () => {
  for (const score of [1, 2, 3]) await ask('POST', 'classes/Game', { score });
};
socket.on('open', async () => {
  await ask('POST', 'schemas/Game', { className: 'Game', fields: { score: { type: 'Number' } }, ...rights({ '*': true }) });
  const send = async (frame) => socket.send(JSON.stringify(frame));
  const subscribe = (requestId) => send({ op: 'subscribe', requestId, query: { className: 'Game', where: { score: { $gt: 1_000 } } } });
  await said('connecting', () => send({ op: 'connect', applicationId: 'app' }));
  await said('subscribing', () => subscribe(1));
  await said('three saves that do not match', save);
  await said('the class is closed', () => ask('PUT', 'schemas/Game', { className: 'Game', ...rights({ requiresAuthentication: true }) }));
  await said('three saves that do not match', save);
  await said('subscribing anew', () => subscribe(2));
  process.exit();
});
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -q ready log; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$at")
echo "$seen"
[ "$seen" = 'connecting: connected
subscribing: subscribed of 1
three saves that do not match: nothing
the class is closed: nothing
three saves that do not match: error 101 of 1, error 101 of 1, error 101 of 1
subscribing anew: error 101 of 2' ]
