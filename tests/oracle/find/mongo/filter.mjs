// A MongoDB filter, read into a test of documents. What MongoDB refuses throws a `FilterError`.

import { FilterError } from './error.mjs';
import { intersects, located, near, within } from './geo.mjs';
import { bracketOf, equals, ordered } from './values.mjs';
import { isValid, matches } from '../pcre2.mjs';
import { walk } from './walk.mjs';

const isList = Array.isArray;
const isPlain = value => value !== undefined && bracketOf(value) === 'object';

/** Whether an object is a list of operators and not a value: its first name begins with `$`. */
function isExpression(value) {
  if (!isPlain(value)) return false;
  const names = Object.keys(value);
  const isReference = names[0] === '$ref' && names[1] === '$id';
  return names.length > 0 && names[0].startsWith('$') && !isReference;
}

/** The test of a filter: `document => boolean`. */
export function compile(filter, options = {}) {
  const compiled = clause(filter, { ...options, isRoot: true, nears: { count: 0 } });
  return document => compiled(document);
}

const every = tests => value => tests.every(test => test(value));

function clause(filter, options) {
  if (!isPlain(filter)) throw new FilterError('expected an object');
  const tests = Object.entries(filter).map(([name, operand]) =>
    name.startsWith('$') ? logic(name, operand, options) : field(name, operand, options),
  );
  return every(tests);
}

function logic(name, operand, options) {
  if (!['$or', '$and', '$nor'].includes(name)) throw new FilterError(`unknown top level operator: ${name}`);
  if (!isList(operand) || operand.length === 0) throw new FilterError(`${name} must be a nonempty array`);
  const below = { ...options, isRoot: options.isRoot && name === '$and' };
  const branches = operand.map(branch => clause(branch, below));
  if (name === '$and') return every(branches);
  if (name === '$or') return document => branches.some(branch => branch(document));
  return document => !branches.some(branch => branch(document));
}

function field(path, operand, options) {
  const { legacyNull } = options;
  const values = opened => document => walk(document, path, { opened, legacyNull });
  const constrained = constraint(operand, options);
  const [open, whole] = [values(true), values(false)];
  return document => constrained({ open: () => open(document), whole: () => whole(document) });
}

/**
 * The test of what is asked of a path: it is given the values that the path yields, opened or whole.
 */
function constraint(operand, options) {
  if (bracketOf(operand) === 'regex') return any(pattern(operand.pattern, operand.options));
  if (!isExpression(operand)) return any(value => equals(value, operand));
  const names = Object.keys(operand);
  if (names[0] === '$nearSphere') {
    options.nears.count += 1;
    if (!options.isRoot) throw new FilterError('$nearSphere must be at the top level');
    if (options.nears.count > 1) throw new FilterError('more than one $nearSphere');
    const test = near(operand);
    return any(value => test(located(value)));
  }
  return every(names.map(name => operator(name, operand, options)));
}

const any = test => values => values.open().some(test);
const anyWhole = test => values => values.whole().some(test);
const none = test => values => !values.open().some(test);

function operator(name, constraints, options) {
  if (!OPERATORS[name]) throw new FilterError(`unknown operator: ${name}`);
  return OPERATORS[name](constraints[name], constraints, options);
}

function order(holds) {
  return operand => {
    if (bracketOf(operand) === 'regex') throw new FilterError('a pattern cannot be compared');
    return any(value => ordered(value, operand, holds));
  };
}

