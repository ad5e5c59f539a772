// The seeded generator: lines for the binary and for the original, by profile.

import { ClauseMaker, FIELDS } from './generate/clauses.mjs';
import { spelled } from './generate/dates.mjs';
import { date, geoPoint, line, list, object, text, typed } from './generate/json.mjs';
import { messageLine, queryLines } from './generate/messages.mjs';
import { patternCase, textLike } from './generate/patterns.mjs';
import { Random } from './generate/random.mjs';
import { rowsLine } from './generate/rows.mjs';
import { Store } from './generate/typed.mjs';
import { Palette } from './generate/values.mjs';

export { queryLines };

/** Each profile makes one line out of a `Random`. */
const profiles = {
  typed: typedLine,
  adversarial: adversarialLine,
  paths: pathsLine,
  geo: geoLine,
  regex: regexLine,
  dates: datesLine,
  rows: rowsLine,
  messages: messageLine,
  refusals: random => (random.chance(0.5) ? adversarialLine : regexLine)(random),
};

/** In most profiles few cases are refused; this one is about where that line runs. */
const MISTAKES = { refusals: 20 };

const MIXTURE = [
  [25, 'typed'],
  [40, 'adversarial'],
  [10, 'paths'],
  [10, 'geo'],
  [8, 'regex'],
  [7, 'dates'],
];

export const profileNames = [...Object.keys(profiles), 'mixed'];

/** An endless sequence of lines; the same seed and profile give the same ones. */
export function* lines(seed, profile) {
  const random = new Random(`${seed}/${profile}`, MISTAKES[profile]);
  while (true) {
    yield profiles[profile === 'mixed' ? random.weighted(MIXTURE) : profile](random);
  }
}

/** A line with the side or sides that a change has. */
function change(random, where, before, after) {
  return random.weighted([
    [25, () => line(where, 'null', after())],
    [65, () => line(where, before(), after())],
    [10, () => line(where, before(), 'null')],
  ])();
}

function typedLine(random) {
  const store = new Store(random);
  const where = store.clause();
  const members = store.members(where);
  const after = () => store.object(store.changed(members));
  return change(random, where, () => store.object(members), after);
}

function adversarialLine(random) {
  const palette = new Palette(random);
  const where = new ClauseMaker(palette).clause();
  const value = name => (name === 'd' && random.chance(0.6) ? palette.date() : palette.value());
  const make = () => fields(random, where, value);
  return change(random, where, make, make);
}

/** An object with most of the fields that `where` asks about and few others. */
function fields(random, where, value) {
  const asked = name => where.includes(`"${name}"`) || where.includes(`"${name}.`);
  const members = FIELDS.filter(name => random.chance(asked(name) ? 0.85 : 0.15)).map(name => [name, value(name)]);
  if (random.chance(0.04)) members.push([random.pick(['', '0', 'toString', '__type', 'objectId', 'a.b']), value('')]);
  return object(members);
}

/** Nested objects, and paths that mostly lead somewhere. */
function pathsLine(random) {
  const palette = new Palette(random);
  const names = ['a', 'b', 'd', 'o', 't'];
  const steps = ['a', 'b', 'd', '0', '1', 'length', 'iso', 'objectId', '__type', ''];
  const nest = depth => {
    if (depth === 0 || random.chance(0.3)) return random.chance(0.3) ? palette.date() : palette.value(0);
    if (random.chance(0.3)) return list(random.many(0, 3, () => nest(depth - 1)));
    return object(random.many(1, 3, () => [random.pick(names), nest(depth - 1)]));
  };
  const path = () => [random.pick(names), ...random.many(0, 3, () => random.pick(steps))].join('.');
  const maker = new ClauseMaker(palette);
  const logic = () => maker.logic(random.chance(0.5) ? '' : `${path()}.`, 1);
  const where = object(random.many(1, 3, () => (random.chance(0.12) ? logic() : [path(), maker.constraint()])));
  const present = name => random.chance(where.includes(`"${name}`) ? 0.9 : 0.1);
  const make = () => object(names.filter(present).map(name => [name, nest(3)]));
  return change(random, where, make, make);
}

