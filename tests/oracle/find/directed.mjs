// Writes the directed cases: the rows of what find() means, each asked of the values that tell it from its neighbours.
//
//   node find/directed.mjs      writes the files of ../data/find/cases without answers; then run find/record.mjs
//
// A case is written by hand where it is one of a kind, and as a table times a table where each must meet each.

import fs from 'node:fs';
import path from 'node:path';

import { dataFolder } from '../lines.mjs';

const pointer = (className, objectId) => ({ __type: 'Pointer', className, objectId });
const date = iso => ({ __type: 'Date', iso });
const geo = (latitude, longitude) => ({ __type: 'GeoPoint', latitude, longitude });
const polygon = coordinates => ({ __type: 'Polygon', coordinates });
const file = name => ({ __type: 'File', name, url: `http://files/${name}` });
const bytes = base64 => ({ __type: 'Bytes', base64 });

const MISSING = Symbol('missing');
const DAY = '2024-01-15T00:00:00.000Z';
const NEXT = '2024-01-16T00:00:00.000Z';
const SQUARE = polygon([[0, 0], [0, 60], [60, 60], [60, 0]]);
const SYSTEM = { objectId: 'obj1', createdAt: '2024-03-01T12:00:00.000Z', updatedAt: '2024-03-02T12:00:00.000Z' };

const column = (type, targetClass) => (targetClass ? { type, targetClass } : { type });

const files = {};

/** Adds a case to a file. */
function add(name, where, object, more = {}) {
  files[name] ??= [];
  const id = `find-${name}-${String(files[name].length + 1).padStart(4, '0')}`;
  files[name].push({ id, where, old: null, new: object, ...more });
}

const holding = value => (value === MISSING ? {} : { f: value });

// Every kind of stored value, each asked every kind of question.

const STORED = [
  MISSING, null, 0, 5, -1.5, '', 'a', '5', 'Team$t1', true, false, [], [5], ['a', 'b'], [[1, 2], 3], [null], [{ a: 1 }, { b: 2 }],
  {}, { a: 1 }, { a: { b: 1 } }, date(DAY), pointer('Team', 't1'), geo(10, 20), SQUARE, file('a.png'), bytes('aGk='),
  [date(DAY), pointer('Team', 't1'), geo(10, 20)],
];

const ATOMS = [null, 0, 5, 'a', 't1', true, date(DAY), pointer('Team', 't1'), geo(10, 20), file('a.png'), bytes('aGk=')];

const constraints = [
  ...ATOMS,
  ...ATOMS.flatMap(atom => [{ $eq: atom }, { $ne: atom }]),
  ...[null, 5, 'a', true, date(NEXT), [1], {}].flatMap(atom => ['$lt', '$lte', '$gt', '$gte'].map(name => ({ [name]: atom }))),
  ...[[], [null], [5, 'a'], ['t1'], [[5]], [date(DAY)], [pointer('Team', 't1')], [geo(10, 7)], [{ a: 1 }], [{ $regex: '^a' }]].flatMap(list =>
    ['$in', '$nin', '$all', '$containedBy'].map(name => ({ [name]: list })),
  ),
  ...[true, false, null, 0, 1, '', 'no', [], {}].map(value => ({ $exists: value })),
  { $regex: 'a' }, { $regex: '^5$' }, { $regex: 'T', $options: 'i' }, {}, [], { a: 1 }, { $eq: { a: 1 } }, { $eq: [5] }, { $ne: { a: 1 } },
  { $gt: 0, $lt: 6 }, { $gt: 4, $lt: 1 }, { $exists: true, $ne: null },
];

for (const constraint of constraints) for (const value of STORED) add('grid', { f: constraint }, holding(value));

// The same where the class says what the column is.

const COLUMNS = [
  [column('String'), ['a', null, MISSING]],
  [column('Number'), [5, null, MISSING]],
  [column('Array'), [['a', 5], [{ a: 1 }], [pointer('Team', 't1')], null, MISSING]],
  [column('Object'), [{ a: 1 }, {}, null, MISSING]],
  [column('Pointer', 'Team'), [pointer('Team', 't1'), null, MISSING]],
  [column('Date'), [date(DAY), MISSING]],
  [column('File'), [file('a.png'), MISSING]],
  [column('GeoPoint'), [geo(10, 20), MISSING]],
];

