import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';
import livematch, { Change, LivematchError, Matcher, Query, QuerySet, answer } from '../index.mjs';

const require = createRequire(import.meta.url);
const game = (fields) => ({ className: 'Game', objectId: 'a', ...fields });
const message = (now, old) => JSON.stringify({ currentParseObject: game(now), ...(old && { originalParseObject: game(old) }), classLevelPermissions: { find: { '*': true } } });
const named = (hits) => Object.fromEntries(Array.from({ length: (hits?.length ?? 0) / 2 }, (_, at) => [hits[2 * at], answer(hits[2 * at + 1]).event]));
const fails = (work, code, more = {}) => assert.throws(work, (error) => {
  assert.ok(error instanceof LivematchError && error instanceof Error);
  assert.deepEqual({ code: error.code, ...Object.fromEntries(Object.keys(more).map((name) => [name, error[name]])) }, { code: `LIVEMATCH_${code}`, ...more });
  return true;
});

test('a query answers for an object and for a change, in text and in bytes', () => {
  const query = new Query('{"score":{"$gt":5}}');
  assert.equal(query.verdict('{"score":6}'), 'match');
  assert.equal(query.matches(Buffer.from('{"score":4}')), false);
  assert.deepEqual(query.classify('{"score":4}', '{"score":6}'), { old: 'no-match', new: 'match', event: 'enter' });
  assert.deepEqual(query.classify(null, '{"score":6}'), { old: undefined, new: 'match', event: 'create' });
  assert.deepEqual(query.classify('{"score":6}'), { old: 'match', new: undefined, event: 'delete' });
  assert.equal(new Query(Buffer.from('{"owner":{"__type":"Pointer","className":"_User","objectId":"u"}}')).verdict('{"owner":null}'), 'fault');
  // A view of a part of a buffer is that part.
  const padded = new Uint8Array(Buffer.from('xx{"score":6}yy'));
  assert.ok(query.matches(padded.subarray(2, padded.length - 2)));
});

test('queries that are one have one fingerprint', () => {
  const one = new Query('{"a":1,"b":{"$in":[1,2]}}');
  assert.equal(one.fingerprint, new Query('{"a":1.0,"b":{"$in":[2,1,2]}}').fingerprint);
  assert.notEqual(one.fingerprint, new Query('{"a":2,"b":{"$in":[1,2]}}').fingerprint);
  assert.equal(new Query('{ "a": 1.0 }').clause, '{"a":1}');
});

test('a query at a moment', () => {
  const query = new Query('{"at":{"$gt":{"$relativeTime":"now"}}}', { dialect: 'find' });
  assert.ok(query.isTimeDependent);
  const object = '{"at":{"__type":"Date","iso":"2024-01-02T00:00:00.000Z"}}';
  assert.ok(query.at(new Date('2024-01-01T00:00:00.000Z')).matches(object));
  assert.ok(!query.at(Date.UTC(2024, 0, 3)).matches(object));
  assert.ok(query.at(-1).matches(object), 'before 1970');
  for (const wrong of [NaN, Infinity, '2024', new Date(NaN), 9e15, undefined]) fails(() => query.at(wrong), 'ARGUMENT');
});

test('an explanation is an object, and says it in words', () => {
  const query = new Query('{"score":{"$gt":5}}');
  const explanation = query.explain('{"score":4}');
  assert.deepEqual([explanation.verdict, explanation.tested[0].pointer, explanation.tested[0].found], ['no-match', '/score/$gt', 4]);
  assert.equal(`${explanation}`, 'no match: /score/$gt: expected more than 5, found 4');
  assert.deepEqual(JSON.parse(JSON.stringify(explanation)).verdict, 'no-match');
  const change = query.explainChange('{"score":4}', '{"score":6}');
  assert.deepEqual([change.event, change.old.verdict, change.new.verdict], ['enter', 'no-match', 'match']);
  assert.deepEqual(query.explainChange(null, '{"score":6}').old, undefined);
  assert.equal(query.explainChange(new Change(message({ score: 9 }))).event, 'create');
});

