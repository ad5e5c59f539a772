#!/usr/bin/env bash
# The same clauses in the LiveQuery matcher (`QueryTools.matchesQuery`) of Parse Server 3.10.0, 4.10.20, 5.6.0, 6.5.11, 7.5.4, 8.6.94 and 9.10.0, each with the
# Parse SDK that its package asks for.
#
# Guessed: what the SDKs of those years write was known to the server of that year: containedIn and notContainedIn on a list, Query.and and Query.nor, $eq
# in a `where` by hand; releases add rare operators, and no release answers the opposite of the one before.
# Seen: up to 4.10 a list is never contained in anything, so that `$nin` holds for every list, and `$and` and `$nor` match nothing;
# 5 turns these round. `$eq` matches nothing before 6, and `$eq: null` fails before 7; `$all` on an object without the field fails before 5. A pattern with the
# flag x, which find() knows, fails before 8 and is silently false since. Nothing of it is said when subscribing.
# Follows: a subscription that was written around an old server tells of other objects after an upgrade, and an upgrade has to be tried clause by clause.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
releases=(3.10.0=2.11.0 4.10.20=3.3.0 5.6.0=3.4.2 6.5.11=4.2.0 7.5.4=5.3.0 8.6.94=7.1.2 9.10.0=8.6.0)
npm install --no-audit --no-fund --silent --ignore-scripts $(printf 'parse-%s ' "${releases[@]/=/@npm:parse@}") || exit 2
# The matcher is four files of its package and Parse's SDK; the rest of the package, some 300 others, is not installed.
for pair in "${releases[@]}"; do
    release=${pair%=*}
    npm pack --silent "parse-server@$release" >/dev/null || exit 2
    mkdir -p "server/$release/node_modules"
    tar -xzf "parse-server-$release.tgz" -C "server/$release"
    grep -q "\"parse\": \"${pair#*=}\"" "server/$release/package/package.json"
    ln -s "$folder/node_modules/parse-$release" "server/$release/node_modules/parse"
    echo 'exports.default = { error() {}, warn() {} };' >"server/$release/package/lib/logger.js"
done
cat >ask.cjs <<'JS'
const cases = [
  [{ tags: { $in: ['a'] } }, { tags: ['a', 'b'] }],
  [{ tags: { $nin: ['a'] } }, { tags: ['a', 'b'] }],
  [{ $and: [{ n: { $gt: 1 } }, { n: { $lt: 9 } }] }, { n: 5 }],
  [{ $nor: [{ n: 1 }, { n: 9 }] }, { n: 5 }],
  [{ n: { $eq: 5 } }, { n: 5 }],
  [{ n: { $eq: null } }, { n: null }],
  [{ tags: { $all: ['a'] } }, {}],
  [{ name: { $regex: 'a', $options: 'x' } }, { name: 'a' }],
];
const answer = (matches, [where, object]) => {
  try {
    return matches({ className: 'Game', ...object }, where) ? 'yes' : 'no';
  } catch {
    return 'fails';
  }
};
const matchers = process.argv.slice(2).map((release) => require(`./server/${release}/package/lib/LiveQuery/QueryTools.js`).matchesQuery);
for (const one of cases) console.log(`${JSON.stringify(one[0])}: ${matchers.map((matches) => answer(matches, structuredClone(one))).join(' ')}`);
JS
seen=$(node ask.cjs "${releases[@]%=*}")
echo "$seen"
[ "$seen" = '{"tags":{"$in":["a"]}}: no no yes yes yes yes yes
{"tags":{"$nin":["a"]}}: yes yes no no no no no
{"$and":[{"n":{"$gt":1}},{"n":{"$lt":9}}]}: no no yes yes yes yes yes
{"$nor":[{"n":1},{"n":9}]}: no no yes yes yes yes yes
{"n":{"$eq":5}}: no no no yes yes yes yes
{"n":{"$eq":null}}: fails fails fails fails yes yes yes
{"tags":{"$all":["a"]}}: fails fails no no no no no
{"name":{"$regex":"a","$options":"x"}}: fails fails fails fails fails no no' ]
