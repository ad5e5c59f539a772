#!/usr/bin/env bash
# A transaction of Parse Server 9.10.0 (`POST /batch` with `"transaction": true`, saveAll with the option in the SDKs) whose second request fails, here on PostgreSQL.
#
# Guessed: nothing is stored, so nothing is told: LiveQuery and the triggers after a save wait for the commit, or at least are not run for what was undone.
# Seen: each request tells as soon as its own statement has run. Subscribers are told "create" of an object that no find() will ever give, and "update" of a
# change that was taken back; afterSave has run for both. Nothing is told when it is undone, and the next save of the changed object comes with the old
# state as its original, so that a query on the changed field is told neither a leave nor anything else.
# Follows: a list that lives on events keeps ghosts for ever; it has to be read anew from time to time, or transactions be kept off classes with live queries.
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
let runs = 0;
const cloud = (Parse) => {
  Parse.Cloud.afterSave('Game', () => { runs += 1; });
  Parse.Cloud.define('runs', () => runs);
};
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
  const shown = ({ op, requestId, object }) => `${op} ${requestId} score ${object.score}`;
  return frames.splice(0).filter(({ object }) => object).map(shown).sort().join(', ') || 'nothing';
};
socket.on('open', async () => {
  const { objectId } = await ask('POST', 'classes/Game', { score: 1 });
  send({ op: 'connect', applicationId: 'app' });
  send({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: {} } });
  send({ op: 'subscribe', requestId: 2, query: { className: 'Game', where: { score: { $gt: 5 } } } });
  await told();
  const requests = [
    { method: 'POST', path: '/parse/classes/Game', body: { score: 7 } },
    { method: 'PUT', path: `/parse/classes/Game/${objectId}`, body: { score: 8 } },
    { method: 'POST', path: '/parse/classes/Game', body: { score: 'many' } },
  ];
  const answer = await ask('POST', 'batch', { transaction: true, requests });
  console.log(`transaction: ${JSON.stringify(answer)}; told ${await told()}`);
  const runs = (await ask('POST', 'functions/runs')).result - 1;
  console.log(`afterSave ran ${runs} times; stored ${JSON.stringify((await ask('GET', 'classes/Game')).results.map(({ score }) => score))}`);
  await ask('PUT', `classes/Game/${objectId}`, { score: 2 });
  console.log(`saved: told ${await told()}`);
  process.exit();
});
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -qs ready log; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$at")
echo "$seen"
[ "$seen" = 'transaction: {"code":1,"message":"Internal server error."}; told create 1 score 7, create 2 score 7, enter 2 score 8, update 1 score 8
afterSave ran 2 times; stored [1]
saved: told update 1 score 2' ]
