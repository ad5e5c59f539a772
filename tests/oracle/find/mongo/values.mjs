// MongoDB's values: their brackets and their order.
//
// A value is what the driver reads from BSON: null, numbers, texts, objects, lists, `Binary`, booleans, `Date`,
// `BSONRegExp`; `undefined` stands for a missing one.

export const BRACKETS = ['null', 'number', 'text', 'object', 'list', 'binary', 'bool', 'date', 'regex'];

/** The bracket of a value, by name; a missing value has none. */
export function bracketOf(value) {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'date';
  if (value._bsontype === 'Binary') return 'binary';
  if (value._bsontype === 'BSONRegExp') return 'regex';
  if (value._bsontype) throw new Error(`no bracket for ${value._bsontype}`);
  return 'object';
}

const byNumber = (a, b) => (a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.isNaN(a) - Number.isNaN(b) ? (Number.isNaN(a) ? -1 : 1) : 0);
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function byElements(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compare(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Field by field in their order: bracket, then name, then value. */
function byFields(a, b) {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const [[name, value], [otherName, other]] = [left[i], right[i]];
    const order = rank(value) - rank(other) || byBytes(name, otherName) || compare(value, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const ORDERS = {
  null: () => 0,
  number: byNumber,
  text: byBytes,
  object: byFields,
  list: byElements,
  binary: (a, b) => a.position - b.position || a.sub_type - b.sub_type || Buffer.compare(a.value(), b.value()),
  bool: (a, b) => Number(a) - Number(b),
  date: (a, b) => byNumber(a.getTime(), b.getTime()),
  regex: (a, b) => byBytes(a.pattern, b.pattern) || byBytes(a.options, b.options),
};

const rank = value => BRACKETS.indexOf(bracketOf(value));

/** The order of two values that are there, across brackets. */
export function compare(a, b) {
  const order = rank(a) - rank(b);
  return order !== 0 ? order : ORDERS[bracketOf(a)](a, b);
}

const orNull = value => value ?? null;

/** Whether a value, perhaps a missing one, equals an operand. */
export const equals = (value, operand) => compare(orNull(value), operand) === 0;

/** Whether a value stands in an order to an operand: both must be of one bracket. */
export function ordered(value, operand, holds) {
  const there = orNull(value);
  if (bracketOf(there) !== bracketOf(operand)) return false;
  const isNaN = one => typeof one === 'number' && Number.isNaN(one);
  if (isNaN(there) || isNaN(operand)) return isNaN(there) && isNaN(operand) && holds(0);
  return holds(compare(there, operand));
}
