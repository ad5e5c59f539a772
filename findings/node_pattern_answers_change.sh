#!/usr/bin/env bash
# One pattern, one text and two answers in one process: Node 24.21.0, for patterns of ECMAScript 2025.
#
# Guessed: what RegExp.prototype.test says of a pattern and a text depends on both and on nothing else.
# Seen: `(?i:s(?:(?<e>k)|(?<e>..)|(?<e>\b))\k<e>){2}` matches "skKsKk" in a young process. After some thousand other patterns were compiled and kept, V8 has
# used up what it has for optimised code, compiles what comes then without optimisation, and a reference to a name that three groups share forgets that
# the part ignores case: the same pattern, compiled then, does not match. `--no-regexp-optimization` gives that answer from the start. Written
# with numbers or with the flag on the whole pattern it is answered rightly in both.
# Follows: whoever compares with V8 in a long run asks a fresh process before he believes a difference; a server that takes patterns from clients
# answers one clause in two ways, depending on how many others were subscribed before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "dependencies": { "node": "24.21.0" } }' >package.json
npm install --no-audit --no-fund --silent || exit 2
cat >ask.cjs <<'JS'
// Spelled in two ways that mean the same, as V8 keeps the code of a pattern that it has compiled.
const asked = (spelling) => new RegExp(`(?i:s(?:(?<e>k)|(?<e>..)|(?<e>\\b))\\k<e>){2}${spelling}`).test('skKsKk');
const whole = (spelling) => new RegExp(`(?:s(?:(?<e>k)|(?<e>..)|(?<e>\\b))\\k<e>){2}${spelling}`, 'i').test('skKsKk');
console.log(`young: for a part ${asked('')}, for the whole ${whole('')}`);
const kept = [];
for (let number = 0; number < 10_000; number++) {
  const other = new RegExp(`a${number}(?:b|cde|[f-x]{2,5}|${number}){1,9}y{3,8}z`, 'i');
  for (let time = 0; time < 2; time++) other.test(`a${number}bbbb`);
  kept.push(other);
}
console.log(`after ${kept.length} patterns: for a part ${asked('(?:)')}, for the whole ${whole('(?:)')}`);
JS
node=node_modules/node/bin/node
[ -x "$node" ] || exit 2
"$node" --version
"$node" ask.cjs | tee young
echo "without optimisation:"
"$node" --no-regexp-optimization ask.cjs | tee plain
grep -q '^young: for a part true, for the whole true$' young
grep -q '^after 10000 patterns: for a part false, for the whole true$' young
grep -q '^young: for a part false, for the whole true$' plain
