#!/usr/bin/env bash
# A field that an afterSave trigger sets on its object, on Parse Server 9.10.0, here on PostgreSQL.
#
# Guessed: afterSave comes too late for the object: what it sets is not stored, and nobody sees it; LiveQuery tells what was stored.
# Seen: it is not stored, and LiveQuery tells it: the message is made from the same object a moment later, so what the trigger sets before its first `await` is in it.
# Queries are matched with it too: `{"label": "new"}` is told a creation of an object that no find() gives; what is set after an `await` is not in it. The answer to the
# save has it as well.
# Follows: a trigger that decorates its object (for the answer, for a log) changes what subscribers see and which of them, and the next save takes it away without a leave.
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
const cloud = (Parse) => Parse.Cloud.afterSave('Game', async ({ object, original }) => {
  if (!original) object.set('label', 'new');
  await new Promise((resolve) => setTimeout(resolve, 100));
  object.set('late', 'new');
});
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
  const shown = ({ op, requestId, object: { label, late } }) => `${op} ${requestId} ${JSON.stringify({ label, late })}`;
  return frames.splice(0).filter(({ object }) => object).map(shown).sort().join(', ') || 'nothing';
};
socket.on('open', async () => {
  send({ op: 'connect', applicationId: 'app' });
  send({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: {} } });
  send({ op: 'subscribe', requestId: 2, query: { className: 'Game', where: { label: 'new' } } });
  await told();
  const { objectId, label } = await ask('POST', 'classes/Game', { score: 1 });
  console.log(`created: told ${await told()}; answered ${label}`);
  console.log(`stored ${(await ask('GET', `classes/Game/${objectId}`)).label}`);
  await ask('PUT', `classes/Game/${objectId}`, { score: 2 });
  console.log(`changed: told ${await told()}`);
  process.exit();
});
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -qs ready log; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$at")
echo "$seen"
[ "$seen" = 'created: told create 1 {"label":"new"}, create 2 {"label":"new"}; answered new
stored undefined
changed: told update 1 {}' ]
