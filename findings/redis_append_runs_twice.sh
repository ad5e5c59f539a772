#!/usr/bin/env bash
# XADD to a Redis Stream whose connection is lost after Redis has run it and before its answer: ioredis 5.11.1, redis (npm) 5.12.1, redis (PyPI) 5.3.1 and
# 8.1.0, each as it is without options, Redis 7.0 behind a proxy that cuts once.
#
# Guessed: a client tries again by itself only what changes nothing when it is run twice; XADD, INCR and RPUSH fail with an error that says that it is not known whether
# they were run. A new major release of one changes nothing about that.
# Seen: ioredis and redis-py 8 send it again, say one id and no error, and the stream holds two entries; redis-py 5 and node-redis fail, and the entry is
# there. With ids of the writer's own (`1-1` for `*`) the second try is refused, so that ioredis and redis-py 8 report a write as failed that was made.
# Follows: neither an id nor an error tells how often an event was written. Events need a number of their own by which readers drop repeats.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs redis-server" >&2; exit 2; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent ioredis@5.11.1 redis@5.12.1 || exit 2
for release in 5.3.1 8.1.0; do
    python3 -m pip install -q --disable-pip-version-check --root-user-action ignore --target "python-$release" "redis==$release" || exit 2
done
cat >append.py <<'PYTHON'
import sys
import redis

port, key, identifier = sys.argv[1:]
try:
    redis.Redis(port=int(port)).xadd(key, {"event": "one"}, id=identifier)
    print("an id")
except redis.RedisError as error:
    print(type(error).__name__)
PYTHON
cat >ask.cjs <<'JS'
const { execFile } = require('node:child_process');
const net = require('node:net');
const { promisify } = require('node:util');
const Redis = require('ioredis');
const { createClient } = require('redis');
const [redis] = process.argv.slice(2);
// Hands everything on, and cuts the connection when the answer to the first command with "event" in it comes.
const proxy = () => new Promise((resolve) => {
  let cut = false;
  const server = net.createServer((client) => {
    const upstream = net.connect(redis, '127.0.0.1');
    let cutting = false;
    client.on('data', (data) => {
      if (!cut && data.includes('event')) cut = cutting = true;
      upstream.write(data);
    });
    upstream.on('data', (data) => (cutting ? client.destroy() : client.write(data)));
    for (const [one, other] of [[client, upstream], [upstream, client]]) one.on('error', () => {}).on('close', () => other.destroy());
  });
  server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});
const python = (release) => async (port, key, id) => {
  const { stdout } = await promisify(execFile)('python3', ['append.py', port, key, id], { env: { ...process.env, PYTHONPATH: `python-${release}` } });
  return stdout.trim();
};
const append = {
  ioredis: async (port, key, id) => {
    const client = new Redis(port);
    client.on('error', () => {});
    return client.xadd(key, id, 'event', 'one').then(() => 'an id', (error) => error.constructor.name);
  },
  'node-redis': async (port, key, id) => {
    const client = await createClient({ socket: { port } }).on('error', () => {}).connect();
    return client.xAdd(key, id, { event: 'one' }).then(() => 'an id', (error) => error.constructor.name);
  },
  'redis-py 5': python('5.3.1'),
  'redis-py 8': python('8.1.0'),
};
(async () => {
  const direct = new Redis(redis);
  for (const [name, run] of Object.entries(append)) {
    const told = [];
    for (const id of ['*', '1-1']) {
      const key = `${name} ${id}`;
      const said = await run(await proxy(), key, id);
      told.push(`${id} ${said}, ${await direct.xlen(key)} in the stream`);
    }
    console.log(`${name}: ${told.join('; ')}`);
  }
  process.exit();
})();
JS
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no >/dev/null &
until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.2; done
seen=$(timeout 60 node ask.cjs "$port")
echo "$seen"
[ "$seen" = 'ioredis: * an id, 2 in the stream; 1-1 ReplyError, 1 in the stream
node-redis: * SocketClosedUnexpectedlyError, 1 in the stream; 1-1 SocketClosedUnexpectedlyError, 1 in the stream
redis-py 5: * ConnectionError, 1 in the stream; 1-1 ConnectionError, 1 in the stream
redis-py 8: * an id, 2 in the stream; 1-1 ResponseError, 1 in the stream' ]
