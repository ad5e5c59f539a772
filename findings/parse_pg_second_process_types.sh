#!/usr/bin/env bash
# Two processes of Parse Server 9.10.0 on one PostgreSQL, one of which has used a class before the other gives it new columns.
#
# Guessed: the second process leaves columns out that it does not know, or asks for the schema again; its documentation says that without
# `enableSchemaHooks` (off unless said otherwise) a change of the schema does not reach other processes, so at worst a new field is missing there.
# Seen: the field is there, with another type, and nothing says so. A Pointer is a text, its bare id, in answers of GET and find(), in triggers, and so in
# what LiveQuery is told of a save through that process. It stays so until that process itself saves a Pointer in the column, or starts anew.
# Follows: with several processes an object can change its type from one save to the next depending on which process took it; a client's
# cast fails, and a live query on the pointer hears of objects that leave and did not. `enableSchemaHooks`, or columns made before the processes start.
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
const cloud = (Parse) => Parse.Cloud.afterSave('Game', ({ object }) => console.log(`trigger ${typeof object.get('owner')}`));
const settings = { appId: 'app', masterKey: 'master', port, host: '127.0.0.1', serverURL, databaseURI, cloud, allowClientClassCreation: true, silent: true, directAccess: false };
ParseServer.startApp({ ...settings, verifyServerUrl: false }).then(() => console.log('ready'));
JS
cat >ask.cjs <<'JS'
const [first, second] = process.argv.slice(2);
const ask = async (port, method, path, body) => {
  const headers = { 'X-Parse-Application-Id': 'app', 'X-Parse-Master-Key': 'master', 'Content-Type': 'application/json' };
  return (await fetch(`http://127.0.0.1:${port}/parse/classes/${path}`, { method, headers, body: body && JSON.stringify(body) })).json();
};
const where = (clause) => `?where=${encodeURIComponent(JSON.stringify(clause))}`;
const shown = ({ owner, results }) => JSON.stringify(owner ?? results.map((one) => one.owner));
(async () => {
  await ask(first, 'POST', 'Game', { n: 1 });
  await ask(second, 'GET', 'Game');
  const owner = { __type: 'Pointer', className: 'Team', objectId: 't1' };
  const { objectId } = await ask(first, 'POST', 'Game', { owner });
  for (const [name, port] of [['first', first], ['second', second]]) {
    console.log(`${name}: get ${shown(await ask(port, 'GET', `Game/${objectId}`))}, find ${shown(await ask(port, 'GET', `Game${where({ owner })}`))}`);
  }
  await ask(second, 'PUT', `Game/${objectId}`, { n: 2 });
  await ask(first, 'PUT', `Game/${objectId}`, { n: 3 });
})();
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
one=$(free) && two=$(free)
for at in "$one" "$two"; do
    PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >"log.$at" 2>&1 &
    until grep -q ready "log.$at"; do sleep 0.2; done
done
seen=$(node ask.cjs "$one" "$two")
sleep 1
seen+=$(printf '\nfirst: %s; second: %s' "$(grep trigger "log.$one" | tail -1)" "$(grep trigger "log.$two" | tail -1)")
echo "$seen"
[ "$seen" = 'first: get {"objectId":"t1","__type":"Pointer","className":"Team"}, find [{"objectId":"t1","__type":"Pointer","className":"Team"}]
second: get "t1", find ["t1"]
first: trigger object; second: trigger string' ]
