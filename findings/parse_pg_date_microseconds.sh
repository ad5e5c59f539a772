#!/usr/bin/env bash
# Parse Server 9.10.0 on PostgreSQL, and a date with microseconds (`2024-01-01T00:00:00.123456Z`), as Python, Go and PostgreSQL itself write them, saved over REST.
#
# Guessed: Parse's dates have milliseconds, so it is cut or rounded when it is saved; whatever is read back is what is stored, and finds the object again.
# Seen: every answer and every message says .123Z, and the column keeps .123456. So the object is not found by the date that it is read with, nor by `$lte` of it, while
# `$gt` of it gives it again, and LiveQuery, asked the same three, answers the other way round each time.
# Follows: who reads page by page with "later than the last one that I have seen" gets the last object again in every page, for ever where a page is full of
# them; and a live query cannot be completed by find(). Cut to milliseconds before saving.
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
  return (await fetch(`http://127.0.0.1:${port}/parse/${path}`, { method, headers, body: body && JSON.stringify(body) })).json();
};
const socket = new WebSocket(`ws://127.0.0.1:${port}/parse`);
const frames = [];
socket.on('message', (text) => frames.push(JSON.parse(text)));
const send = (frame) => socket.send(JSON.stringify(frame));

socket.on('open', async () => {
  const date = (iso) => ({ __type: 'Date', iso });
  send({ op: 'connect', applicationId: 'app' });
  const { objectId: first } = await ask('POST', 'classes/Game', { at: date('2024-01-01T00:00:00.123456Z') });
  const { at } = await ask('GET', `classes/Game/${first}`);
  console.log(`read ${at.iso}`);
  const clauses = [{ at }, { at: { $lte: at } }, { at: { $gt: at } }, { at: { $gte: at, $lt: date('2024-01-01T00:00:00.124Z') } }];
  clauses.forEach((where, number) => send({ op: 'subscribe', requestId: number + 1, query: { className: 'Game', where } }));
  await pause();
  await ask('PUT', `classes/Game/${first}`, { n: 1 });
  await pause();
  for (const [number, where] of clauses.entries()) {
    const { results } = await ask('GET', `classes/Game?where=${encodeURIComponent(JSON.stringify(where))}`);
    const live = frames.filter(({ op, requestId }) => op === 'update' && requestId === number + 1);
    console.log(`${Object.keys(where.at).filter((key) => key[0] === '$').join(' ') || 'equal'}: found ${results.length}, told ${live.length}`);
  }
  process.exit();
});
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -qs ready log; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$at")
echo "$seen"
[ "$seen" = 'read 2024-01-01T00:00:00.123Z
equal: found 0, told 1
$lte: found 0, told 1
$gt: found 1, told 0
$gte $lt: found 1, told 1' ]
