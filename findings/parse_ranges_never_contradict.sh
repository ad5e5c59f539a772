#!/usr/bin/env bash
# Clauses of a Parse live query that contradict themselves, as Parse Server 9.10.0 matches them (`QueryTools.matchesQuery`).
#
# Guessed: `{"n": {"$gt": 5, "$lt": 3}}` holds for nothing; an object that is missing the field holds for neither; and a field
# cannot equal two different dates at once, nor a date and a pointer.
# Seen: the ranges hold for an object without the field, with a word, or with a list of words in it, as whatever has no order passes both. Equality with
# a date holds for a list in which some member is an empty object (neither has keys of its own to compare), so `{}` in a list equals every date,
# and two dates at once.
# Follows: a linter may call no pair of ranges impossible, and "never matches" has to be tried on values, not concluded from numbers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent --ignore-scripts parse-server@9.10.0 || exit 2
cat >ask.cjs <<'JS'
const { matchesQuery } = require('parse-server/lib/LiveQuery/QueryTools');
const date = (iso) => ({ __type: 'Date', iso });
const ranges = { n: { $gt: 5, $lt: 3 } };
const asked = [
  [ranges, { n: 4 }],
  [ranges, {}],
  [ranges, { n: 'word' }],
  [ranges, { n: ['a', 'b'] }],
  [{ d: date('2024-03-01T12:00:00.000Z') }, { d: [{}] }],
  [{ $and: [{ d: date('2024-03-01T12:00:00.000Z') }, { d: date('1999-01-01T00:00:00.000Z') }] }, { d: [{}] }],
];
console.log(asked.map(([where, object]) => Number(matchesQuery({ className: 'C', ...object }, where))).join(''));
JS
seen=$(node ask.cjs | tail -1)
echo "$seen"
[ "$seen" = 011111 ]
