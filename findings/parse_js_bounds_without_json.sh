#!/usr/bin/env bash
# Bounds of a query that JSON has no word for, in Parse's JavaScript SDK 8.6.2, and what find() and LiveQuery of Parse Server 9.10.0 make of them.
#
# Guessed: `lessThan('score', Infinity)` is no bound at all and holds for every number; a bound that is undefined (a setting that is missing) or NaN (a
# text that was no number) is refused by the SDK, or holds for nothing; and find() and LiveQuery are asked the same and answer the same.
# Seen: Infinity and NaN become null. LiveQuery compares as JavaScript does, where null counts as 0: `lessThan('score', Infinity)` hears of negative scores
# alone, and of objects without a score, and `greaterThan('score', -Infinity)` of positive ones; MongoDB is sent `{"$lt": null}`. An undefined bound is left
# out, `{"score": {}}` is asked, and LiveQuery tells of every object, while find() is lowered to equality with an empty object. `equalTo('score', undefined)` asks for
# objects without a score, and `notEqualTo('score', undefined)` is `{"score": {}}` again and not its opposite.
# Follows: a form that hands on an empty field as undefined subscribes to everything and finds nothing; "no upper bound" has to be said by leaving the bound out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "dependencies": { "parse-server": "9.10.0", "sdk": "npm:parse@8.6.2" }, "overrides": { "router": "2.2.0" } }' >package.json
npm install --no-audit --no-fund --silent || exit 2
cat >ask.cjs <<'JS'
const loaded = require('sdk/node');
const Parse = loaded.default ?? loaded;
const { matchesQuery } = require('parse-server/lib/LiveQuery/QueryTools.js');
const { transformWhere } = require('parse-server/lib/Adapters/Storage/Mongo/MongoTransform.js');
const query = () => new Parse.Query('Game');
const asked = {
  'lessThan Infinity': query().lessThan('score', Infinity),
  'greaterThan -Infinity': query().greaterThan('score', -Infinity),
  'lessThan NaN': query().lessThan('score', NaN),
  'greaterThan undefined': query().greaterThan('score', undefined),
  'equalTo undefined': query().equalTo('score', undefined),
  'notEqualTo undefined': query().notEqualTo('score', undefined),
};
const objects = { 5: { score: 5 }, '-5': { score: -5 }, none: {} };
for (const [name, one] of Object.entries(asked)) {
  const sent = JSON.stringify(one.toJSON().where);
  const heard = Object.entries(objects).filter(([, object]) => matchesQuery({ className: 'Game', ...object }, JSON.parse(sent)));
  const filter = transformWhere('Game', JSON.parse(sent), { fields: { score: { type: 'Number' } } });
  console.log(`${name}: sent ${sent}, live ${heard.map(([shown]) => shown).join(' ')}, find ${JSON.stringify(filter)}`);
}
JS
seen=$(node ask.cjs)
echo "$seen"
[ "$seen" = 'lessThan Infinity: sent {"score":{"$lt":null}}, live -5 none, find {"score":{"$lt":null}}
greaterThan -Infinity: sent {"score":{"$gt":null}}, live 5 none, find {"score":{"$gt":null}}
lessThan NaN: sent {"score":{"$lt":null}}, live -5 none, find {"score":{"$lt":null}}
greaterThan undefined: sent {"score":{}}, live 5 -5 none, find {"score":{}}
equalTo undefined: sent {"score":{"$exists":false}}, live none, find {"score":{"$exists":false}}
notEqualTo undefined: sent {"score":{}}, live 5 -5 none, find {"score":{}}' ]
