// Whatever a caller hands in: an answer, or an error of this package. A crash ends the tests, so that none goes unseen.
//
//   FUZZ_RUNS=100000 FUZZ_SEED=2 node --test test/fuzz.test.mjs     for longer, and others; what is not said is the same each time
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Change, LivematchError, Matcher, Query, QuerySet, answer } from '../index.mjs';

const numRuns = Number(process.env.FUZZ_RUNS ?? 1_500);
const settings = { numRuns, seed: Number(process.env.FUZZ_SEED ?? 1) };
const check = (property) => fc.assert(property, settings);

/** The answer, or undefined where the package says what is wrong. */
function asked(work) {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof LivematchError, error);
    assert.ok(error.code !== 'LIVEMATCH_INTERNAL' && error.message && error.kind, `${error.code} ${error.message}`);
    return undefined;
  }
}

const names = fc.constantFrom('a', 'b', 'a.b', 'c.0', '', 'objectId', '__proto__', 'constructor', 'toString', '__type', 'iso', 'className', 'é', '💥');
const operators = fc.constantFrom('$eq', '$ne', '$gt', '$lte', '$in', '$nin', '$all', '$exists', '$regex', '$options', '$or', '$and', '$nor', '$not', '$containedBy',
  '$nearSphere', '$maxDistance', '$within', '$geoWithin', '$geoIntersects', '$box', '$polygon', '$point', '$inQuery', '$relativeTime', '$text', '$unknown', '$');
const scalar = fc.oneof(
  fc.constantFrom(null, true, 0, -0, 1e308, '', '(a+)+$', 'a'.repeat(300), 'in 3 days'), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(), fc.string({ unit: 'grapheme' }), { weight: 1, arbitrary: fc.constantFrom('\\Q', '\ud800') }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const typed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ __type: fc.constant('Date'), iso: fc.constantFrom('2024-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z') }) },
  fc.record({ __type: fc.constant('Date'), iso: fc.string() }),
  { weight: 4, arbitrary: fc.record({ __type: fc.constant('GeoPoint'), latitude: fc.integer({ min: -90, max: 90 }), longitude: fc.integer({ min: -180, max: 180 }) }) },
  { weight: 4, arbitrary: fc.record({ __type: fc.constantFrom('Pointer', 'Object'), className: fc.constantFrom('A', '_User'), objectId: fc.string({ maxLength: 2 }) }) },
  fc.record({ __type: fc.constant('GeoPoint'), latitude: fc.double(), longitude: fc.double() }),
  fc.record({ __type: fc.constantFrom('Bytes', 'File', 'Polygon', 'Relation'), base64: scalar, coordinates: fc.array(scalar) }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, typed, fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.oneof(names, operators), tie('value'), { maxKeys: 4, noNullPrototype: true })),
}));
/** As a clause is built, and without that. */
const constraint = fc.oneof(scalar, typed, fc.dictionary(operators, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true }));
const built = fc.letrec((tie) => ({
  clause: fc.oneof(
    { depthSize: 'small' },
    fc.dictionary(names, constraint, { maxKeys: 3, noNullPrototype: true }),
    fc.tuple(fc.constantFrom('$or', '$and', '$nor'), fc.array(tie('clause'), { minLength: 1, maxLength: 3 })).map((entry) => Object.fromEntries([entry])),
  ),
})).clause;
const clause = fc.oneof({ weight: 8, arbitrary: built }, { weight: 1, arbitrary: fc.dictionary(fc.oneof(names, operators), value, { maxKeys: 4 }) }, { weight: 1, arbitrary: value });
const object = fc.dictionary(names, value, { maxKeys: 6 });
const json = (arbitrary) => arbitrary.map((one) => JSON.stringify(one));
/** Text or bytes; now and then broken. */
const given = (arbitrary) => fc.oneof(
  { weight: 8, arbitrary: json(arbitrary) },
  { weight: 8, arbitrary: json(arbitrary).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: json(arbitrary).chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))) },
  { weight: 1, arbitrary: fc.uint8Array() },
  { weight: 1, arbitrary: fc.anything() },
);
const options = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(undefined, { dialect: 'find' }, { strict: true }, { dialect: 'find', schema: { a: { type: 'Pointer', targetClass: 'A' }, b: { type: 'Number' } }, legacyDottedNull: false }) },
  { weight: 1, arbitrary: fc.anything() },
);
/** As it is saved: with little that Parse Server would not read. */
const saved = fc.oneof({ weight: 3, arbitrary: fc.dictionary(names.filter((name) => !/[tT]ype|className|iso/.test(name)), fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer()), fc.boolean())) }, { weight: 1, arbitrary: object });
const message = fc.record({ currentParseObject: saved.map((fields) => ({ className: 'Game', ...fields })), originalParseObject: fc.oneof(saved, fc.constant(undefined)), classLevelPermissions: value });
const VERDICTS = [undefined, 'match', 'no-match', 'fault'];

