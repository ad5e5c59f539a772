#!/usr/bin/env bash
# Parse Server 9.10.0 on PostgreSQL, and a number of JSON that no double holds (`1e400`), saved over REST.
#
# Guessed: it is refused, or stored as what the answers say it is, null; `find()` and what LiveQuery is told agree on which.
# Seen: it is stored as infinity in a Number column, and as null within an Object. Every answer and every message says null, as JSON has no infinity; but
# `find()` compares what is stored: `{"n": {"$gt": 5}}` finds the object whose n reads null, `{"n": null}` does not, and `o.m`, which reads null just the same,
# is not greater than 5. In a trigger `object.get('n')` is Infinity.
# Follows: an application finds objects by a field that it is then told to be null, and a live query on the same clause never hears of them; what is written back
# as it was read changes the object.
set -euo pipefail
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$programs" ] || { echo "needs PostgreSQL" >&2; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "dependencies": { "parse-server": "9.10.0" }, "overrides": { "router": "2.2.0" } }' >package.json
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
const cloud = (Parse) => Parse.Cloud.afterSave('Game', ({ object }) => console.log(`trigger ${object.get('n')} ${JSON.stringify(object.toJSON().n)}`));
const settings = { appId: 'app', masterKey: 'master', port, host: '127.0.0.1', serverURL, databaseURI, cloud, allowClientClassCreation: true, silent: true, directAccess: false };
ParseServer.startApp({ ...settings, verifyServerUrl: false }).then(() => console.log('ready'));
JS
cat >ask.cjs <<'JS'
const [port] = process.argv.slice(2);
const ask = async (method, path, body) => {
  const headers = { 'X-Parse-Application-Id': 'app', 'X-Parse-Master-Key': 'master', 'Content-Type': 'application/json' };
  return (await fetch(`http://127.0.0.1:${port}/parse/classes/${path}`, { method, headers, body })).json();
};
(async () => {
  const { objectId } = await ask('POST', 'Game', '{"n": 1e400, "o": {"m": 1e400}}');
  const { n, o } = await ask('GET', `Game/${objectId}`);
  console.log(`reads ${JSON.stringify({ n, o })}`);
  for (const clause of ['{"n": {"$gt": 5}}', '{"n": null}', '{"o.m": {"$gt": 5}}']) {
    console.log(`${clause}: ${(await ask('GET', `Game?where=${encodeURIComponent(clause)}`)).results.length}`);
  }
})();
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -q ready log; do sleep 0.2; done
seen=$(node ask.cjs "$at")
sleep 1
seen+=$(printf '\n%s' "$(grep trigger log | tail -1)")
echo "$seen"
[ "$seen" = 'reads {"n":null,"o":{"m":null}}
{"n": {"$gt": 5}}: 1
{"n": null}: 0
{"o.m": {"$gt": 5}}: 0
trigger Infinity null' ]