test('warnings say what is wrong, where, and how bad it is', () => {
  const [warning] = new Query('{"a":null}').warnings();
  assert.deepEqual([warning.code, warning.level, warning.effect, warning.pointer], ['equals-null', 'error', 'never matches', '/a']);
  assert.deepEqual(new Query('{"a":1}').warnings(), []);
});

test('a matcher names whom a message concerns', () => {
  const matcher = new Matcher();
  const low = matcher.insert('Game', '{"score":{"$lt":5}}');
  const high = matcher.insert('Game', new Query('{"score":{"$gt":5}}'));
  matcher.insert('Other', Buffer.from('{}'));
  assert.deepEqual(named(matcher.change(message({ score: 6 }, { score: 4 }))), { [low]: 'leave', [high]: 'enter' });
  assert.deepEqual(named(matcher.change(Buffer.from(message({ score: 6 }, { score: 7 })), 'save')), { [high]: 'update' });
  assert.equal(matcher.change(message({ score: 5 })), null);
  assert.deepEqual(named(matcher.change(message({ score: 9 }), 'delete')), { [high]: 'delete' });
  assert.deepEqual(named(matcher.change(new Change(message({ score: 9 })))), { [high]: 'create' });
  assert.equal(matcher.remove(high), true);
  assert.equal(matcher.remove(high), false);
  assert.equal(matcher.change(message({ score: 9 })), null);
  assert.equal(matcher.size, 2);
  assert.equal(matcher.insert('Game', '{}'), high, 'numbers are given out again');
});

test('a set answers for one class', () => {
  const set = new QuerySet();
  const [low, high] = [set.insert('{"score":{"$lt":5}}'), set.insert(new Query('{"score":{"$gt":5}}'))];
  assert.deepEqual(named(set.classify('{"score":4}', Buffer.from('{"score":6}'))), { [low]: 'leave', [high]: 'enter' });
  assert.deepEqual(named(set.classify(new Change(message({ score: 9 }), 'delete'))), { [high]: 'delete' });
  assert.equal(set.classify(null, null), null);
  const target = new Uint32Array(2);
  assert.equal(set.classifyInto(target, null, '{"score":6}'), 1);
  assert.deepEqual(named(target), { [high]: 'create' });
  assert.ok(set.remove(low) && set.size === 1 && set.memoryUsage > 0);
});

test('more hits than are written at once', () => {
  const matcher = new Matcher();
  const all = {};
  for (let n = 0; n < 1_000; n += 1) all[matcher.insert('Game', `{"score":{"$gt":${n % 7}}}`)] = 'create';
  assert.deepEqual(named(matcher.change(message({ score: 8 }))), all);
});

test('an array that is too short is filled, the count is told, and what was found can be had again', () => {
  const matcher = new Matcher();
  for (let n = 0; n < 3; n += 1) matcher.insert('Game', '{}');
  const target = new Uint32Array(5).fill(99);
  assert.equal(matcher.changeInto(target, message({})), 3);
  assert.deepEqual([...target].filter((_, at) => at % 2), [0b11000, 0b11000]);
  assert.equal(matcher.changeInto(new Uint32Array(0), message({})), 3);
  const whole = new Uint32Array(8).fill(99);
  assert.equal(matcher.again(whole), 3);
  assert.deepEqual([...whole.subarray(0, 6)].filter((_, at) => at % 2 === 0).sort(), [0, 1, 2]);
  assert.deepEqual([...whole.subarray(6)], [99, 99], 'what is behind it is left alone');
  // Of a part of an array, that part.
  const part = new Uint32Array(6).fill(99);
  assert.equal(matcher.changeInto(part.subarray(2, 4), message({})), 3);
  assert.deepEqual([part[0], part[1], part[4], part[5]], [99, 99, 99, 99]);
});

test('a change says what it is', () => {
  const change = new Change(message({ score: 6 }, { score: 4 }));
  assert.deepEqual([change.kind, change.className, change.objectId], ['save', 'Game', 'a']);
  assert.deepEqual([JSON.parse(change.old).score, JSON.parse(change.new).score], [4, 6]);
  assert.deepEqual(JSON.parse(change.classLevelPermissions), { find: { '*': true } });
  const deleted = new Change(message({ score: 6 }), 'delete');
  assert.deepEqual([deleted.kind, JSON.parse(deleted.old).score, deleted.new], ['delete', 6, undefined]);
  const secret = new Change('{"currentParseObject":{"className":"_User","objectId":"u","sessionToken":"r:1","name":"n"}}');
  assert.deepEqual(Object.keys(JSON.parse(secret.new)).includes('sessionToken'), false);
});

