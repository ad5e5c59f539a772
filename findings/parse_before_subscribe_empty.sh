#!/usr/bin/env bash
# An empty `Parse.Cloud.beforeSubscribe('Game', () => {})` on Parse Server 9.10.0, and Parse's JavaScript SDK 8.6.2; here on PostgreSQL.
#
# Guessed: a trigger that does nothing changes nothing.
# Seen: every live query with `select` or `watch` is refused: "json.keys.split is not a function". The frame of the SDK has lists there, as the protocol of the
# server asks for, and only with a trigger the frame is made a Parse.Query, which reads texts with commas. Without keys and watch nothing changes; and the
# trigger cannot mend it, since it is not run.
# Follows: the day on which someone adds a check to subscriptions is the day on which applications that select fields hear nothing more.
set -euo pipefail
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$programs" ] || { echo "needs PostgreSQL" >&2; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "dependencies": { "parse-server": "9.10.0", "sdk": "npm:parse@8.6.2" }, "overrides": { "router": "2.2.0" } }' >package.json
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
const cloud = (Parse) => Parse.Cloud.beforeSubscribe('Game', () => console.log('trigger'));
const settings = { appId: 'app', masterKey: 'master', port, host: '127.0.0.1', serverURL, databaseURI, allowClientClassCreation: true, silent: true, directAccess: false };
ParseServer.startApp({ ...settings, ...live, cloud, verifyServerUrl: false }).then(() => console.log('ready'));
JS
cat >ask.cjs <<'JS'
const loaded = require('sdk/node');
const Parse = loaded.default ?? loaded;
const [port] = process.argv.slice(2);
Parse.initialize('app');
Parse.serverURL = `http://127.0.0.1:${port}/parse`;
(async () => {
  await new Parse.Object('Game', { score: 1 }).save();
  for (const className of ['Game', 'Team']) {
    const asked = { bare: (query) => query, select: (query) => query.select('score'), watch: (query) => query.watch('score') };
    for (const [name, add] of Object.entries(asked)) {
      const said = await add(new Parse.Query(className)).subscribe().then(() => 'subscribed', (error) => error.message ?? error);
      console.log(`${className} ${name}: ${said}`);
    }
  }
  process.exit();
})();
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -qs ready log; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$at")
echo "$seen"
[ "$seen" = 'Game bare: subscribed
Game select: json.keys.split is not a function
Game watch: json.watch.split is not a function
Team bare: subscribed
Team select: subscribed
Team watch: subscribed' ]
