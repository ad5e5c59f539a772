'use strict';

const { LivematchError, opened } = require('./lib/errors.js');
const { load } = require('./lib/load.js');

const native = load();

const EVENTS = [undefined, 'create', 'enter', 'update', 'leave', 'delete'];
const VERDICTS = [undefined, 'no-match', 'match', 'fault'];

/** Calls into the module; what it says goes wrong becomes an error that can be read. */
function asked(work) {
  try {
    return work();
  } catch (error) {
    throw opened(error);
  }
}

/** JSON as bytes or as text; half a surrogate pair would become another character on its way. */
function json(value, what) {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return value;
    throw new LivematchError(`${what} has half of a surrogate pair: escape it as JSON.stringify does`, { code: 'LIVEMATCH_ARGUMENT', kind: 'argument' });
  }
  if (value instanceof Uint8Array) return value;
  throw new LivematchError(`expected ${what} as JSON text or its bytes`, { code: 'LIVEMATCH_ARGUMENT', kind: 'argument' });
}

const side = (value, what) => (value === null || value === undefined ? undefined : json(value, what));

/** What a number from `change` says, in words. */
function answer(bits) {
  return { old: VERDICTS[bits & 3], new: VERDICTS[(bits >> 2) & 3], event: EVENTS[bits >> 4] };
}

class Query {
  #native;

  constructor(clause, options) {
    this.#native = clause instanceof native.NativeQuery ? clause : asked(() => new native.NativeQuery(json(clause, 'a clause'), options && JSON.stringify(options)));
  }

  at(moment) {
    return new Query(asked(() => this.#native.at(Number(moment))));
  }

  matches(object) {
    return this.verdict(object) === 'match';
  }

  verdict(object) {
    return VERDICTS[asked(() => this.#native.verdict(json(object, 'an object')))];
  }

  classify(old, now) {
    return answer(asked(() => this.#native.classify(side(old, 'an object'), side(now, 'an object'))));
  }

  explain(object) {
    const text = json(object, 'an object');
    const explanation = JSON.parse(asked(() => this.#native.explain(text)));
    Object.defineProperty(explanation, 'toString', { value: () => asked(() => this.#native.explainInWords(text)) });
    return explanation;
  }

  warnings() {
    return JSON.parse(asked(() => this.#native.warnings()));
  }

  get fingerprint() {
    return this.#native.fingerprint;
  }

  get isTimeDependent() {
    return this.#native.isTimeDependent;
  }

  /** For a matcher of this package. */
  static nativeOf(query) {
    return query.#native;
  }
}

const KINDS = { save: false, delete: true };

function isDelete(kind) {
  if (Object.hasOwn(KINDS, kind)) return KINDS[kind];
  throw new LivematchError('expected the kind "save" or "delete"', { code: 'LIVEMATCH_ARGUMENT', kind: 'argument' });
}

class Matcher {
  #native = new native.NativeMatcher();
  #options;

  constructor(options) {
    this.#options = options;
  }

  insert(className, query) {
    const filed = query instanceof Query ? query : new Query(query, this.#options);
    return asked(() => this.#native.insert(className, Query.nativeOf(filed)));
  }

  remove(number) {
    return asked(() => this.#native.remove(number));
  }

  change(message, kind = 'save') {
    return asked(() => this.#native.change(json(message, 'a message'), isDelete(kind)));
  }

  changeInto(message, kind, target) {
    if (!(target instanceof Uint32Array)) throw new LivematchError('expected a Uint32Array', { code: 'LIVEMATCH_ARGUMENT', kind: 'argument' });
    return asked(() => this.#native.changeInto(json(message, 'a message'), isDelete(kind), target));
  }

  get size() {
    return this.#native.size;
  }

  get memoryUsage() {
    return this.#native.memoryUsage;
  }

  dispose() {
    asked(() => this.#native.dispose());
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    this.dispose();
  }
}

module.exports = { Matcher, Query, LivematchError, answer };