const BY_COLUMN = [
  't1', { $eq: 't1' }, { $ne: 't1' }, { $in: ['t1', 'a'] }, { $nin: ['t1'] }, { $lt: 't2' }, { $gt: 't0' }, { $exists: false }, { $exists: 't' }, null,
  { $in: [{ a: 1 }] }, { $eq: { a: 1 } }, { a: 1 }, { $all: ['a', 5] }, { $all: [{ a: 1 }] }, { $containedBy: ['a', 5, 7] }, { $containedBy: [{ a: 1 }] },
  { $in: [{ $regex: '^a' }] }, { $all: [{ $regex: '^\\Qa\\E' }] }, { $eq: { $regex: 'a' } }, { $ne: { $regex: 'a' } }, { $lt: { $regex: 'a' } },
  pointer('Team', 't1'), pointer('Other', 't1'), { $in: [pointer('Team', 't1')] }, { $regex: '^Team\\$t' }, geo(10, 20), { $all: [geo(10, 20)] },
  { $in: [geo(10, 7)] }, { $containedBy: [20, 10] }, { $gt: { $relativeTime: '1 year ago' } }, [], ['a'], {}, { $eq: ['a', 5] }, { $lt: ['b'] },
];

for (const [one, values] of COLUMNS) {
  for (const constraint of BY_COLUMN) {
    for (const value of values) add('schema', { f: constraint }, holding(value), { schema: { f: one }, now: '2024-06-01T00:00:00.000Z' });
  }
}
for (const constraint of [pointer('Team', 't1'), { $ne: pointer('Team', 't1') }, { $in: ['t1'] }, { $exists: false }, { $in: [{ a: 1 }] }, { $gt: { $relativeTime: 'now' } }]) {
  add('schema', { f: constraint }, {}, { schema: { g: column('String') }, now: '2024-06-01T00:00:00.000Z' });
}
for (const constraint of [pointer('M', 'm1'), { $in: [pointer('M', 'm1')] }, { $nin: [] }, { $ne: pointer('M', 'm1') }, { $exists: true }, { $exists: false }, null, 5, 'm1', {}]) {
  for (const where of [{ f: constraint }, { $or: [{ f: constraint }, { g: 1 }] }, { $nor: [{ f: constraint }] }, { f: constraint, objectId: 'obj1' }]) {
    add('schema', where, { ...SYSTEM, g: 1 }, { schema: { f: column('Relation', 'M'), g: column('Number') } });
  }
}

// Paths through objects, lists, and what is neither.

const ROADS = [
  MISSING, null, 5, 'abc', true, {}, { b: 1 }, { b: null }, { b: [1, 2] }, { b: { c: 1 } }, { b: [{ c: 1 }, { c: 2 }, 7] }, [], [1, 2], [[]], [{}],
  [{ b: 1 }], [{ b: 1 }, { c: 3 }], [{ b: [1, 5] }], [[{ b: 1 }]], [5, { b: 1 }], [{ b: null }], { 0: { b: 1 } }, [{ 0: 9 }], [[1, 2], [3]], { b: [[1], 2] },
  pointer('Team', 't1'), geo(10, 20), date(DAY), SQUARE, { d: date(DAY), p: pointer('Team', 't1'), g: geo(10, 20), x: bytes('aGk=') },
  [date(DAY), pointer('Team', 't1')], { b: { x: 1, y: 2 } }, [[[{ b: 1 }]]],
];

const TURNS = [
  ['f.b', 1], ['f.b', null], ['f.b', { $ne: null }], ['f.b', { $ne: 1 }], ['f.b', { $gt: 1 }], ['f.b', { $lte: null }], ['f.b', { $exists: true }], ['f.b', { $exists: false }],
  ['f.b', { $in: [1, null] }], ['f.b', { $nin: [1] }], ['f.b', { $all: [1, 2] }], ['f.b', { $containedBy: [1, 2] }], ['f.b', {}], ['f.b', { c: 1 }], ['f.b', { $eq: { x: 1, y: 2 } }],
  ['f.b', { $eq: { y: 2, x: 1 } }], ['f.b', [1, 2]], ['f.b', { $lt: [2] }], ['f.b', { $regex: '1' }], ['f.b.c', 1], ['f.b.c', null], ['f.b.c', { $gt: 1 }], ['f.0', 1], ['f.0', null],
  ['f.0', { $exists: true }], ['f.0', { $containedBy: [1, 2] }], ['f.0.b', 1], ['f.0.b', null], ['f.0.0', 1], ['f.1', { $gt: 1 }], ['f.01', null], ['f.b.0', 1], ['f.b.1', { $exists: true }],
  ['f.objectId', 't1'], ['f.latitude', 10], ['f.iso', DAY], ['f.length', 2], ['f.type', 'Polygon'], ['f.coordinates', { $exists: true }], ['f.coordinates.0', { $exists: true }],
  ['f.d', date(DAY)], ['f.d', { $lt: date(NEXT) }], ['f.d.iso', { $exists: true }], ['f.p', pointer('Team', 't1')], ['f.p.objectId', 't1'], ['f.p', { $in: ['t1'] }], ['f.g', geo(10, 20)],
  ['f.g.latitude', 10], ['f.x', bytes('aGk=')], ['f.', null], ['f..b', null],
];

