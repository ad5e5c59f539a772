#!/usr/bin/env bash
# Parse's JavaScript SDK 8.6.2 and Parse Server 9.10.0: a live query that is subscribed to and given up at once, as a page does that is left while it opens.
#
# Guessed: frames of one socket are handled in their order, so the server subscribes, unsubscribes, and tells nothing; at worst a needless answer.
# Seen: subscribing waits for the session (and for the schema, a trigger), unsubscribing does not, and overtakes it: "Cannot find subscription", with
# `reconnect: true`. Then the first frame is carried out. The SDK, told to reconnect, opens a second socket, leaves the first open, and subscribes
# once more what it had given up: the events of a query that nobody wants any more come twice.
# Follows: wait for `subscribed` before unsubscribing; a server has to handle the frames of one client in their order.
set -euo pipefail
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$programs" ] || { echo "needs PostgreSQL" >&2; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "dependencies": { "parse-server": "9.10.0", "sdk": "npm:parse@8.6.2", "ws": "8.20.0" }, "overrides": { "router": "2.2.0" } }' >package.json
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
const loaded = require('sdk/node');
const Parse = loaded.default ?? loaded;
const [port] = process.argv.slice(2);
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
Parse.initialize('app');
Parse.serverURL = `http://127.0.0.1:${port}/parse`;
const sockets = [];
Parse.CoreManager.setWebSocketController(class extends WebSocket {
  constructor(...given) {
    super(...given);
    sockets.push(this);
  }
});
(async () => {
  const user = await new Parse.User({ username: 'anna', password: 'secret' }).signUp();
  const client = new Parse.LiveQueryClient({ applicationId: 'app', serverURL: `ws://127.0.0.1:${port}/parse` });
  client.on('error', (error) => console.log(String(error).split(' with ')[0]));
  client.open();
  await new Promise((resolve) => client.on('open', resolve));
  const subscription = client.subscribe(new Parse.Query('Game'), user.getSessionToken());
  subscription.on('create', () => console.log('told of a creation'));
  client.unsubscribe(subscription);
  await pause(5_000);
  await new Parse.Object('Game', { score: 1 }).save();
  await pause(1_000);
  console.log(`${sockets.filter((socket) => socket.readyState === WebSocket.OPEN).length} sockets open`);
  process.exit();
})();
JS
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.2; done
at=$(free)
PARSE_SERVER_LOGS_FOLDER=null node server.cjs "$at" "postgres://parse@127.0.0.1:$port/postgres" >log 2>&1 &
until grep -qs ready log; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$at")
echo "$seen"
[ "$seen" = 'Cannot find subscription
told of a creation
told of a creation
2 sockets open' ]
