// The recorded cases of the library, through the module.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Change, Matcher, Query, QuerySet, answer } from '../index.mjs';
import { linesOf, members, present, recorded } from './lines.mjs';

/** What the server refuses at subscribe, where only its bare matcher was asked. */
const REFUSED_THERE = ['not-a-list', 'null-branch', 'regex-operand', 'invalid-regex'];

/** One query of a set among all others is told of what it alone would be told. */
function inSet(set, others, query, old, now, alone) {
  const number = set.insert(query);
  const hits = set.classify(old, now) ?? [];
  const found = [];
  for (let at = 0; at < hits.length; at += 2) if (hits[at] === number) found.push(answer(hits[at + 1]));
  assert.deepEqual(found, alone.event ? [alone] : []);
  others.push(number);
  // Some stay, so that sets are never of one query only.
  if (others.length > 200) set.remove(others.shift());
}

/** What is refused is refused by `find()` too, or has a pattern that is not translated. */
function isRefusedByFind({ kind }, { error }) {
  const named = { 'sub-query': 'sub-query', text: 'full-text' };
  if (error === undefined) return kind === 'unsupported-regex';
  return error in named ? kind === named[error] : !Object.values(named).includes(kind);
}

function compare(folder, dialect, refused) {
  let compared = 0;
  const set = new QuerySet();
  const others = [];
  for (const line of linesOf(folder)) {
    const { id, where, old, new: now, expect, schema, now: moment, legacyDottedNull } = members(line);
    const expected = JSON.parse(expect);
    const settings = { dialect, ...(schema && { schema: JSON.parse(schema) }), ...(legacyDottedNull && { legacyDottedNull: JSON.parse(legacyDottedNull) }) };
    let query;
    try {
      query = new Query(where, settings);
    } catch (error) {
      assert.equal(error.code, 'LIVEMATCH_REFUSED', id);
      assert.ok(refused(error, expected), `${id}: ${error.message}`);
      continue;
    }
    assert.equal(expected.error, undefined, `${id} is refused there`);
    if (moment) query = query.at(new Date(JSON.parse(moment)));
    const sides = [present(old), present(now)];
    const alone = query.classify(...sides);
    assert.deepEqual(recorded(alone), expected, id);
    assert.deepEqual(query.classify(...sides.map((side) => side && Buffer.from(side))), alone, id);
    const why = query.explainChange(...sides);
    assert.deepEqual([why.event, why.old?.verdict, why.new?.verdict], [alone.event, alone.old, alone.new], id);
    inSet(set, others, query, ...sides, alone);
    compared += 1;
  }
  return compared;
}

test('LiveQuery: verdicts, events, explanations and sets', () => {
  const compared = compare('cases', 'livequery', ({ kind }) => REFUSED_THERE.includes(kind));
  assert.ok(compared > 6_500, `${compared}`);
});

test('find(): verdicts, events, explanations and sets', () => {
  const compared = compare('find/cases', 'find', isRefusedByFind);
  assert.ok(compared > 9_000, `${compared}`);
});

test('clauses that may be subscribed to, and those that may not', () => {
  let compared = 0;
  for (const line of linesOf('subscribe.jsonl')) {
    const { id, where, expect } = members(line);
    const isTaken = JSON.parse(expect).subscribe === 'ok';
    // The ledger's: what is valid once it is rewritten, and what the original never returns from.
    if (/\\\\Q/.test(where)) continue;
    try {
      new Query(where);
      assert.ok(isTaken, `${id} is refused there: ${expect}`);
    } catch (error) {
      assert.equal(error.code, 'LIVEMATCH_REFUSED', `${id}: ${error.message}`);
      assert.ok(!isTaken, `${id}: ${error.message}`);
    }
    compared += 1;
  }
  assert.ok(compared > 200, `${compared}`);
});

test('published messages: whom each concerns, and which are lost', () => {
  let compared = 0;
  for (const line of linesOf('messages.jsonl')) {
    const { id, op, message, queries, expect } = members(line);
    const kind = JSON.parse(op) === 'afterDelete' ? 'delete' : 'save';
    const expected = JSON.parse(expect);
    const matcher = new Matcher();
    const names = new Map();
    const secret = new Set();
    for (const { id: name, className, where } of JSON.parse(queries)) {
      const clause = JSON.stringify(where);
      names.set(matcher.insert(className, clause), name);
      if (/sessionToken|authData|password/.test(clause)) secret.add(name);
    }
    const told = (hits) => {
      const events = [];
      for (let at = 0; at < (hits?.length ?? 0); at += 2) events.push({ id: names.get(hits[at]), event: answer(hits[at + 1]).event });
      return listed(events);
    };
    // Of the ledger: secrets of users never come out of a message.
    const listed = (events) => events.filter((one) => !secret.has(one.id)).sort((one, other) => (one.id < other.id ? -1 : 1));
    const sorted = expected.events && listed(expected.events);
    let change;
    try {
      change = new Change(message, kind);
    } catch (error) {
      assert.equal(error.code, 'LIVEMATCH_UNREADABLE', id);
      assert.ok(expected.lost || (error.kind === 'no-class' && expected.events.length === 0), `${id}: ${error.message}`);
      continue;
    }
    // A message that is lost for what nobody asks for is not lost to a matcher, which does not read that: README, "What differs".
    if (!expected.lost) {
      for (const one of [message, Buffer.from(message)]) assert.deepEqual(told(matcher.change(one, kind)), sorted, id);
      assert.deepEqual(told(matcher.change(change)), sorted, id);
    }
    assert.ok(!expected.lost, `${id} is lost there`);
    compared += 1;
  }
  assert.ok(compared > 400, `${compared}`);
});