for (const [road, constraint] of TURNS) for (const value of ROADS) add('paths', { [road]: constraint }, holding(value));
for (const [road, constraint] of TURNS.filter(([, one]) => JSON.stringify(one).includes('null') || one?.$exists === false)) {
  for (const value of ROADS.slice(11, 25)) add('paths', { [road]: constraint }, holding(value), { legacyDottedNull: false });
}

// What the server names otherwise than the database, and hands on as it is.

const TIMES = [
  date('2024-03-01T12:00:00.000Z'), '2024-03-01T12:00:00.000Z', '2024-03-01T12:00:00Z', '2024-03-01', 'soon', null, 5, { $eq: date('2024-03-01T12:00:00.000Z') }, { $eq: '2024-03-01T12:00:00.000Z' },
  { $ne: date('2024-03-01T12:00:00.000Z') }, { $gt: date('2024-01-01T00:00:00.000Z') }, { $lt: date('2024-01-01T00:00:00.000Z') }, { $gt: '2024-01-01' }, { $in: [date('2024-03-01T12:00:00.000Z')] },
  { $in: ['2024-03-01T12:00:00.000Z'] }, { $exists: true }, { $exists: false }, { $gte: date('2024-03-01T12:00:00.000Z'), $lte: date('2024-03-01T12:00:00.000Z') }, { $regex: '2024' }, {},
];
for (const name of ['createdAt', 'updatedAt']) {
  for (const constraint of TIMES) for (const object of [SYSTEM, {}, { ...SYSTEM, [name]: date('2024-03-01T12:00:00.000Z') }]) add('system', { [name]: constraint }, object);
}
for (const constraint of TIMES.slice(0, 9)) add('system', { expiresAt: constraint }, { expiresAt: date('2024-03-01T12:00:00.000Z') });
for (const constraint of TIMES.slice(0, 9)) add('system', { lastUsed: constraint }, { lastUsed: date('2024-03-01T12:00:00.000Z') });

const IDS = [
  'obj1', 'x', null, 5, [], ['obj1'], {}, { a: 1 }, pointer('T', 'obj1'), { $eq: 'obj1' }, { $ne: 'obj1' }, { $in: ['obj1', 'x'] }, { $in: [pointer('T', 'obj1')] }, { $in: 'obj1' }, { $in: [{ $regex: 'o' }] },
  { $nin: ['x'] }, { $nin: [null] }, { $lt: 'p' }, { $gt: 'obj' }, { $exists: true }, { $exists: 0 }, { $exists: [] }, { $regex: '^obj' }, { $regex: 'OBJ', $options: 'i' }, { $options: 'i' }, { $regex: 5 },
  { $all: ['obj1'] }, { $all: 'obj1' }, { $not: { $eq: 'x' } }, { $not: { $gt: 'a', $lt: 'z' } }, { $not: {} }, { $not: 'x' }, { $not: { a: 1 } }, { $size: 1 }, { $size: 'x' }, { $size: -1 },
  { $elemMatch: { $eq: 'obj1' } }, { $elemMatch: 5 }, { $type: 'string' }, { $type: 2 }, { $type: ['number', 'string'] }, { $type: 'array' }, { $type: 'nothing' }, { $type: [] }, { $mod: [2, 0] }, { $mod: [0, 0] },
  { $mod: 5 }, { $foo: 1 }, { $containedBy: ['obj1'] }, { $eq: 'obj1', a: 1 }, { a: 1, $eq: 'obj1' }, { $gt: { $relativeTime: 'now' } }, true, date(DAY),
];
for (const constraint of IDS) add('system', { objectId: constraint }, SYSTEM);
for (const constraint of IDS.slice(0, 20)) add('system', { $or: [{ objectId: constraint }, { g: 1 }] }, SYSTEM);

const ACLS = [MISSING, {}, { '*': { read: true } }, { u1: { read: true, write: true }, 'role:a': { read: false } }, null];
const PERMISSIONS = ['*', { $in: [null, '*', 'u1'] }, { $nin: ['*'] }, { $exists: true }, null, { $all: ['u1'] }, { $size: 1 }, ['*'], []];
for (const name of ['_rperm', '_wperm']) {
  for (const constraint of PERMISSIONS) for (const ACL of ACLS) add('system', { [name]: constraint }, ACL === MISSING ? { g: 1 } : { g: 1, ACL });
}
for (const constraint of [null, false, 0, '', true, {}, [], '*', { '*': { read: true } }, { $exists: true }]) add('system', { ACL: constraint }, { ACL: { '*': { read: true } } });
add('system', { 'ACL.*': { $exists: true } }, { ACL: { '*': { read: true } } });
add('system', { 'ACL.u1': { $exists: false } }, { ACL: { u1: { read: true } } });
for (const constraint of ['r:1', { $ne: 'r:1' }, { $exists: true }, pointer('T', 'x')]) add('system', { sessionToken: constraint }, { sessionToken: 'r:1' });
for (const constraint of [3, { $gt: 2 }, { $exists: false }]) add('system', { timesUsed: constraint }, { timesUsed: 3 });
for (const constraint of [3, { $gt: 2 }, { $exists: false }]) add('system', { timesUsed: constraint }, { times_used: 3 });

