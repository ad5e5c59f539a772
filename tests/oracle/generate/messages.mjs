// Messages as publishers send them, hostile ones among them, and queries to deliver them to.

import { ClauseMaker } from './clauses.mjs';
import { isoText } from './dates.mjs';
import { object, text } from './json.mjs';
import { Random } from './random.mjs';
import { Store } from './typed.mjs';
import { Palette } from './values.mjs';

const KEYS = ['a', 'b', 'd', 'o', 't', 'a_1', 'Z9', 'sessionToken', 'password', 'authData'];
const REMOVED = ['_x', '_hashed_password', '0', '1a', 'a-b', 'a.b', 'é', '', '$a', 'constructor', 'prototype', '__proto__'];

/** `{"op":…,"message":…}` */
export function messageLine(random) {
  const deleted = random.chance(0.12);
  const make = random.chance(0.35) ? storeObjects : hostileObjects;
  const [before, after] = make(random);
  const members = [['currentParseObject', deleted ? before : after]];
  if (random.chance(deleted ? 0.1 : 0.7)) members.push(['originalParseObject', before]);
  if (random.chance(0.02)) members.push([random.pick(['currentParseObject', 'originalParseObject']), new Palette(random).value()]);
  if (random.chance(0.5)) members.push(['classLevelPermissions', '{"find":{"*":true}}']);
  const message = object(random.chance(0.1) ? random.shuffled(members) : members);
  return object([['op', text(deleted ? 'afterDelete' : 'afterSave')], ['message', message]]);
}

function storeObjects(random) {
  const store = new Store(random);
  const members = store.members(store.clause());
  return [store.object(members), store.object(store.changed(members))];
}

function hostileObjects(random) {
  const palette = new Palette(random);
  const make = () => hostileObject(random, palette);
  return [make(), make()];
}

function hostileObject(random, palette) {
  const members = random.many(1, 4, () => [
    random.pick(random.chance(0.85) ? KEYS : REMOVED),
    random.chance(0.97) ? safer(random, palette) : palette.value(),
  ]);
  if (random.chance(0.3)) members.push(['ACL', acl(random, palette)]);
  if (random.chance(0.95)) members.push(['createdAt', stamp(random, palette)]);
  if (random.chance(0.9)) members.push(['updatedAt', stamp(random, palette)]);
  if (random.chance(0.95)) members.push(['objectId', random.chance(0.97) ? text('x1') : palette.scalar()]);
  members.push(['__type', text('Object')]);
  members.push(['className', random.chance(0.98) ? text(random.pick(['T', 'T', '_User'])) : palette.value(1)]);
  return object(random.chance(0.1) ? random.shuffled(members) : members);
}

/** A value that seldom loses the message; the palette's own are half of them fatal in numbers. */
function safer(random, palette) {
  const made = palette.value();
  return /"__(?:type|op)"/.test(made) && random.chance(0.5) ? palette.scalar() : made;
}

function stamp(random, palette) {
  return random.weighted([
    [80, () => text(random.pick(['2020-01-01T00:00:00.000Z', '2021-06-15T12:30:00.000Z']))],
    [8, () => text(random.pick(['2020-01-01T00:00:00Z', '2020-1-1T0:0:0.5Z', '99-01-01T00:00:00.123456Z', '2020-00-00T99:99:99Z']))],
    [3, () => text(isoText(random))],
    [3, () => palette.date()],
    [1, () => palette.value(1)],
  ])();
}

function acl(random, palette) {
  if (random.chance(0.06)) return palette.value(1);
  const permission = () => [random.pick(['read', 'write']), random.chance(0.98) ? text(random.chance(0.5)) : palette.scalar()];
  return object(random.many(0, 2, () => [random.pick(['*', 'u1', 'role:x']), object(random.many(0, 2, permission))]));
}

/** Lines of a query file: `{"id":…,"className":…,"where":…}`, the plain, the prying and the odd. */
export function queryLines(seed, count) {
  const random = new Random(`${seed}/queries`);
  return Array.from({ length: count }, (_, id) => {
    const className = random.pick(['T', 'T', 'T', 'T', '_User', 'U']);
    return object([['id', text(id)], ['className', text(className)], ['where', query(random)]]);
  });
}

function query(random) {
  return random.weighted([
    [3, () => new Store(random).clause()],
    [4, () => object(random.many(1, 2, () => probe(random)))],
    [4, () => new ClauseMaker(new Palette(random)).clause(1)],
  ])();
}

/** A condition that tells one form of a value from another. */
function probe(random) {
  const name = random.pick([...KEYS, ...REMOVED, 'createdAt', 'updatedAt', 'ACL', 'objectId', '__type', 'className']);
  const inner = ['iso', 'objectId', 'className', '__type', 'latitude', 'coordinates.0', 'name', 'a', '0', 'length', '*.read', '__op', 'objects'];
  const key = random.chance(0.6) ? name : `${name}.${random.pick(inner)}`;
  const palette = new Palette(random);
  return [key, random.weighted([
    [4, () => object([['$exists', text(random.chance(0.5))]])],
    [3, () => object([['$eq', palette.value()]])],
    [3, () => palette.fresh(1)],
    [3, () => object([[random.pick(['$lt', '$gte']), palette.value(1)]])],
    [2, () => object([['$regex', text(random.pick(['Z$', '^20', 'object', '^undefined$', '000Z', 'Pointer', ',']))]])],
  ])()];
}
