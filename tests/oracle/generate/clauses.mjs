// Clauses that try everything: each operator with any operand, each key with any constraint.

import { list, object, text } from './json.mjs';
import { patternCase } from './patterns.mjs';

export const FIELDS = ['a', 'b', 'd', 'o', 't'];

const BUILT_INS = [
  'constructor', 'toString', 'toLocaleString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable',
  '__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__',
];
const COMPONENTS = [
  ...FIELDS, 'a', 'b', 'd', '0', '1', 'length', 'iso', 'objectId', 'className', 'latitude', 'x', '', '01', '__type',
];
const ODD_KEYS = ['0', '1', '10', '01', '', '__type', 'className', '$foo', '$not', '$eq', 'length', 'objectId'];

export class ClauseMaker {
  constructor(palette) {
    this.palette = palette;
    this.random = palette.random;
  }

  clause(depth = 2) {
    const { random } = this;
    const entries = random.many(1, random.chance(0.7) ? 2 : 4, () => this.entry(depth));
    if (random.chance(0.04)) entries.push(this.again(random.pick(entries)[0], depth));
    return object(entries);
  }

  /** An entry under a key that the clause has already. */
  again(key, depth) {
    const isLogic = /\$(or|and|nor)$/.test(key) && !this.random.mistake(0.1);
    return [key, isLogic ? list([this.clause(Math.max(0, depth - 1))]) : this.constraint()];
  }

  entry(depth) {
    const { random } = this;
    const logic = depth > 0 ? 16 : 0;
    return random.weighted([
      [58, () => [random.pick(FIELDS), this.constraint()]],
      [16, () => [this.path(), this.constraint()]],
      [logic, () => this.logic('', depth)],
      [logic / 6, () => this.logic(`${this.path()}.`, depth)],
      [3, () => [this.builtIn(), this.constraint()]],
      [3, () => [random.pick(ODD_KEYS), this.constraint()]],
      [0.5, () => ['$relatedTo', this.palette.value()]],
    ])();
  }

  path() {
    return this.random.many(2, this.random.chance(0.8) ? 2 : 4, () => this.random.pick(COMPONENTS)).join('.');
  }

  builtIn() {
    const name = this.random.pick(BUILT_INS);
    return this.random.weighted([
      [6, name],
      [1, `zz.${name}`],
      [1, `${name}.${this.random.pick(['name', 'length'])}`],
    ]);
  }

  logic(prefix, depth) {
    const { random } = this;
    const key = prefix + random.pick(['$or', '$and', '$nor']);
    if (random.mistake(0.02)) return [key, this.palette.value()];
    const branch = () => (random.chance(0.05) ? this.palette.value() : this.clause(depth - 1));
    return [key, list(random.many(random.chance(0.95) ? 1 : 0, 3, branch))];
  }

  constraint() {
    const { random, palette } = this;
    return random.weighted([
      [2, () => 'null'],
      [22, () => palette.value()],
      [10, () => palette.keep(palette.typed(1))],
      [62, () => this.operators()],
      [2, () => list(random.many(0, 2, () => palette.value()))],
      [2, () => '{}'],
    ])();
  }

  operators() {
    const { random } = this;
    const entries = random.many(1, random.chance(0.6) ? 1 : 3, () => this.operator()).flat();
    if (random.chance(0.04)) entries.push([random.pick(entries)[0], this.palette.value()]);
    return object(random.chance(0.3) ? random.shuffled(entries) : entries);
  }

  /** One operator with an operand, and what goes with it. */
  operator() {
    const { random, palette } = this;
    const any = name => [[name, palette.value()]];
    return random.weighted([
      [24, () => any(random.pick(['$lt', '$lte', '$gt', '$gte']))],
      [16, () => any(random.pick(['$eq', '$ne']))],
      [18, () => [[random.pick(['$in', '$nin']), this.members()]]],
      [8, () => [['$all', this.members()]]],
      [8, () => [['$containedBy', this.members()]]],
      [9, () => [['$exists', random.chance(0.9) ? random.pick(['true', 'false']) : palette.value()]]],
      [7, () => this.regex()],
      [6, () => this.near()],
      [4, () => [['$within', this.box()]]],
      [7, () => [['$geoWithin', this.geoWithin()]]],
      [4, () => [['$geoIntersects', this.orAny(() => object([['$point', this.point()]]))]]],
      [2, () => any(random.pick(['$options', '$maxDistance', '$select', '$dontSelect', '$foo', '$not', '0', 'a']))],
    ])();
  }

  orAny(usual) {
    return this.random.chance(0.9) ? usual() : this.palette.value();
  }

  members() {
    const { random, palette } = this;
    return random.chance(0.85) ? list(random.many(0, 4, () => palette.value())) : palette.value();
  }

  regex() {
    const { random, palette } = this;
    if (random.mistake(0.05)) return [['$regex', palette.value()]];
    const { pattern, options } = patternCase(random);
    const entries = [['$regex', text(pattern)]];
    if (options !== null) entries.push(['$options', random.mistake(0.01) ? palette.value() : text(options)]);
    return entries;
  }

  near() {
    const { random, palette } = this;
    const limit = () => (random.chance(0.8) ? random.pick(['0', '0.01', '0.1', '0.5', '3']) : palette.value());
    const entries = [['$nearSphere', this.orAny(() => palette.geoPoint())]];
    if (random.chance(0.6)) entries.push(['$maxDistance', limit()]);
    return entries;
  }

  box() {
    const corner = () => this.point();
    return this.orAny(() => object([['$box', list(this.random.many(2, 2, corner))]]));
  }

  geoWithin() {
    const { random, palette } = this;
    const polygon = () => list(random.many(random.chance(0.95) ? 3 : 2, 5, () => this.point()));
    const sphere = () => {
      const centre = list([palette.coordinate(), palette.coordinate()]);
      return list([this.orAny(() => centre), this.orAny(() => random.pick(['0', '0.05', '0.2', '1']))]);
    };
    return random.weighted([
      [10, () => object([['$polygon', this.orAny(polygon)]])],
      [10, () => object([['$centerSphere', this.orAny(sphere)]])],
      [1, () => object([['$centerSphere', sphere()], ['$polygon', polygon()]])],
      [1, () => palette.value()],
    ])();
  }

  point() {
    const { random, palette } = this;
    if (random.chance(0.88)) return palette.geoPoint();
    return random.chance(0.5) ? list([palette.coordinate(), palette.coordinate()]) : palette.value();
  }
}