// Moments that hang on the clock.

const SPANS = [
  'now', 'in 1 day', '1 day ago', 'in 2 weeks 3 days', '1 yr 2 wks ago', 'in 5 mins 6 secs', '10 minutes ago', 'in 1 hr', '7 d ago', 'IN 1 DAY', '  1 day ago', 'in', 'ago', 'in 1 day ago', '1 day', 'in day', 'in 1.5 days',
  'in one day', 'in 1 fortnight', 'in 1', 'in 1 day 2', '', 'tomorrow', 'in 0 days', 'in -1 day', '-1 day ago', 'in 1e2 days', 'in 99999999999 years', 'in 0x10 days', 'in  3  seconds',
];
const CLOCK = '2024-01-15T12:00:00.000Z';
for (const span of SPANS) {
  for (const name of ['$gt', '$lte']) {
    for (const iso of ['2024-01-14T12:00:00.000Z', '2024-01-15T12:00:01.000Z']) add('relative-time', { f: { [name]: { $relativeTime: span } } }, { f: date(iso) }, { now: CLOCK });
  }
}
for (const name of ['$lt', '$lte', '$gt', '$gte']) {
  for (const iso of ['2024-01-15T11:59:59.999Z', CLOCK, '2024-01-15T12:00:00.001Z']) add('relative-time', { f: { [name]: { $relativeTime: 'now' } } }, { f: date(iso) }, { now: CLOCK });
}
for (const value of [MISSING, null, 5, 'a', [date(DAY)], { a: 1 }, pointer('T', 'x')]) {
  for (const name of ['$lt', '$gt', '$eq', '$ne', '$exists', '$in']) add('relative-time', { f: { [name]: { $relativeTime: 'in 1 year' } } }, holding(value), { now: CLOCK });
}
for (const operand of [5, null, {}, [], true]) add('relative-time', { f: { $gt: { $relativeTime: operand } } }, { f: date(DAY) }, { now: CLOCK });
for (const key of ['createdAt', 'o.d', 'updatedAt']) add('relative-time', { [key]: { $lt: { $relativeTime: 'now' } } }, { ...SYSTEM, o: { d: date(DAY) } }, { now: '2024-06-01T00:00:00.000Z' });
add('relative-time', { $or: [{ f: { $gt: { $relativeTime: '1 day ago' } } }] }, { f: date(CLOCK) }, { now: CLOCK });
add('relative-time', { $nor: [{ f: { $gt: { $relativeTime: '1 day ago' } } }] }, { f: date(CLOCK) }, { now: CLOCK });

// Lists.

const LISTS = [MISSING, null, [], ['a'], ['a', 'b'], ['b', 'b', 'c'], [['a']], ['a', ['b']], 'a', 'abc', 5, [5, 5], [{ k: 1 }], [{ k: 1, j: 2 }], [null, 'a'], {}];
const MEMBERS = [[], ['a'], ['a', 'b'], ['b', 'c'], [['a']], [[['a']]], ['a', ['b']], [null], [null, 'a'], [5, 5], [{ k: 1 }], [{ k: 1 }, 'a'], [{ $regex: '^\\Qa\\E' }], [{ $regex: 'b' }, { $regex: 'c' }], [{ $regex: '^\\Qa\\E' }, 'b'], [{ $regex: 'a' }, 'b'], [{ $regex: '(' }], [{ $regex: 5 }]];
for (const name of ['$in', '$nin', '$all', '$containedBy']) for (const members of MEMBERS) for (const value of LISTS) add('lists', { f: { [name]: members } }, holding(value));
for (const name of ['$in', '$nin', '$all', '$containedBy']) for (const operand of ['a', 5, null, {}, true, pointer('T', 'x')]) add('lists', { f: { [name]: operand } }, { f: ['a'] });
for (const value of LISTS) {
  add('lists', { f: { $containedBy: ['a', 'b'], $exists: true } }, holding(value));
  add('lists', { f: { $containedBy: ['a', 'b'], $ne: 'b' } }, holding(value));
  add('lists', { f: { $containedBy: ['a', 'b'] }, $nor: [{ g: 1 }] }, { ...holding(value), g: 1 });
  add('lists', { $nor: [{ g: 1 }], f: { $containedBy: ['a', 'b'] } }, { ...holding(value), g: 1 });
  add('lists', { f: { $containedBy: ['a'] }, g: { $containedBy: ['q'] } }, { ...holding(value), g: ['q'] });
  add('lists', { f: { $containedBy: ['a'] }, g: { $containedBy: ['q'] } }, { ...holding(value), g: ['r'] });
  add('lists', { $or: [{ f: { $containedBy: ['a'] } }, { g: 1 }] }, { ...holding(value), g: 2 });
}