test('what goes wrong is an error with its place', () => {
  fails(() => new Query('{"a":{"$regex":"("}}'), 'REFUSED', { kind: 'invalid-regex', pointer: '/a/$regex' });
  fails(() => new Query('{"a":null}', { strict: true }), 'REFUSED', { pointer: '/a' });
  fails(() => new Query('{"a":'), 'REFUSED', { kind: 'json' });
  fails(() => new Query('[]'), 'REFUSED');
  fails(() => new Query(`{"a":{"$in":[${'0,'.repeat(100_001)}0]}}`), 'REFUSED', { kind: 'limit' });
  fails(() => new Query(Buffer.from([0x7b, 0xff])), 'ARGUMENT');
  fails(() => new Query('"\ud800"'), 'ARGUMENT');
  fails(() => new Matcher().insert('\ud800', '{}'), 'ARGUMENT');
  for (const none of [{ a: 1 }, undefined, null, 5, new Uint16Array(2), new DataView(new ArrayBuffer(2))]) fails(() => new Query(none), 'ARGUMENT');
  const query = new Query('{}');
  for (const none of ['', '[]', '5', '{"a":1}x', Buffer.from([0x7b, 0xff])]) fails(() => query.matches(none), 'UNREADABLE');
  for (const none of ['[]', '', '{}', '{"currentParseObject":5}']) fails(() => new Matcher().change(none), 'UNREADABLE');
  const lost = '{"currentParseObject":{"className":"Game","start":{"__type":"Date","iso":"tomorrow"}}}';
  fails(() => new Change(lost), 'UNREADABLE', { kind: 'inflation', pointer: '/currentParseObject/start' });
  fails(() => new Change('{}', 'saved'), 'ARGUMENT');
  for (const none of ['toString', 5, null, [{ toString: undefined }], Symbol('save')]) fails(() => new Change('{}', none), 'ARGUMENT');
  const matcher = new Matcher();
  for (const none of [-1, 0.5, 2 ** 32, '0', undefined, NaN]) fails(() => matcher.remove(none), 'ARGUMENT');
  for (const none of [new Uint8Array(4), [], undefined, new Uint32Array(new SharedArrayBuffer(16))]) fails(() => matcher.changeInto(none, message({})), 'ARGUMENT');
  fails(() => matcher.insert(5, '{}'), 'ARGUMENT');
  assert.equal(matcher.size, 0);
});

test('options that do not exist, or have no such value, are errors', () => {
  for (const none of [{ dialect: 'sql' }, { strikt: true }, { strict: 1 }, { toString: 1 }, 'find', { schema: 5 }, { dialect: 'find', schema: { a: { type: 'Nothing' } } }, { dialect: 'find', schema: { a: null } }, { dialect: 'find', schema: { a: 1n } }]) {
    fails(() => new Query('{}', none), 'ARGUMENT');
    fails(() => new Matcher(none), 'ARGUMENT');
    fails(() => new QuerySet(none), 'ARGUMENT');
  }
  assert.ok(new Query('{}', { strict: undefined }).matches('{}'));
  fails(() => new Matcher({ strict: true }).insert('Game', '{"a":null}'), 'REFUSED');
});

test('both dialects', () => {
  const clause = '{"score":{"$lt":5}}';
  assert.equal(new Query(clause).verdict('{}'), 'match');
  assert.equal(new Query(clause, { dialect: 'find' }).verdict('{}'), 'no-match');
  const typed = new Query('{"owner":{"$in":["u"]}}', { dialect: 'find', schema: { owner: { type: 'Pointer', targetClass: '_User' } } });
  assert.equal(typed.verdict('{"owner":{"__type":"Pointer","className":"_User","objectId":"u"}}'), 'match');
  const [live, find] = [new Matcher(), new Matcher({ dialect: 'find' })];
  for (const matcher of [live, find]) matcher.insert('Game', clause);
  assert.ok(live.change(message({})) && !find.change(message({})));
  // A set may hold both.
  const set = new QuerySet();
  const both = [set.insert(new Query(clause)), set.insert(new Query(clause, { dialect: 'find' }))];
  assert.deepEqual(named(set.classify(null, '{}')), { [both[0]]: 'create' });
});

