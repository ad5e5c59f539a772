'use strict';

// The recorded cases of the library, through the module.
const assert = require('node:assert/strict');
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { Query } = require('..');

const data = path.join(__dirname, '../../../tests/data');

/** A member of a line as it is written, since the order of keys means something. */
function* cases(folder) {
  for (const name of readdirSync(path.join(data, folder)).filter((one) => one.endsWith('.jsonl'))) {
    for (const line of readFileSync(path.join(data, folder, name), 'utf8').split('\n').filter(Boolean)) yield JSON.parse(line);
  }
}

const WORDS = new Map([[true, 'match'], [false, 'no-match'], ['fault', 'fault'], [null, undefined]]);
const text = (value) => (value === null || value === undefined ? null : JSON.stringify(value));

function compare(folder, options) {
  let compared = 0;
  for (const { id, where, old, new: now, expect, schema, now: moment, legacyDottedNull } of cases(folder)) {
    if (!expect || !('event' in expect) || JSON.stringify(where).includes('e+')) continue;
    let query;
    try {
      query = new Query(JSON.stringify(where), { ...options, schema, legacyDottedNull });
    } catch (error) {
      assert.equal(error.code, 'LIVEMATCH_REFUSED', id);
      continue;
    }
    if (moment) query = query.at(new Date(moment));
    const expected = { old: WORDS.get(expect.old ?? null), new: WORDS.get(expect.new ?? null), event: expect.event ?? undefined };
    assert.deepEqual(query.classify(text(old), text(now)), expected, id);
    compared += 1;
  }
  return compared;
}

test('LiveQuery', () => assert.ok(compare('cases') > 5_000));
test('find', () => assert.ok(compare('find/cases', { dialect: 'find' }) > 9_000));
