'use strict';
// Queries and changes drawn from a seed.

/** xorshift, so that a run can be told by its seed. */
function random(seed) {
  let x = (seed * 2654435761 >>> 0) || 1;
  const next = () => { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; return (x >>> 0) / 2 ** 32; };
  const below = n => Math.floor(next() * n);
  const one = list => list[below(list.length)];
  return { next, below, one, often: chance => next() < chance };
}

const WORDS = ['open', 'closed', 'held', 'Öl', 'a|b', '', 'x"y', '\ufffd', 'long '.repeat(4)];
const pointer = n => ({ __type: 'Pointer', className: 'Room', objectId: `r${n}` });

function value(r) {
  return r.one([() => r.below(8), () => r.one(WORDS), () => r.often(0.5), () => null, () => r.below(80) / 8 - 3,
    () => ({ __type: 'Date', iso: `2026-0${1 + r.below(9)}-11T10:00:00.000Z` }), () => pointer(r.below(6)), () => Array.from({ length: r.below(4) }, () => r.below(6)),
    () => ({ __type: 'GeoPoint', latitude: r.below(80), longitude: r.below(170) }), () => ({ deep: r.below(5), list: [r.one(WORDS)] })])();
}

const FIELDS = ['status', 'score', 'room', 'tags', 'when', 'place', 'info', 'name'];

function constraint(r) {
  return r.one([
    () => value(r), () => ({ $gt: r.below(8) }), () => ({ $lte: r.below(8), $gte: r.below(4) }), () => ({ $ne: value(r) }),
    () => ({ $in: [value(r), value(r), r.one(WORDS)] }), () => ({ $nin: [value(r), r.below(8)] }), () => ({ $exists: r.often(0.5) }),
    () => ({ $regex: r.one(['^op', 'e', 'l(o|d)', '^$', '(?=h)held', 'Ö']), $options: r.one(['', 'i']) }), () => ({ $all: [r.below(6)] }),
    () => ({ $containedBy: [0, 1, 2, 3, r.below(6)] }), () => ({ $nearSphere: { __type: 'GeoPoint', latitude: r.below(80), longitude: r.below(170) }, $maxDistance: 0.5 }),
    () => ({ $eq: value(r) }), () => ({ $not: { $gt: r.below(8) } }),
  ])();
}

/** A clause; some that the matcher refuses (an unclosed quotation, half a surrogate pair) are among them. */
function clause(r, depth = 0) {
  if (r.often(0.01) && !depth) return r.one([{ name: '\ud800' }, { name: { $in: [`\udc00${r.below(9)}`] }, score: r.below(9) }]);
  if (r.often(0.12) && depth < 3) return { [r.one(['$or', '$and', '$nor'])]: Array.from({ length: 1 + r.below(3) }, () => clause(r, depth + 1)) };
  if (r.often(0.05)) return { objectId: `o${r.below(50)}` };
  const made = {};
  for (let n = 1 + r.below(3); n > 0; n--) made[r.often(0.1) ? 'info.deep' : r.one(FIELDS)] = constraint(r);
  return made;
}

function object(r, className, objectId) {
  const made = { className, __type: 'Object', objectId, createdAt: '2026-01-02T03:04:05.678Z', updatedAt: '2026-01-02T03:04:06.678Z' };
  for (const field of FIELDS) if (r.often(0.7)) made[field] = value(r);
  if (r.often(0.3)) made.ACL = r.one([{ '*': { read: true } }, { u1: { read: true } }, { u2: { read: true, write: true } }, { 'role:admin': { read: true } }, {}]);
  if (r.often(0.02)) made.name = '\ud800';
  return made;
}

const PERMISSIONS = [undefined, undefined, undefined, { find: { '*': true }, get: { '*': true } }, { find: { requiresAuthentication: true }, get: { '*': true } }, { get: { 'role:admin': true } }, { find: {}, readUserFields: ['room'] }, { find: { u1: true }, get: { '*': true } }];

/** A message as Parse Server publishes it, with its channel. */
function change(r, classes) {
  const className = r.one(classes);
  const objectId = `o${r.below(50)}`;
  const current = object(r, className, objectId);
  const message = { currentParseObject: current };
  const kind = r.often(0.1) ? 'afterDelete' : 'afterSave';
  if (r.often(0.7)) message.originalParseObject = r.often(0.5) ? { ...current, [r.one(FIELDS)]: value(r) } : object(r, className, objectId);
  const permissions = r.often(0.15) ? r.one(PERMISSIONS) : PERMISSIONS[3];
  if (permissions) message.classLevelPermissions = permissions;
  return [kind, message];
}

module.exports = { random, clause, change };