test('bytes that another thread may write to are copied', () => {
  const text = Buffer.from('{"score":6}');
  const shared = new Uint8Array(new SharedArrayBuffer(text.length));
  shared.set(text);
  assert.ok(new Query('{"score":6}').matches(shared));
});

test('arrays of another realm are taken, and what only looks like one is not', () => {
  const query = new Query('{"score":6}');
  const context = vm.createContext({});
  const foreign = vm.runInContext('new Uint8Array([...\'{"score":6}\'].map((letter) => letter.charCodeAt(0)))', context);
  assert.ok(!(foreign instanceof Uint8Array) && query.matches(foreign));
  const matcher = new Matcher();
  matcher.insert('Game', '{}');
  const target = vm.runInContext('new Uint32Array(2)', context);
  assert.equal(matcher.changeInto(target, message({})), 1);
  assert.equal(answer(target[1]).event, 'create');
  for (const like of [Object.create(Uint8Array.prototype), new Proxy(new Uint8Array(2), {}), { __proto__: Uint8Array.prototype, length: 2 }]) fails(() => query.matches(like), 'ARGUMENT');
  fails(() => matcher.changeInto(Object.create(Uint32Array.prototype), message({})), 'ARGUMENT');
  // What was handed to another thread is empty.
  const gone = new Uint8Array(2);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  fails(() => query.matches(gone), 'UNREADABLE');
  const away = new Uint32Array(2);
  structuredClone(away.buffer, { transfer: [away.buffer] });
  assert.equal(matcher.changeInto(away, message({})), 1);
});

test('what is disposed of is empty and can be used again', () => {
  for (const filled of [new Matcher(), new QuerySet()]) {
    const insert = () => (filled instanceof Matcher ? filled.insert('Game', '{}') : filled.insert('{}'));
    insert();
    filled.dispose();
    assert.equal(filled.size, 0);
    assert.equal(insert(), 0);
    filled[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    assert.equal(filled.size, 0);
  }
});

test('a method that is called on something else is an error of JavaScript', () => {
  const { matches } = Query.prototype;
  assert.throws(() => matches.call({}, '{}'), TypeError);
  assert.throws(() => Query('{}'), TypeError);
});

test('require and import give the same, and the types name all of it', () => {
  const required = require('../index.js');
  assert.ok(livematch === required && Object.keys(required).every((name) => livematch[name] === required[name]));
  const types = readFileSync(new URL('../index.d.ts', import.meta.url), 'utf8');
  const members = new Set();
  for (const one of [Change, Matcher, Query, QuerySet]) {
    for (let at = one.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor' && !name.startsWith('_')) members.add(name);
    }
  }
  assert.ok(members.size > 20);
  for (const name of [...members, ...Object.keys(required)]) assert.match(types, new RegExp(`\\b${name}\\b[(:]|(class|function) ${name}\\b`), name);
});

test('every function of the module turns a panic into an error', () => {
  const folder = path.join(import.meta.dirname, '../src');
  let functions = 0;
  for (const file of readdirSync(folder)) {
    const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
    for (const [at, line] of lines.entries()) {
      if (!/^ {4}pub fn /.test(line)) continue;
      functions += 1;
      assert.match(lines[at - 1], /^ {4}#\[napi\(.*catch_unwind\)\]$/, `${file}:${at + 1}`);
    }
    assert.ok(file === 'target.rs' || !lines.some((line) => /\bunsafe \{|unsafe fn|unsafe impl/.test(line)), `${file} has unsafe code`);
  }
  assert.ok(functions > 30, `${functions}`);
});

const { native } = require('../lib/native.js');
test('a panic is an error', { skip: !native.Testing && 'only in a build for tests: node build.mjs --testing' }, () => {
  assert.throws(() => native.Testing.panics(), /on purpose/);
});
