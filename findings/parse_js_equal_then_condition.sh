#!/usr/bin/env bash
# Parse's JavaScript SDK 1.11.1, 3.5.1 and 8.6.2: `query.equalTo('f', value)` and then another condition on the same field, here `.notEqualTo('f', 'y')`.
#
# Guessed: both hold, as conditions on different fields and two ranges on one field do; or the SDK refuses it; and either way whatever the
# value is.
# Seen: it depends on the type of the value, and is the same in all three releases. A text or null is forgotten without a word, and what is asked
# is `{"$ne": "y"}` alone. A number or a boolean is a TypeError of JavaScript ("Cannot create property"). A list is kept, and the condition is forgotten
# when the query is written as JSON. A date, a pointer, a GeoPoint or an object takes the operator in as one of its own members:
# `{"__type": "Pointer", "className": "Team", "objectId": "t1", "$ne": "y"}`. The other way round, the equality replaces everything said before.
# Follows: a query that is narrowed step by step (a base query, and a filter that the user adds) may ask for more than its base does, depending on a
# type; a server gets encoded values with operators in them, and has to say what they mean.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
releases=(1.11.1 3.5.1 8.6.2)
for release in "${releases[@]}"; do
    npm install --no-audit --no-fund --silent "parse-$release@npm:parse@$release" || exit 2
done
cat >ask.cjs <<'JS'
const said = (work) => {
  try {
    return JSON.stringify(work().toJSON().where.f);
  } catch (error) {
    return error.constructor.name;
  }
};
const told = process.argv.slice(2).map((release) => {
  const loaded = require(`parse-${release}/node`);
  const Parse = loaded.default ?? loaded;
  const team = Parse.Object.extend('Team').createWithoutData('t1');
  const values = { text: 'x', null: null, number: 1, boolean: true, list: [1], pointer: team, date: new Date(0), object: { a: 1 } };
  const query = () => new Parse.Query('Game');
  return Object.entries(values).map(([name, value]) => {
    const after = said(() => query().equalTo('f', value).notEqualTo('f', 'y'));
    const before = said(() => query().notEqualTo('f', 'y').equalTo('f', value));
    return `${name}: ${after}; the other way round ${before}`;
  }).join('\n');
});
if (new Set(told).size > 1) console.log('the releases differ');
console.log(told.at(-1));
JS
seen=$(node ask.cjs "${releases[@]}")
echo "$seen"
[ "$seen" = 'text: {"$ne":"y"}; the other way round "x"
null: {"$ne":"y"}; the other way round null
number: TypeError; the other way round 1
boolean: TypeError; the other way round true
list: [1]; the other way round [1]
pointer: {"__type":"Pointer","className":"Team","objectId":"t1","$ne":"y"}; the other way round {"__type":"Pointer","className":"Team","objectId":"t1"}
date: {"__type":"Date","iso":"1970-01-01T00:00:00.000Z","$ne":"y"}; the other way round {"__type":"Date","iso":"1970-01-01T00:00:00.000Z"}
object: {"a":1,"$ne":"y"}; the other way round {"a":1}' ]
