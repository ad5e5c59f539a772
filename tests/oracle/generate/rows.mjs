// Long rows of equalities under one logic operator, and objects that some of these hold for.

import { line, list, object, pointer, text, typed } from './json.mjs';

const FIELDS = ['a', 'b', 'c', 'a.x', 'length'];

const word = random => text(`w${random.below(40)}`);

/** The length of a class name may not fit a byte. */
const pointsTo = random =>
  pointer(random.weighted([[9, 'A'], [9, 'B'], [1, 'C'.repeat(200)]]), `w${random.below(20)}`);

/** What ends a row, or faults on what the row meets. */
const odd = random =>
  random.pick([
    () => random.pick(['null', '1', 'true', '""']),
    () => object([['$gt', '1']]),
    () => object([['$all', list([word(random)])]]),
    () => object([['$ne', word(random)]]),
    () => typed('Pointer', { objectId: word(random) }),
    () => list([word(random)]),
  ])();

/** A row of branches on few fields, each of which is mostly asked for one kind of operand. */
function row(random) {
  const fields = random.many(1, 4, () => [random.pick(FIELDS), random.pick([word, pointsTo])]);
  const branches = random.many(14, 60, () => {
    const [field, operand] = random.pick(fields);
    return object([[field, operand(random)]]);
  });
  while (random.chance(0.4)) {
    branches[random.below(branches.length)] = object([[random.pick(FIELDS), odd(random)]]);
  }
  return [random.pick(['$or', '$nor']), list(branches)];
}

function clause(random) {
  if (random.chance(0.3)) return object([row(random)]);
  const beside = random.many(0, 2, () => [random.pick(FIELDS), random.pick([word, odd])(random)]);
  const rows = ['$and', list(random.many(1, 2, () => object([row(random)])))];
  return object(random.chance(0.5) ? [rows, ...beside] : [...beside, rows]);
}

function value(random, depth = 1) {
  return random.weighted([
    [4, () => word(random)],
    [4, () => pointsTo(random)],
    [1, () => random.pick(['null', '1', 'true', '""', '{}'])],
    [depth, () => list(random.many(0, 4, () => value(random, 0)))],
    [depth, () => list(random.many(0, 4, () => (random.chance(0.1) ? 'null' : pointsTo(random))))],
    [depth, () => object([[random.pick(['x', 'className', 'objectId', '__type']), value(random, 0)]])],
  ])();
}

export function rowsLine(random) {
  const field = () => (random.chance(0.85) ? random.pick(['a', 'b', 'c']) : random.pick(FIELDS));
  const side = () => object(random.many(0, 4, () => [field(), value(random)]));
  return line(clause(random), random.chance(0.3) ? 'null' : side(), side());
}
