#!/usr/bin/env bash
# Parse Server 9.10.0, 9.10.1-alpha.13 and 8.6.94: `liveQuery` with a `pubSubAdapter` and a `redisURL`, as when an app that uses Redis tries an adapter beside it.
#
# Guessed: the adapter that was written down is used (it is the more particular of the two), or both together are an error or a warning at start.
# Seen: the adapter is never asked, not even loaded: a module that does not exist is no error. Nothing on the console says so. An empty `redisURL` leaves the adapter
# in its place.
# Follows: an app that keeps `redisURL` (or PARSE_SERVER_LIVEQUERY in its environment that has one) publishes to Redis and nowhere else, and the adapter's side is silent as if
# nothing were saved. What an adapter needs of Redis must be told to it under another name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >ask.cjs <<'JS'
const { ParsePubSub } = require('parse-server/lib/LiveQuery/ParsePubSub');
const asked = [];
const pubSubAdapter = {
  createPublisher: () => (asked.push('publisher'), { publish() {} }),
  createSubscriber: () => (asked.push('subscriber'), { subscribe() {}, on() {} }),
};
const said = [];
for (const name of ['log', 'warn', 'error', 'info']) console[name] = (...words) => said.push(words.join(' '));
const made = (config) => {
  asked.length = 0;
  try {
    const publisher = ParsePubSub.createPublisher(config);
    ParsePubSub.createSubscriber(config);
    return `${asked.join('+') || 'not asked'}${typeof publisher.connect === 'function' ? ', Redis' : ''}`;
  } catch (error) {
    return error.constructor.name;
  }
};
const redisURL = 'redis://127.0.0.1:1';
const seen = [
  made({ pubSubAdapter }),
  made({ pubSubAdapter, redisURL }),
  made({ pubSubAdapter: 'no-such-module', redisURL }),
  made({ pubSubAdapter: 'no-such-module' }),
  made({ pubSubAdapter, redisURL: '' }),
];
process.stdout.write(`${seen.join('; ')}; ${said.length} lines\n`);
process.exit();
JS
for release in 9.10.0 9.10.1-alpha.13 8.6.94; do
    rm -rf node_modules package-lock.json
    echo '{ "private": true }' >package.json
    npm install --no-audit --no-fund --silent --ignore-scripts "parse-server@$release" || exit 2
    seen=$(timeout 60 node ask.cjs) || exit 2
    echo "$release: $seen"
    [ "$seen" = 'publisher+subscriber; not asked, Redis; not asked, Redis; Error; publisher+subscriber; 0 lines' ]
done
