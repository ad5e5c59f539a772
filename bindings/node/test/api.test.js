'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Matcher, Query, LivematchError, answer } = require('..');

const message = (now, old) => JSON.stringify({ currentParseObject: { className: 'Game', objectId: 'a', ...now }, ...(old && { originalParseObject: { className: 'Game', objectId: 'a', ...old } }) });

test('a query answers for an object and for a change', () => {
  const query = new Query('{"score":{"$gt":5}}');
  assert.equal(query.verdict('{"score":6}'), 'match');
  assert.equal(query.matches(Buffer.from('{"score":4}')), false);
  assert.deepEqual(query.classify('{"score":4}', '{"score":6}'), { old: 'no-match', new: 'match', event: 'enter' });
  assert.deepEqual(query.classify(null, '{"score":6}'), { old: undefined, new: 'match', event: 'create' });
});

test('a matcher names whom a message concerns', () => {
  const matcher = new Matcher();
  const low = matcher.insert('Game', '{"score":{"$lt":5}}');
  const high = matcher.insert('Game', '{"score":{"$gt":5}}');
  matcher.insert('Other', '{}');
  const hits = matcher.change(message({ score: 6 }, { score: 4 }));
  const named = new Map();
  for (let at = 0; at < hits.length; at += 2) named.set(hits[at], answer(hits[at + 1]).event);
  assert.deepEqual([...named].sort(), [[low, 'leave'], [high, 'enter']].sort());
  assert.equal(matcher.change(message({ score: 5 })), null);
  assert.equal(answer(matcher.change(message({ score: 9 }), 'delete')[1]).event, 'delete');
  assert.equal(matcher.remove(high), true);
  assert.equal(matcher.remove(high), false);
  assert.equal(matcher.change(message({ score: 9 })), null);
  assert.equal(matcher.size, 2);
});

test('an array that is too short is filled, and the count is told', () => {
  const matcher = new Matcher();
  for (let n = 0; n < 3; n += 1) matcher.insert('Game', '{}');
  const target = new Uint32Array(4).fill(99);
  assert.equal(matcher.changeInto(message({}), 'save', target), 3);
  assert.deepEqual([...target].filter((_, at) => at % 2), [0b11000, 0b11000]);
});

test('what goes wrong is an error with its place', () => {
  assert.throws(() => new Query('{"a":{"$nope":1}}', { strict: true }), (error) => error instanceof LivematchError && error.code === 'LIVEMATCH_REFUSED' && error.pointer === '/a/$nope');
  assert.throws(() => new Query('{"a":'), { code: 'LIVEMATCH_REFUSED' });
  assert.throws(() => new Query('"\ud800"'), { code: 'LIVEMATCH_ARGUMENT' });
  assert.throws(() => new Query({ a: 1 }), { code: 'LIVEMATCH_ARGUMENT' });
  assert.throws(() => new Matcher().change('[]'), { code: 'LIVEMATCH_UNREADABLE' });
  assert.throws(() => new Matcher({ dialect: 'sql' }).insert('Game', '{}'), { code: 'LIVEMATCH_ARGUMENT' });
});

test('both dialects', () => {
  const clause = '{"score":{"$lt":5}}';
  assert.equal(new Query(clause).verdict('{}'), 'match');
  assert.equal(new Query(clause, { dialect: 'find' }).verdict('{}'), 'no-match');
  const typed = new Query('{"owner":{"$in":["u"]}}', { dialect: 'find', schema: { owner: { type: 'Pointer', targetClass: '_User' } } });
  assert.equal(typed.verdict('{"owner":{"__type":"Pointer","className":"_User","objectId":"u"}}'), 'match');
});

test('what is disposed of is empty and can be used again', () => {
  const matcher = new Matcher();
  matcher.insert('Game', '{}');
  matcher.dispose();
  assert.equal(matcher.size, 0);
  assert.equal(matcher.insert('Game', '{}'), 0);
});

test('an explanation is an object, and says it in words', () => {
  const explanation = new Query('{"score":{"$gt":5}}').explain('{"score":4}');
  assert.equal(explanation.tested[0].pointer, '/score/$gt');
  assert.match(String(explanation), /no match/);
  assert.equal(new Query('{"tags":{"$in":[]}}').warnings()[0].code, 'in-empty');
});