test('a query', () => {
  let compiled = 0;
  check(fc.property(given(clause), options, given(object), given(object), fc.anything(), (where, settings, old, now, anything) => {
    const query = asked(() => new Query(where, settings));
    asked(() => new Query(anything));
    if (!query) return;
    compiled += 1;
    const verdict = asked(() => query.verdict(now));
    assert.ok(VERDICTS.includes(verdict));
    if (verdict) assert.equal(query.explain(now).verdict, verdict);
    const both = asked(() => query.classify(old, now));
    if (both && verdict) assert.equal(both.new, verdict);
    if (both) assert.equal(query.explainChange(old, now).event, both.event);
    asked(() => query.verdict(anything));
    asked(() => query.at(anything));
    assert.ok(Array.isArray(query.warnings()));
    // What it says of itself is itself.
    if (settings === undefined) assert.equal(new Query(query.clause).fingerprint, query.fingerprint);
  }));
  assert.ok(compiled > numRuns / 4, `${compiled} of ${numRuns} compiled`);
});

test('a set answers as each of its queries alone, while they come and go', () => {
  let told = 0;
  check(fc.property(fc.array(fc.tuple(given(clause), fc.constantFrom('livequery', 'find'), fc.boolean()), { maxLength: 12 }), json(object), json(object), (clauses, old, now) => {
    const set = new QuerySet();
    const queries = new Map();
    for (const [where, dialect, stays] of clauses) {
      const query = asked(() => new Query(where, { dialect }));
      if (!query) continue;
      const number = set.insert(query);
      assert.ok(!queries.has(number));
      if (stays) queries.set(number, query);
      else assert.ok(set.remove(number) && !set.remove(number));
    }
    assert.equal(set.size, queries.size);
    const answered = asked(() => set.classify(old, now));
    if (answered === undefined) return;
    const hits = answered ?? [];
    const found = new Map();
    for (let at = 0; at < hits.length; at += 2) found.set(hits[at], answer(hits[at + 1]));
    const alone = new Map();
    for (const [number, query] of queries) {
      const one = query.classify(old, now);
      if (one.event) alone.set(number, one);
    }
    assert.deepEqual(new Map([...found].sort()), new Map([...alone].sort()));
    told += alone.size;
  }));
  assert.ok(told > numRuns / 10, `${told} told in ${numRuns}`);
});

test('a matcher and a change', () => {
  let read = 0;
  check(fc.property(fc.array(given(clause), { maxLength: 6 }), given(message), fc.oneof({ weight: 8, arbitrary: fc.constantFrom('save', 'delete', undefined) }, { weight: 1, arbitrary: fc.anything() }), fc.oneof(fc.uint32Array(), fc.anything()), (clauses, text, kind, target) => {
    const matcher = new Matcher();
    const numbers = clauses.map((where) => asked(() => matcher.insert('Game', where))).filter((number) => number !== undefined);
    assert.equal(matcher.size, numbers.length);
    const hits = asked(() => matcher.change(text, kind));
    assert.ok(hits === undefined || hits === null || (hits.length % 2 === 0 && hits.every((one, at) => at % 2 || numbers.includes(one))));
    const count = asked(() => matcher.changeInto(target, text, kind));
    if (count !== undefined && hits !== undefined) assert.equal(count, (hits?.length ?? 0) / 2);
    const change = asked(() => new Change(text, kind));
    if (change) {
      read += 1;
      // Read whole, it is lost to more than when it is read in part; what is read is the same.
      assert.deepEqual(matcher.change(change), hits);
      for (const side of [change.old, change.new]) if (side !== undefined) JSON.parse(side);
    }
    for (const one of [target, ...numbers]) asked(() => matcher.remove(one));
    matcher.dispose();
  }));
  assert.ok(read > numRuns / 4, `${read} of ${numRuns} read`);
});
