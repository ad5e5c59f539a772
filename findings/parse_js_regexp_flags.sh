#!/usr/bin/env bash
# `query.matches('name', /…/)` with flags, in Parse's JavaScript SDK 1.11.1, 3.5.1 and 8.6.2, and what LiveQuery of Parse Server 9.10.0 makes of it.
#
# Guessed: the server is asked what the expression says: a flag that it knows (i, m, s) is sent, and one that it does not know is refused.
# Seen: i and m are sent, every other flag is dropped without a word, s too, which the server knows. So it answers otherwise than the expression that was given: `/^a.b$/s`
# misses a text that it matches, `/^\u{61}$/u` (the letter a) misses "a" and takes sixty-one times u, `/^[\p{Lu}]$/u` takes "p" and "{".
# Follows: an expression that was tried on values in the application asks for others on the server; say `s` as text, the third argument, and write nothing that needs u or v.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
releases=(1.11.1 3.5.1 8.6.2)
aliases=()
for release in "${releases[@]}"; do aliases+=("parse-$release@npm:parse@$release"); done
npm install --no-audit --no-fund --silent --ignore-scripts parse-server@9.10.0 "${aliases[@]}" || exit 2
cat >ask.cjs <<'JS'
const { matchesQuery } = require('parse-server/lib/LiveQuery/QueryTools.js');
const asked = [[/^A.B$/im, 'a-b'], [/^a.b$/s, 'a\nb'], [/^\u{61}$/u, 'a'], [/^\u{61}$/u, 'u'.repeat(61)], [/^[\p{Lu}]$/u, 'p']];
const told = process.argv.slice(2).map((release) => {
  const loaded = require(`parse-${release}/node`);
  const Parse = loaded.default ?? loaded;
  return asked.map(([expression, text]) => {
    const where = JSON.parse(JSON.stringify(new Parse.Query('Game').matches('name', expression).toJSON().where));
    return `${expression}: sent ${JSON.stringify(where.name)}; itself ${expression.test(text)}, live ${matchesQuery({ className: 'Game', name: text }, where)}`;
  }).join('\n');
});
if (new Set(told).size > 1) console.log('the releases differ');
console.log(told.at(-1));
JS
seen=$(node ask.cjs "${releases[@]}")
echo "$seen"
[ "$seen" = '/^A.B$/im: sent {"$regex":"^A.B$","$options":"im"}; itself true, live true
/^a.b$/s: sent {"$regex":"^a.b$"}; itself true, live false
/^\u{61}$/u: sent {"$regex":"^\\u{61}$"}; itself true, live false
/^\u{61}$/u: sent {"$regex":"^\\u{61}$"}; itself false, live true
/^[\p{Lu}]$/u: sent {"$regex":"^[\\p{Lu}]$"}; itself false, live true' ]