// Order: brackets, texts by their bytes, whole lists and objects.

const RANKED = [null, -5, 0, 5, 1e21, '', 'A', 'a', 'é', '\u{ff5e}', '\u{1f600}', {}, { a: 1 }, { a: 2 }, { b: 0 }, { a: 1, b: 1 }, [], [1], [1, 2], [2], ['a'], [[1]], bytes('aGk='), bytes('aGo='), bytes('aGkh'), true, false, date(DAY), date(NEXT)];
for (const operand of RANKED) for (const value of RANKED) {
  const name = ['$lt', '$gte'][(RANKED.indexOf(operand) + RANKED.indexOf(value)) % 2];
  add('order', { 'o.f': { [name]: operand } }, { o: { f: value } });
}
for (const operand of RANKED) for (const name of ['$lte', '$gt']) add('order', { 'o.f': { [name]: operand } }, { o: { f: operand } });

// Patterns.

const TEXTS = ['abc', 'ABC', 'abc\n', 'a\nbc', 'a b', '', 'é', '\u{1f600}', 'a1_', 'aab', '\r\n', 'ß', '\u{212a}', 'x.y'];
const PATTERNS = [
  ['abc'], ['^abc$'], ['abc$'], ['c$', 'm'], ['^b', 'm'], ['^.$'], ['^.*$', 's'], ['a.b', 's'], ['ABC', 'i'], ['(?i)abc'], ['a(?i)B'], ['(?i:a)bc'], ['(?-i)abc', 'i'], ['a b', 'x'], ['a # c\n b', 'x'], ['\\Qa.c\\E'], ['\\Qx.y\\E$'],
  ['^\\Qa\\E'], ['\\Qab', 'i'], ['\\w'], ['^\\w+$'], ['\\W'], ['\\d'], ['\\s'], ['\\S'], ['\\bb'], ['\\Bb'], ['[[:alpha:]]'], ['[[:^alpha:]]'], ['[[:digit:]_]'], ['[^a-z]'], ['[]a]'], ['[\\]a]'], ['[a\\-z]'], ['[\\Qa-z\\E]'],
  ['\\x61'], ['\\x{1f600}'], ['\\141'], ['\\o{141}'], ['\\e'], ['\\cA'], ['\\A\\w'], ['c\\z'], ['c\\Z'], ['\\N'], ['\\R'], ['\\h'], ['\\v'], ['\\H'], ['a+'], ['a{2}'], ['a{2,}b'], ['a{,2}'], ['a{'], ['a*?b'], ['a*+b'], ['a++b'],
  ['(?>a+)b'], ['(?:a|b)+c'], ['(?<n>a)b'], ['(?P<n>a)b'], ["(?'n'a)b"], ['(a)\\1'], ['(?=a)abc'], ['(?!a)'], ['(?<=a)b'], ['(?<!a)b'], ['(?<=a|xy)b'], ['(?#note)a'], ['(?|(a)|(b))c'], ['\\p{L}'], ['\\p{Lu}'], ['\\P{L}'], ['k', 'i'], ['ß', 'i'],
  ['('], ['[a'], ['*a'], ['a**'], ['\\'], ['(?<n>a)(?<n>b)'], ['[z-a]'], ['[[:foo:]]'], ['a\u{0}b'], ['\\u0061'], ['\\Uabc'], ['(*UCP)\\w'], ['a', 'g'], ['a', ''], ['a', 'ii'], ['a', 'imsxu'], ['', 'i'], ['.'], ['$'], ['^'], ['^$', 'm'], ['a|'], ['a(?R)?c'], ['(?(1)a|b)'], ['\\Kb'], ['\\G.'], ['(?^)a', 'i'], ['(?i)a|B'], ['(a(?i)b|c)d'],
];
for (const [text, options] of PATTERNS) for (const value of TEXTS) add('regex', { f: { $regex: text, ...(options !== undefined && { $options: options }) } }, { f: value });
for (const value of STORED) add('regex', { f: { $regex: '' } }, holding(value));
for (const operand of [5, null, {}, [], true, { $regex: 'a' }]) add('regex', { f: { $regex: operand } }, { f: 'a' });
for (const operand of [5, null, {}, true]) add('regex', { f: { $regex: 'a', $options: operand } }, { f: 'a' });
add('regex', { f: { $options: 'i' } }, { f: 'a' });
add('regex', { f: { $regex: 'a', $ne: 'a' } }, { f: ['a', 'ab'] });
add('regex', { 'o.f': { $regex: '^a' } }, { o: [{ f: 'b' }, { f: ['c', 'ab'] }] });
add('regex', { 'o.f': { $in: [{ $regex: '^a' }, 5] } }, { o: { f: 'ab' } });
add('regex', { 'o.f': { $eq: { $regex: '^a' } } }, { o: { f: 'ab' } });
add('regex', { 'o.f': { $all: [{ $regex: '^\\Qa\\E' }, { $regex: '^\\Qb\\E' }] } }, { o: { f: ['ab', 'ba'] } });

