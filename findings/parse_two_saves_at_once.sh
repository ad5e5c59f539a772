#!/usr/bin/env bash
# Two saves of one object at the same time on Parse Server 9.10.0, here on PostgreSQL, each of another field; and six of `Increment`.
#
# Guessed: the database keeps both changes, and the message of the later one shows the object as it is then; who reaches a limit by counting up enters once.
# Seen: a message is what was read before the save plus what that save sets, so that neither shows both fields. A live query on both is told nothing at all although
# the object matches from then on, and `find()` gives it; the next save comes as an "update" of an object that never entered. Six increments from 0 to 6 are told
# with one original, 0, and so enter `{"n": {"$gte": 3}}` four times over. A beforeSave trigger that waits makes it certain; without one it happens by chance.
# Follows: with busy objects a live query misses what it is for. Take an update of an unknown object for its entry, an entry of a known one for an update, and read
# the list anew from time to time.
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
const cloud = (Parse) => Parse.Cloud.beforeSave('Game', () => new Promise((resolve) => setTimeout(resolve, 300)));
const settings = { appId: 'app', masterKey: 'master', port, host: '127.0.0.1', serverURL, databaseURI, allowClientClassCreation: true, silent: true, directAccess: false };
ParseServer.startApp({ ...settings, ...live, cloud, verifyServerUrl: false }).then(() => console.log('ready'));
JS
cat >ask.cjs <<'JS'
const WebSocket = require('ws');
const [port] = process.argv.slice(2);
const pause = () => new Promise((resolve) => setTimeout(resolve, 1_000));
const ask = async (method, path, body) => {
  const headers = { 'X-Parse-Application-Id': 'app', 'X-Parse-Master-Key': 'master', 'Content-Type': 'application/json' };
  return (await fetch(`http://127.0.0.1:${port}/parse/${path}`, { method, headers, body: body && JSON.stringify(body) })).json();
};
const socket = new WebSocket(`ws://127.0.0.1:${port}/parse`);
const frames = [];
socket.on('message', (text) => frames.push(JSON.parse(text)));
const send = (frame) => socket.send(JSON.stringify(frame));

const told = async () => {
  await pause();
  const shown = ({ op, object: { a, b, n } }) => `${op} ${[a, b, n].filter((value) => value !== undefined).join(' ')}`;
  return frames.splice(0).filter(({ object }) => object).map(shown).sort().join(', ') || 'nothing';
};
socket.on('open', async () => {
  const both = { a: 1, b: 1 };
  send({ op: 'connect', applicationId: 'app' });
  send({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: both } });
  send({ op: 'subscribe', requestId: 2, query: { className: 'Game', where: { n: { $gte: 3 } } } });
  const pair = await ask('POST', 'classes/Game', { a: 0, b: 0 });
  const count = await ask('POST', 'classes/Game', { n: 0 });
  await told();
  await Promise.all([{ a: 1 }, { b: 1 }].map((change) => ask('PUT', `classes/Game/${pair.objectId}`, change)));
  console.log(`both: told ${await told()}`);
  console.log(`found: ${(await ask('GET', `classes/Game?where=${encodeURIComponent(JSON.stringify(both))}`)).results.length}`);
  await ask('PUT', `classes/Game/${pair.objectId}`, { a: 1 });
  console.log(`saved again: told ${await told()}`);
  const increment = { n: { __op: 'Increment', amount: 1 } };
  await Promise.all(Array.from({ length: 6 }, () => ask('PUT', `classes/Game/${count.objectId}`, increment)));
  console.log(`six increments: told ${await told()}`);
  process.exit();
});
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -qs ready log; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$at")
echo "$seen"
[ "$seen" = 'both: told update 0 1, update 1 0
found: 1
saved again: told update 1 1, update 1 1
six increments: told enter 3, enter 4, enter 5, enter 6' ]