/** Points near borders, and limits that are the very distance of two points. */
function geoLine(random) {
  const palette = new Palette(random);
  const maker = new ClauseMaker(palette);
  const near = Array.from({ length: 3 }, () => palette.keep(geoPoint(...palette.coordinates())));
  const field = () =>
    random.weighted([
      [8, () => random.pick(near)],
      [4, () => palette.geoPoint()],
      [3, () => palette.polygon()],
      [2, () => palette.value()],
    ])();
  const operator = () =>
    random.weighted([
      [5, () => nearWithin(random, near)],
      [3, () => maker.near()],
      [3, () => [['$within', maker.box()]]],
      [5, () => [['$geoWithin', maker.geoWithin()]]],
      [3, () => [['$geoIntersects', object([['$point', maker.point()]])]]],
      [1, () => maker.operator()],
    ])();
  const make = () => (random.chance(0.9) ? object([['g', field()]]) : '{}');
  const where = object([['g', object(random.many(1, random.chance(0.9) ? 1 : 2, operator).flat())]]);
  return change(random, where, make, make);
}

function nearWithin(random, points) {
  const [from, to] = random.shuffled(points).map(point => JSON.parse(point));
  const limit = random.chance(0.5) ? distance(from, to) : random.fraction();
  return [['$nearSphere', text(from)], ['$maxDistance', text(limit)]];
}

/** The original's arithmetic, step by step: the limits of interest are those that are met exactly. */
function distance(p, q) {
  const r = Math.PI / 180;
  const [a, b, c, d] = [p.latitude * r, p.longitude * r, q.latitude * r, q.longitude * r];
  const [s, t] = [Math.sin((a - c) / 2), Math.sin((b - d) / 2)];
  return 2 * Math.asin(Math.sqrt(Math.min(1, s * s + Math.cos(a) * Math.cos(c) * t * t)));
}

function regexLine(random) {
  const { pattern, options, sample } = patternCase(random);
  const side = () => object([['s', subject(random, sample)]]);
  const constraint = [['$regex', text(pattern)]];
  if (options !== null) constraint.push(['$options', text(options)]);
  return change(random, object([['s', object(constraint)]]), side, side);
}

function subject(random, sample) {
  const like = () => text(textLike(random, sample));
  return random.weighted([
    [40, like],
    [2, () => list(random.many(1, 3, like))],
    [1, () => random.pick(['null', 'true', '12', '{}', '[]', '1e21'])],
  ])();
}

/** Date texts of every shape, and dates that a condition has touched in place. */
function datesLine(random) {
  const palette = new Palette(random);
  const maker = new ClauseMaker(palette);
  const isos = random.many(1, 2, () => spelled(random));
  const when = () => (random.chance(0.7) ? date(random.pick(isos)) : palette.date());
  const operand = () =>
    random.weighted([
      [5, when],
      [1, () => text(random.pick(isos))],
      [1, () => text(Date.parse(random.pick(isos)))],
      [1, () => palette.value(1)],
    ])();
  const bound = () => object([[random.pick(['$lt', '$lte', '$gt', '$gte', '$eq', '$ne', '$exists']), operand()]]);
  const constraint = () => random.weighted([[6, bound], [3, operand], [2, () => maker.constraint()]])();
  const keys = ['d', 'd', 'd.iso', 'd.__type', 'o.d', 'o', 't.0', 't', 'o.d.iso', 'x'];
  const entry = () => [random.pick(keys), constraint()];
  const clause = () => object(random.many(1, 3, entry));
  const logic = () => [random.pick(['$or', '$and', '$nor']), list(random.many(1, 3, clause))];
  const where = random.chance(0.25) ? object([logic(), entry()]) : clause();
  const side = () => object([
    ['d', when()],
    ['o', object([['d', when()]])],
    ['t', list(random.many(0, 2, when))],
    ['x', random.chance(0.5) ? typed('X', { d: when() }) : palette.value(1)],
  ]);
  return change(random, where, side, side);
}