// Geometry.

const PLACES = [geo(0, 0), geo(5, 5), geo(10, 10), geo(0, 5), geo(5, 0), geo(10, 5), geo(5, 10), geo(11, 5), geo(-5, -5), geo(0, 180), geo(0, -179), geo(90, 0), MISSING, null, 5, [5, 5], { x: 5, y: 5 }, [[5, 5]], [geo(5, 5)], SQUARE];
const box = (a, b) => ({ $within: { $box: [a, b] } });
const ring = (...points) => ({ $geoWithin: { $polygon: points } });
const cap = (centre, radius) => ({ $geoWithin: { $centerSphere: [centre, radius] } });
const SHAPES = [
  box(geo(0, 0), geo(10, 10)), box(geo(10, 10), geo(0, 0)), box(geo(10, 0), geo(0, 10)), box(geo(-10, 170), geo(10, -170)), box(geo(5, 5), geo(5, 5)),
  ring(geo(0, 0), geo(0, 10), geo(10, 10), geo(10, 0)), ring([0, 0], [10, 0], [5, 10]), ring(geo(0, 0), geo(10, 5), geo(0, 10)), ring(geo(0, 0), geo(10, 0), geo(10, 10), geo(0, 10), geo(0, 0)), { $geoWithin: { $polygon: SQUARE } },
  { $geoWithin: { $polygon: polygon([[0, 0], [0, 10], [10, 10]]) } }, ring(geo(0, 170), geo(0, -170), geo(10, 180)), ring([0, 0], [10, 10], [0, 10], [10, 0]),
  cap([5, 5], 0), cap(geo(5, 5), 0), cap([0, 0], 0.1), cap([0, 0], 0.12341), cap(geo(0, 0), 0.2), cap([0, 0], 3.2), cap([180, 0], 0.02), cap([[1, 2], [5, 5]], 0.2),
  { $nearSphere: geo(0, 0) }, { $nearSphere: geo(5, 5), $maxDistance: 0 }, { $nearSphere: geo(0, 0), $maxDistance: 0.1 }, { $nearSphere: geo(0, 0), $maxDistanceInRadians: 0.1 }, { $nearSphere: geo(0, 0), $maxDistanceInMiles: 500 },
  { $nearSphere: geo(0, 0), $maxDistanceInKilometers: 800 }, { $nearSphere: geo(0, 0), $maxDistanceInKilometers: 800, $maxDistance: 0 }, { $nearSphere: geo(0, 0), $maxDistanceInMiles: 1, $maxDistanceInKilometers: 2000 }, { $nearSphere: geo(0, 179), $maxDistance: 0.05 },
  { $geoIntersects: { $point: geo(5, 5) } }, { $geoIntersects: { $point: geo(62, 30) } }, { $geoIntersects: { $point: geo(0, 30) } }, { $geoIntersects: { $point: geo(0, 0) } },
];
for (const shape of SHAPES) for (const place of PLACES) add('geo', { f: shape }, holding(place));

const AREAS = [SQUARE, polygon([[0, 0], [0, 60], [60, 60], [60, 0], [0, 0]]), polygon([[0, 0], [60, 0], [60, 60], [0, 60]]), polygon([[10, 10], [10, 20], [20, 15]]), polygon([[80, 0], [80, 90], [80, 180], [80, -90]]), polygon([[-10, 170], [10, 170], [10, -170], [-10, -170]])];
const SPOTS = [geo(0, 0), geo(30, 30), geo(62, 30), geo(60, 30), geo(0, 30), geo(30, 0), geo(-1, 30), geo(30, 61), geo(10, 15), geo(9.99, 15), geo(15, 12), geo(85, 45), geo(90, 0), geo(0, 180), geo(0, -175), geo(0, 169), geo(-30, -150)];
for (const area of AREAS) for (const spot of SPOTS) add('geo', { f: { $geoIntersects: { $point: spot } } }, { f: area });
for (const area of AREAS) for (const radius of [0.1, 0.5, 1, 1.3, 3.2]) add('geo', { f: cap([30, 30], radius) }, { f: area });