const OPERATORS = {
  $eq: operand => any(value => equals(value, operand)),
  $ne(operand) {
    if (bracketOf(operand) === 'regex') throw new FilterError('a pattern under $ne');
    return none(value => equals(value, operand));
  },
  $lt: order(sign => sign < 0),
  $lte: order(sign => sign <= 0),
  $gt: order(sign => sign > 0),
  $gte: order(sign => sign >= 0),
  $in: operand => any(isAmong('$in', operand)),
  $nin: operand => none(isAmong('$nin', operand)),

  $all(operand, _, options) {
    if (!isList(operand)) throw new FilterError('$all needs an array');
    if (operand.length === 0) return () => false;
    const isElemMatch = one => isPlain(one) && Object.keys(one)[0] === '$elemMatch';
    if (isElemMatch(operand[0])) {
      if (!operand.every(isElemMatch)) throw new FilterError('$all of $elemMatch and others');
      return every(operand.map(one => OPERATORS.$elemMatch(one.$elemMatch, one, options)));
    }
    if (operand.some(isExpression)) throw new FilterError('no $ expressions in $all');
    return every(operand.map(one => any(memberTest(one))));
  },

  $exists(operand) {
    const wanted = isTrue(operand);
    return values => values.open().some(value => value !== undefined) === wanted;
  },

  $regex(operand, constraints) {
    const own = bracketOf(operand) === 'regex';
    if (!own && typeof operand !== 'string') throw new FilterError('$regex has to be a string');
    const { $options } = constraints;
    if ($options !== undefined && typeof $options !== 'string') throw new FilterError('$options has to be a string');
    if (own && operand.options && $options !== undefined) throw new FilterError('options set in both $regex and $options');
    return any(pattern(own ? operand.pattern : operand, $options ?? (own ? operand.options : '')));
  },

  $options(_, constraints) {
    if (!('$regex' in constraints)) throw new FilterError('$options needs a $regex');
    return () => true;
  },

  $not(operand, _, options) {
    const isPattern = bracketOf(operand) === 'regex';
    if (!isPattern && (!isPlain(operand) || Object.keys(operand).length === 0)) throw new FilterError('$not needs a regex or a document');
    if (!isPattern && !isExpression(operand)) throw new FilterError('unknown operator under $not');
    const negated = constraint(operand, { ...options, isRoot: false });
    return values => !negated(values);
  },

  $elemMatch(operand, _, options) {
    if (!isPlain(operand)) throw new FilterError('$elemMatch needs an Object');
    const below = { ...options, isRoot: false };
    const names = Object.keys(operand);
    const isOfValues = isExpression(operand) && !['$and', '$or', '$nor', '$where'].includes(names[0]);
    const test = isOfValues ? ofElement(operand, below) : clause(operand, below);
    const holds = isOfValues
      ? test
      : element => (isList(element) ? test({ ...element }) : isPlain(element) && test(element));
    return anyWhole(value => isList(value) && value.some(holds));
  },

  $size(operand) {
    if (typeof operand !== 'number') throw new FilterError('$size needs a number');
    if (!Number.isInteger(operand) || operand < 0) throw new FilterError('$size needs a whole number that is not negative');
    return anyWhole(value => isList(value) && value.length === operand);
  },

  $type(operand) {
    const types = (isList(operand) ? operand : [operand]).map(typeName);
    if (types.length === 0) throw new FilterError('$type must match at least one type');
    return any(value => value !== undefined && types.includes(bracketOf(value)));
  },

  $mod(operand) {
    if (!isList(operand) || operand.length !== 2) throw new FilterError('malformed mod');
    const [divisor, rest] = operand;
    if (typeof divisor !== 'number' || typeof rest !== 'number') throw new FilterError('malformed mod, not a number');
    const [by, left] = [Math.trunc(divisor), Math.trunc(rest)];
    if (by === 0) throw new FilterError('divisor cannot be 0');
    return any(value => typeof value === 'number' && Number.isFinite(value) && Math.trunc(value) % by === left);
  },

  $geoWithin: operand => any(placed(within(operand))),
  $within: operand => any(placed(within(operand))),
  $geoIntersects: operand => any(placed(intersects(operand))),
};

const placed = test => value => {
  const place = value === undefined ? null : located(value);
  return place !== null && test(place);
};

/** Under `$elemMatch` an element is taken as it is: if it is a list it is not opened. */
function ofElement(operand, options) {
  const test = constraint(operand, options);
  return element => test({ open: () => [element], whole: () => [element] });
}

function isAmong(name, operand) {
  if (!isList(operand)) throw new FilterError(`${name} needs an array`);
  if (operand.some(isExpression)) throw new FilterError(`cannot nest $ under ${name}`);
  const tests = operand.map(memberTest);
  return value => tests.some(test => test(value));
}

const memberTest = one =>
  bracketOf(one) === 'regex' ? pattern(one.pattern, one.options) : value => equals(value, one);

function isTrue(value) {
  return typeof value === 'number' ? value !== 0 : value !== false && value !== null;
}

/** A pattern holds for texts, and for a stored pattern that is the same. */
function pattern(text, options) {
  if (text.includes('\0') || options.includes('\0')) throw new FilterError('a null byte in a pattern');
  const unknown = [...options].find(letter => !'imsxu'.includes(letter));
  if (unknown) throw new FilterError(`invalid flag in regex options: ${unknown}`);
  if (!isValid(text, options)) throw new FilterError(`regular expression is invalid: ${text}`);
  return value => {
    if (typeof value === 'string') return matches(text, options, value);
    return value !== undefined && bracketOf(value) === 'regex' && value.pattern === text && value.options === options;
  };
}

const TYPES = {
  double: 'number', string: 'text', object: 'object', array: 'list', binData: 'binary', bool: 'bool', date: 'date',
  null: 'null', regex: 'regex', int: 'number', long: 'number', number: 'number',
};

/** Only names whose bracket is all that a type asks for: the kinds of numbers are not told apart here. */
function typeName(operand) {
  const NUMBERED = { 2: 'string', 3: 'object', 4: 'array', 5: 'binData', 8: 'bool', 9: 'date', 10: 'null', 11: 'regex' };
  const name = typeof operand === 'number' ? NUMBERED[operand] : operand;
  if (TYPES[name]) return TYPES[name];
  const others = ['undefined', 'objectId', 'dbPointer', 'javascript', 'symbol', 'javascriptWithScope', 'timestamp', 'decimal', 'minKey', 'maxKey'];
  const known = others.includes(name) || [1, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19, -1, 127].includes(operand);
  if (!known) throw new FilterError(`unknown type: ${operand}`);
  return typeof operand === 'number' && [1, 16, 18].includes(operand) ? 'number' : `no ${name}`;
}
