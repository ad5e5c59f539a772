// The seeded generator of this dialect: lines for the binary and for the judge, by profile.

import { date, geoPoint, list, object, pointer, text, typed } from '../generate/json.mjs';
import { Random } from '../generate/random.mjs';
import { Store } from '../generate/typed.mjs';
import { patternCase } from './generate_patterns.mjs';

const NUMBERS = ['0', '-0', '1', '2', '3', '5', '-1', '1.5', '1e21', '9007199254740993'];
const TEXTS = ['', 'a', 'b', 'ab', 'abc', 'A', '0', '5', 't1', 'Team$t1', 'é', '\u{ff5e}', '\u{1f600}', 'a\n', '2024-01-15T00:00:00.000Z'];
const DAYS = ['2024-01-15T00:00:00.000Z', '2024-01-16T00:00:00Z', '2024-01-15', '2023-12-31T23:59:59.999Z', 'soon'];
const KEYS = ['a', 'b', 'c', 'x', '0', '1', 'type', 'coordinates', 'length', 'objectId'];
const FIELDS = ['f', 'g', 'h'];
const MORE_FIELDS = ['createdAt', 'updatedAt', 'objectId', '_rperm', 'timesUsed', 'ACL'];
const NOW = '2024-01-15T12:00:00.000Z';

/** What one case is made of: values that turn up once tend to turn up again, on either side. */
class Palette {
  #seen = [];

  constructor(random) {
    this.random = random;
  }

  value(depth = 2) {
    if (this.#seen.length > 0 && this.random.chance(0.4)) return this.random.pick(this.#seen);
    return this.keep(this.fresh(depth));
  }

  keep(value) {
    this.#seen.push(value);
    return value;
  }

  fresh(depth) {
    const nested = depth > 0 ? 1 : 0;
    return this.random.weighted([
      [45, () => this.scalar()],
      [25, () => this.typed()],
      [18 * nested, () => list(this.random.many(0, 3, () => this.value(depth - 1)))],
      [12 * nested, () => this.object(depth)],
    ])();
  }

  scalar() {
    const { random } = this;
    return random.weighted([
      [10, () => 'null'],
      [10, () => random.pick(['true', 'false'])],
      [35, () => random.pick(NUMBERS)],
      [45, () => text(random.pick(TEXTS))],
    ])();
  }

  object(depth) {
    const entries = this.random.many(0, 3, () => [this.random.pick(KEYS), this.value(depth - 1)]);
    return object([...new Map(entries)]);
  }

  typed() {
    const { random } = this;
    return random.weighted([
      [6, () => date(random.pick(DAYS))],
      [6, () => pointer(random.pick(['Team', 'Other']), random.pick(['t1', 't2', 'a']))],
      [5, () => this.geoPoint()],
      [2, () => this.polygon()],
      [2, () => typed('File', { name: text(random.pick(['a.png', 'b.png', 'a'])) })],
      [2, () => typed('Bytes', { base64: text(random.pick(['aGk=', 'aGo=', '', 'aGkh', 'aGk'])) })],
    ])();
  }

  geoPoint() {
    return geoPoint(this.coordinate(90), this.coordinate(180));
  }

  coordinate(most) {
    const { random } = this;
    return random.chance(0.7) ? random.pick([0, 1, 5, 7, 10, 20, -5, most, -most]) : Math.round((random.fraction() * 2 - 1) * most * 1e6) / 1e6;
  }

  polygon() {
    const { random } = this;
    const [south, west] = [random.between(-60, 40), random.between(-170, 100)];
    const [height, width] = [random.between(1, 40), random.between(1, 60)];
    const ring = [[south, west], [south, west + width], [south + height, west + width], [south + height, west]];
    const turned = random.chance(0.3) ? ring.reverse() : ring;
    const cut = random.chance(0.3) ? turned.slice(0, 3) : turned;
    return typed('Polygon', { coordinates: text(random.chance(0.3) ? [...cut, cut[0]] : cut) });
  }
}

class ClauseMaker {
  constructor(palette) {
    this.palette = palette;
    this.random = palette.random;
  }

  clause(depth = 2) {
    const { random } = this;
    const entries = random.many(1, random.chance(0.7) ? 2 : 4, () => this.entry(depth));
    return object([...new Map(entries)]);
  }

  entry(depth) {
    const { random } = this;
    return random.weighted([
      [60, () => [random.pick(FIELDS), this.constraint()]],
      [20, () => [this.path(), this.constraint()]],
      [depth > 0 ? 14 : 0, () => this.logic(depth)],
      [6, () => [random.pick(MORE_FIELDS), this.constraint()]],
    ])();
  }

  path() {
    const { random } = this;
    return [random.pick(FIELDS), ...random.many(1, random.chance(0.7) ? 1 : 3, () => random.pick(KEYS))].join('.');
  }