const BROKEN = [
  { $within: {} }, { $within: { $box: [geo(0, 0)] } }, { $within: { $box: 'ab' } }, { $within: { $box: [{}, {}] } }, { $within: null }, { $within: { $box: [geo(0, 0), geo(1, 1), geo(2, 2)] } }, { $geoWithin: {} }, { $geoWithin: { $foo: 1 } }, { $geoWithin: {}, $exists: true },
  ring(geo(0, 0), geo(1, 1)), ring(geo(0, 0), geo(1, 1), 5), ring(geo(0, 0), geo(1, 1), geo(91, 0)), ring([0, 0], [1, 1], [0, 91]), ring([0, 0], [1, 1], ['a', 2]), { $geoWithin: { $polygon: 'abc' } }, { $geoWithin: { $polygon: null } }, { $geoWithin: { $polygon: {} } }, { $geoWithin: { $polygon: { __type: 'Polygon' } } },
  cap([0, 0], -1), cap([0, 0], 'x'), cap([0, 0], '1'), cap([0, 0], null), cap(null, 1), cap([0], 1), cap([200, 0], 1), cap('ab', 1), { $geoWithin: { $centerSphere: [[0, 0]] } }, { $geoWithin: { $centerSphere: 5 } }, { $geoWithin: { $centerSphere: [[0, 0], 1, 2] } }, { $geoWithin: { $polygon: [geo(0, 0), geo(0, 9), geo(9, 9)], $centerSphere: 5 } },
  { $geoIntersects: {} }, { $geoIntersects: { $point: [1, 2] } }, { $geoIntersects: { $point: geo(91, 0) } }, { $geoIntersects: { $point: { __type: 'GeoPoint', latitude: '1', longitude: 2 } } }, { $geoIntersects: null },
  { $nearSphere: null }, { $nearSphere: {} }, { $nearSphere: [1, 2] }, { $nearSphere: geo(91, 0) }, { $nearSphere: geo(0, 0), $maxDistance: -1 }, { $nearSphere: geo(0, 0), $maxDistance: 'x' }, { $nearSphere: geo(0, 0), $maxDistance: null }, { $nearSphere: geo(0, 0), $maxDistanceInMiles: 'x' },
  { $nearSphere: geo(0, 0), $maxDistanceInMiles: null }, { $nearSphere: geo(0, 0), $exists: true }, { $nearSphere: geo(0, 0), $ne: 5 }, { $nearSphere: geo(0, 0), $nin: [] }, { $maxDistance: 1 }, { $maxDistanceInMiles: 1 }, { $nearSphere: geo(0, 0), $within: { $box: [geo(0, 0), geo(9, 9)] } },
];
for (const constraint of BROKEN) add('geo', { f: constraint }, { f: geo(5, 5) });
const NEAR = { f: { $nearSphere: geo(0, 0) } };
for (const where of [{ $or: [NEAR, { g: 1 }] }, { $nor: [NEAR] }, { $and: [NEAR] }, { $and: [NEAR, { g: 1 }] }, { ...NEAR, g: { $nearSphere: geo(1, 1) } }, { ...NEAR, $and: [NEAR] }, { $and: [{ $and: [NEAR] }] }, { ...NEAR, g: 1 }]) add('geo', where, { f: geo(5, 5), g: 1 });

// Logic, names, and shapes that are refused.

