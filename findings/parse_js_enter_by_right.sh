#!/usr/bin/env bash
# An object that comes within a reader's reach because its ACL changes: Parse Server 9.10.0, and Parse's JavaScript SDK 8.6.2; here on PostgreSQL.
#
# Guessed: "enter" calls its listener with (object, original) as the documentation has it, and original is undefined where the server keeps it back.
# Seen: the server keeps it back, as the reader had no right to it, and the SDK then moves the next argument up: `original` is an object of another kind,
# the SDK's `{clientId, installationId}`, so that `original.get('score')` is a TypeError and `if (original)` does not help. An enter by the clause has the original.
# Follows: a listener that compares old and new works in every test with one user, and fails in production when rights change; ask `original instanceof Parse.Object`.
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
const settings = { appId: 'app', masterKey: 'master', port, host: '127.0.0.1', serverURL, databaseURI, allowClientClassCreation: true, silent: true, directAccess: false };
ParseServer.startApp({ ...settings, ...live, verifyServerUrl: false }).then(() => console.log('ready'));
JS
cat >ask.cjs <<'JS'
const loaded = require('sdk/node');
const Parse = loaded.default ?? loaded;
const [port] = process.argv.slice(2);
const pause = () => new Promise((resolve) => setTimeout(resolve, 1_000));
Parse.initialize('app', undefined, 'master');
Parse.serverURL = `http://127.0.0.1:${port}/parse`;
const shown = (original) => (original instanceof Parse.Object ? `Parse.Object with score ${original.get('score')}` : `${typeof original} with ${Object.keys(original ?? {})}`);
(async () => {
  const user = await new Parse.User({ username: 'anna', password: 'secret' }).signUp();
  const key = { useMasterKey: true };
  const game = await new Parse.Object('Game', { score: 1 }).save({ ACL: new Parse.ACL() }, key);
  const client = new Parse.LiveQueryClient({ applicationId: 'app', serverURL: `ws://127.0.0.1:${port}/parse` });
  client.open();
  const subscription = client.subscribe(new Parse.Query('Game').greaterThan('score', 0), user.getSessionToken());
  await subscription.subscribePromise;
  for (const name of ['enter', 'leave']) subscription.on(name, (object, original) => console.log(`  ${name} with score ${object.get('score')}; original: ${shown(original)}`));
  const mine = new Parse.ACL();
  mine.setReadAccess(user, true);
  const steps = { 'right given': { ACL: mine, score: 2 }, 'clause left': { score: 0 }, 'clause entered': { score: 3 }, 'right taken': { ACL: new Parse.ACL(), score: 4 } };
  for (const [step, change] of Object.entries(steps)) {
    console.log(step);
    await game.save(change, key);
    await pause();
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
[ "$seen" = 'right given
  enter with score 2; original: object with clientId,installationId
clause left
  leave with score 0; original: Parse.Object with score 2
clause entered
  enter with score 3; original: Parse.Object with score 0
right taken
  leave with score 3; original: Parse.Object with score 3' ]
