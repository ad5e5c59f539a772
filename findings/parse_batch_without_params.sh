#!/usr/bin/env bash
# Parse Server 9.10.0 as `npm install` puts it together today, and its own way of finding the route of a request in a batch.
#
# Guessed: a patch or minor release of Express's `router`, which 9.10.0 takes through express 5 (`^2.2.0`), changes nothing for
# it: `match('GET', '/classes/Game')` gives {className: 'Game'}, as `POST /batch` needs.
# Seen: with router 2.2.0 it does; with 2.3.0, which npm installs, it throws a TypeError. Parse Server uses the internal
# `router/lib/layer` by path, and reads `layer.params` after `match`, which 2.3.0 no longer sets. So every `POST /batch` (saveAll,
# destroyAll of the SDKs) fails, while single requests, which go through Express, work.
# Follows: who tests beside Parse Server installs by a lock file, or says `"overrides": {"router": "2.2.0"}`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
cat >ask.cjs <<'JS'
const PromiseRouter = require(`${__dirname}/node_modules/parse-server/lib/PromiseRouter.js`).default;
const router = new PromiseRouter();
router.route('GET', '/classes/:className', async () => ({ response: {} }));
try {
  console.log(JSON.stringify(router.match('GET', '/classes/Game').params));
} catch (error) {
  console.log(error.constructor.name);
}
JS
seen() {
    npm install --no-audit --no-fund --silent parse-server@9.10.0 "router@$1" || exit 2
    node ask.cjs
}
newer=$(seen 2.3.0)
older=$(seen 2.2.0)
echo "router 2.3.0: $newer; router 2.2.0: $older"
[ "$newer" = TypeError ] && [ "$older" = '{"className":"Game"}' ]
