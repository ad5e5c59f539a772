#!/usr/bin/env bash
# Node's test runner (20.20.2, 22.23.3, 24.21.0) where there is nothing to run.
#
# Guessed: `node --test` fails if no test ran, as other runners do ("no tests found"): with a name filter that matches nothing, with
# a file that has no test in it, with a pattern of files that meets none.
# Seen: the filter and the empty file pass in all of them, and a file without tests even counts as one passed test. A pattern that
# meets no file is an error in 20, which has no patterns (it looks for a file of that name), and passes from 22 on.
# Follows: a misspelt filter, or a suite whose cases are made from an empty list, is green for ever. Count what passed by name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent n20@npm:node@20.20.2 n22@npm:node@22.23.3 n24@npm:node@24.21.0 || exit 2
echo "require('node:test')('one', () => {});" >one.test.cjs
echo "for (const name of []) require('node:test')(name, () => {});" >empty.test.cjs
code() { "node_modules/$1/bin/node" --test "${@:2}" >said 2>&1 && echo 0 || echo $?; }
seen=''
for node in n20 n22 n24; do
    seen+="$node filter $(code "$node" --test-name-pattern=typo one.test.cjs)"
    seen+=" empty $(code "$node" empty.test.cjs) ($(grep -E '^(# |ℹ )pass' said | tr -dc 0-9) passed)"
    seen+=" pattern $(code "$node" 'missing/*.test.cjs')"$'\n'
done
printf %s "$seen"
[ "$seen" = 'n20 filter 0 empty 0 (1 passed) pattern 1
n22 filter 0 empty 0 (1 passed) pattern 0
n24 filter 0 empty 0 (1 passed) pattern 0
' ]
