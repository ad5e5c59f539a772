#!/usr/bin/env bash
# Flags for a part of a JavaScript pattern beside the flag v, on Node 24.21.0 and 26.10.0.
#
# Guessed: `(?i:k)` ignores case up to its parenthesis and no further, so that `(?i:k)|c[A-Z]` takes "cB" and not "cb"; with v as with u
# and with neither.
# Seen: with v the class behind the part ignores case too, and takes "cb"; with u and without flags it does not. An empty part that
# says the flag again, `(?-i:)`, anywhere between the two, puts it right.
# Follows: who compares an engine with Node's by such patterns compares with a mistake; a pattern with v that has parts says the flag anew before its
# classes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent n24@npm:node@24.21.0 n26@npm:node@26.10.0 || exit 2
cat >ask.cjs <<'JS'
const asked = [['(?i:k)|c[A-Z]', 'v'], ['(?i:k)|c[A-Z]', 'u'], ['(?i:k)|c[A-Z]', ''], ['(?i:k)(?-i:)|c[A-Z]', 'v']];
console.log(asked.map(([pattern, flags]) => Number(new RegExp(pattern, flags).test('cb'))).join(''));
JS
seen=''
for node in n24 n26; do
    seen+="$node $("node_modules/$node/bin/node" ask.cjs) "
done
echo "$seen"
[ "$seen" = 'n24 1000 n26 1000 ' ]