  logic(depth) {
    const { random } = this;
    const branch = () => (random.chance(0.03) ? random.pick(['null', '5', '""', '[]', '"ab"']) : this.clause(depth - 1));
    return [random.pick(['$or', '$or', '$and', '$nor']), list(random.many(random.chance(0.97) ? 1 : 0, 3, branch))];
  }

  constraint() {
    const { random, palette } = this;
    return random.weighted([
      [30, () => palette.value()],
      [62, () => this.operators()],
      [2, () => '{}'],
      [2, () => '[]'],
      [4, () => object([[random.pick(['$in', 'a', '$eq']), palette.value()], [random.pick(['b', '$gt', '$ne']), palette.value()]])],
    ])();
  }

  operators() {
    const { random } = this;
    const entries = random.many(1, random.chance(0.65) ? 1 : 3, () => this.operator()).flat();
    return object([...new Map(random.chance(0.3) ? random.shuffled(entries) : entries)]);
  }

  operator() {
    const { random, palette } = this;
    return random.weighted([
      [24, () => [[random.pick(['$lt', '$lte', '$gt', '$gte']), palette.value()]]],
      [18, () => [[random.pick(['$eq', '$ne']), palette.value()]]],
      [22, () => [[random.pick(['$in', '$nin']), this.members()]]],
      [9, () => [['$all', this.members()]]],
      [8, () => [['$containedBy', this.members()]]],
      [9, () => [['$exists', random.chance(0.8) ? random.pick(['true', 'false']) : palette.value(1)]]],
      [6, () => this.regex()],
      [2, () => this.geo()],
      [2, () => [[random.pick(['$lt', '$gt', '$eq']), object([['$relativeTime', text(this.span())]])]]],
      [1, () => [[random.pick(['$foo', '$not', '$size', '$inQuery', '$select', '$text', '$options', '$maxDistance']), palette.value()]]],
    ])();
  }

  members() {
    const { random, palette } = this;
    if (random.chance(0.04)) return palette.value();
    const member = () => (random.chance(0.05) ? object([['$regex', text(random.pick(['^a', 'b', '^\\Qa\\E', '(', '']))]]) : palette.value());
    return list(random.many(0, 4, member));
  }

  span() {
    const { random } = this;
    const amount = () => `${random.between(0, 400)} ${random.pick(['d', 'days', 'hr', 'hours', 'wks', 'yr', 'min', 'secs', 'second'])}`;
    return random.weighted([
      [1, () => 'now'],
      [4, () => `in ${amount()}`],
      [4, () => `${amount()} ago`],
      [2, () => `in ${amount()} ${amount()}`],
      [1, () => random.pick(['in', 'ago', 'in 1 day ago', '5', 'in x days', 'IN 1 Day', ' 1  day ago'])],
    ])();
  }

  regex() {
    const { pattern, options } = patternCase(this.random);
    const entries = [['$regex', text(pattern)]];
    if (options !== null) entries.push(['$options', text(options)]);
    return entries;
  }