const BRANCHES = [[], [{}], [{ a: 1 }], [{ a: 2 }], [{ a: 1 }, { b: 1 }], [{ a: 2 }, { b: 1 }], [{ a: 2 }, { b: 2 }], [null], [5], [''], ['ab'], [[]], [[{ a: 1 }]], [true], null, false, 0, '', 'x', 5, {}, { a: 1 }];
for (const name of ['$or', '$and', '$nor']) {
  for (const branches of BRANCHES) {
    add('logic', { [name]: branches }, { a: 1, b: 2 });
    add('logic', { [name]: branches, a: 1 }, { a: 1, b: 2 });
  }
  for (const other of ['$or', '$and', '$nor']) for (const branches of [[{ a: 1 }], [{ a: 2 }, { b: 2 }]]) add('logic', { [name]: [{ [other]: branches }, { c: 1 }] }, { a: 1, b: 2 });
}
const NAMES = ['a', 'a1', 'a_b', 'A.b', 'a.', 'a..b', '_x', 'a-b', '1a', 'é', '_id', '_created_at', '$comment', '$expr', '$where', '$text', '$relatedTo', '$foo', '', ' a', 'a b', '_rperm', '_wperm', '_hashed_password', '_tombstone', '_session_token', 'times_used', 'constructor', 'toString'];
for (const name of NAMES) for (const constraint of [1, { $exists: true }, null]) {
  add('names', { [name]: constraint }, { a: 1 });
  add('names', { $or: [{ [name]: constraint }, { a: 1 }] }, { a: 1 });
}
add('names', { $relatedTo: { object: pointer('U', 'u1'), key: 'likes' } }, { a: 1 });
add('names', { $relatedTo: { object: pointer('U', 'u1'), key: 'likes' }, $or: [{ a: 1 }] }, { a: 1 });
add('names', { $or: [{ $relatedTo: { object: pointer('U', 'u1'), key: 'likes' } }] }, { a: 1 });
add('names', { $relatedTo: { object: pointer('U', 'u1'), key: 'likes' }, $nor: [] }, { a: 1 });
const UNKNOWN = [
  { $foo: 1 }, { $not: { $eq: 1 } }, { $elemMatch: { $eq: 1 } }, { $size: 1 }, { $type: 2 }, { $mod: [2, 1] }, { $comment: 'x' }, { $expr: 1 }, { $where: '1' }, { $: 1 }, { $$a: 1 }, { $near: [0, 0] }, { $geometry: {} }, { a: 1, $eq: 1 }, { a: 1, $gt: 0 }, { $gt: 0, a: 1 }, { a: 1, $foo: 1 }, { ' a': 1, $gt: 0 },
  { __type: 'Foo', a: 1 }, { __type: 'Object', className: 'T', objectId: 'x' }, { __type: 'Relation', className: 'T' }, { $inQuery: { className: 'P', where: {} } }, { $notInQuery: { className: 'P', where: { a: 1 } } }, { $inQuery: { className: 'P' } }, { $inQuery: null }, { $inQuery: {} }, { $select: { key: 'a', query: { className: 'P', where: {} } } },
  { $select: { key: 'a' } }, { $select: null }, { $dontSelect: { key: 'a', query: { className: 'P' } } }, { $dontSelect: false }, { $eq: { $inQuery: { className: 'P', where: {} } } }, { $text: { $search: { $term: 'a' } } }, { $text: {} }, { $text: { $search: { $term: 5 } } },
];
for (const constraint of UNKNOWN) for (const value of [1, [1], { a: 1 }, MISSING]) {
  add('refused', { f: constraint }, holding(value));
  add('refused', { $or: [{ f: constraint }] }, holding(value));
}
for (const constraint of UNKNOWN) add('refused', { 'o.f': constraint }, { o: { f: { a: 1 } } });

// What one constraint asks only a column of lists can have, and what another asks only one that is none.

const OF_LISTS = [{ $in: [{ a: 1 }] }, { '': 0 }, { $ne: { a: 1 } }];
const OF_DATES = [{ $gt: { $relativeTime: '1 day ago' } }, { $lte: { $relativeTime: 'ago' } }];
for (const lists of OF_LISTS) {
  for (const dates of OF_DATES) {
    const clauses = [
      { $or: [{ f: lists }], f: dates }, { f: lists, $or: [{ f: dates }] }, { $or: [{ f: lists }, { f: dates }] }, { $and: [{ f: dates }, { f: lists }] },
      { $nor: [{ f: lists }, { f: dates }] }, { $or: [{ $and: [{ f: lists }] }, { $or: [{ f: dates }], g: 1 }] }, { $or: [{ f: lists }, { 'f.g': dates }] },
      { $or: [{ f: lists }, { g: dates }] }, { $or: [{ f: lists }, { f: lists }] }, { $or: [{ f: dates }, { f: 5 }] },
    ];
    for (const clause of clauses) for (const object of [{}, { f: [{ a: 1 }] }, { f: date(DAY) }]) add('columns', clause, object, { now: CLOCK });
  }
}

// Changes of an object, and one pattern of a list for each type that may hold it.

add('events', { score: { $lt: 5 } }, { score: 3 }, { old: { score: 9 } });
add('events', { score: { $lt: 5 } }, { score: 9 }, { old: { score: 3 } });
add('events', { score: { $lt: 5 } }, { score: 4 }, { old: { score: 3 } });
add('events', { score: { $lt: 5 } }, null, { old: { score: 3 } });
add('events', { score: { $lt: 5 } }, null, { old: {} });
add('events', { tags: { $in: [{ a: 1 }] } }, { tags: [{ a: 1 }] }, { old: { tags: { a: 1 } } });
add('events', { tags: { $in: [{ a: 1 }] } }, { tags: 5 }, { old: { tags: [{ a: 1 }] } });
add('events', { tags: { $ne: 'a' } }, { tags: ['b'] }, { old: { tags: ['a', 'b'] } });
add('events', { owner: { $in: ['t1'] } }, { owner: pointer('Team', 't1') }, { old: { owner: pointer('Team', 't2') } });
add('events', {}, { a: 1 }, { old: { a: 2 } });
add('events', { a: 1, b: { $exists: false } }, { a: 1 }, { old: { a: 1, b: null } });

const folder = path.join(dataFolder, 'find/cases');
fs.mkdirSync(folder, { recursive: true });
let total = 0;
for (const [name, cases] of Object.entries(files)) {
  total += cases.length;
  fs.writeFileSync(path.join(folder, `${name}.jsonl`), cases.map(one => JSON.stringify(one) + '\n').join(''));
}
console.log(`${total} cases in ${Object.keys(files).length} files`);