  geo() {
    const { random, palette } = this;
    const point = () => (random.chance(0.93) ? palette.geoPoint() : palette.value());
    const pair = () => (random.chance(0.5) ? point() : list([palette.coordinate(180), palette.coordinate(90)].map(String)));
    const radius = () => (random.chance(0.95) ? random.pick(['0', '0.05', '0.2', '1', '2', '3.2']) : palette.value(0));
    return random.weighted([
      [3, () => [['$within', object([['$box', list([point(), point()])]])]]],
      [3, () => [['$geoWithin', object([['$polygon', list(random.many(3, 5, pair))]])]]],
      [1, () => [['$geoWithin', object([['$polygon', palette.polygon()]])]]],
      [3, () => [['$geoWithin', object([['$centerSphere', list([pair(), radius()])]])]]],
      [3, () => [['$geoIntersects', object([['$point', point()]])]]],
      [4, () => [['$nearSphere', point()], ...random.many(0, 1, () => [random.pick(['$maxDistance', '$maxDistanceInMiles', '$maxDistanceInKilometers', '$maxDistanceInRadians']), radius()])]],
    ])();
  }
}

/** The members of a line beside the clause and the sides. */
function surroundings(random, where) {
  const more = [];
  if (where.includes('$relativeTime')) more.push(['now', text(NOW)]);
  if (random.chance(0.1)) more.push(['legacyDottedNull', 'false']);
  return more;
}

/** A line with the side or sides that a change has. */
function change(random, where, before, after, more = []) {
  const sides = random.weighted([
    [40, () => ['null', after()]],
    [50, () => [before(), after()]],
    [10, () => [before(), 'null']],
  ])();
  return object([['where', where], ['old', sides[0]], ['new', sides[1]], ...more, ...surroundings(random, where)]);
}

/** An object with most of the fields that `where` asks about. */
function fields(random, where, value) {
  const isAsked = name => where.includes(`"${name}"`) || where.includes(`"${name}.`);
  const members = FIELDS.filter(name => random.chance(isAsked(name) ? 0.85 : 0.15)).map(name => [name, value(name)]);
  if (random.chance(0.3)) members.push(['createdAt', text(random.pick(DAYS))]);
  if (random.chance(0.2)) members.push(['updatedAt', random.chance(0.5) ? date(random.pick(DAYS)) : text(random.pick(DAYS))]);
  if (random.chance(0.3)) members.push(['objectId', text(random.pick(['a', 't1', 'obj1']))]);
  if (where.includes('_rperm')) members.push(['ACL', random.pick(['{}', '{"*":{"read":true}}', '{"a":{"read":true},"b":{"write":true}}'])]);
  return object(members);
}

function anyLine(random) {
  const palette = new Palette(random);
  const where = new ClauseMaker(palette).clause();
  const make = () => fields(random, where, () => palette.value());
  return change(random, where, make, make);
}

/** One field, one constraint: what tells operators and values apart. */
function gridLine(random) {
  const palette = new Palette(random);
  const maker = new ClauseMaker(palette);
  const where = object([['f', maker.constraint()]]);
  const make = () => (random.chance(0.9) ? object([['f', palette.value()]]) : '{}');
  return change(random, where, make, make);
}

/** Nested objects and lists, and paths that mostly lead somewhere. */
function pathsLine(random) {
  const palette = new Palette(random);
  const maker = new ClauseMaker(palette);
  const names = ['a', 'b', '0'];
  const nest = depth => {
    if (depth === 0 || random.chance(0.25)) return palette.value(0);
    if (random.chance(0.5)) return list(random.many(0, 3, () => nest(depth - 1)));
    return object([...new Map(random.many(1, 2, () => [random.pick(names), nest(depth - 1)]))]);
  };
  const path = () => ['f', ...random.many(0, 3, () => random.pick(['a', 'b', '0', '1', 'a', '']))].join('.');
  const where = object([...new Map(random.many(1, 2, () => [path(), maker.constraint()]))]);
  const make = () => object([['f', nest(4)]]);
  return change(random, where, make, make);
}

/** Objects as applications store them, what the SDKs build for them, and mostly the schema of their class. */
function typedLine(random) {
  const store = new Store(random);
  const where = store.clause();
  const members = store.members(where);
  const SCHEMA = {
    score: 'Number', ratio: 'Number', name: 'String', open: 'Boolean', tags: 'Array', due: 'Date', owner: 'Pointer', watchers: 'Array',
    place: 'GeoPoint', area: 'Polygon', detail: 'Object', picture: 'File', fans: 'Relation', data: 'Bytes',
  };
  const column = type => object([['type', text(type)], ...(['Pointer', 'Relation'].includes(type) ? [['targetClass', text('_User')]] : [])]);
  const schema = object(Object.entries(SCHEMA).map(([name, type]) => [name, column(type)]));
  const isRelation = where.includes('"fans"');
  const more = isRelation || random.chance(0.7) ? [['schema', schema]] : [];
  return change(random, where, () => store.object(members), () => store.object(store.changed(members)), more);
}

function geoLine(random) {
  const palette = new Palette(random);
  const maker = new ClauseMaker(palette);
  for (let i = 0; i < 3; i += 1) palette.keep(palette.geoPoint());
  const where = object([['f', object([...new Map(maker.geo())])]]);
  const stored = () => random.weighted([[6, () => palette.geoPoint()], [4, () => palette.polygon()], [2, () => palette.value()], [1, () => list([palette.geoPoint()])]])();
  const make = () => (random.chance(0.93) ? object([['f', stored()]]) : '{}');
  return change(random, where, make, make);
}

function regexLine(random) {
  const { pattern, options, sample } = patternCase(random);
  const constraint = [['$regex', text(pattern)]];
  if (options !== null) constraint.push(['$options', text(options)]);
  const subject = () => random.weighted([[9, () => text(sample())], [1, () => list(random.many(1, 2, () => text(sample())))]])();
  const make = () => object([['f', subject()]]);
  return change(random, object([['f', object(constraint)]]), make, make);
}

const profiles = { any: anyLine, grid: gridLine, paths: pathsLine, typed: typedLine, geo: geoLine, regex: regexLine };
const MIXTURE = [[25, 'any'], [25, 'grid'], [20, 'paths'], [15, 'typed'], [7, 'geo'], [8, 'regex']];

export const profileNames = [...Object.keys(profiles), 'mixed'];

const KEPT = 0.04; // of the lines that are refused

/** An endless sequence of lines; the same seed and profile give the same ones. Of those that `isRefused` few are kept. */
export function* lines(seed, profile, isRefused = () => false) {
  const random = new Random(`${seed}/find/${profile}`);
  while (true) {
    const line = profiles[profile === 'mixed' ? random.weighted(MIXTURE) : profile](random);
    if (!isRefused(line) || random.chance(KEPT)) yield line;
  }
}
