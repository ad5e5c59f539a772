'use strict';

const { VERDICTS, answer } = require('./answer.js');
const { Change } = require('./change.js');
const { json, options: read, side, wrong } = require('./input.js');
const { asked, native } = require('./native.js');

/** Stands for a clause where the module has made the query already. */
const MADE = Symbol('made');

class Query {
  #native;

  constructor(clause, options) {
    if (clause === MADE) {
      this.#native = options;
      return;
    }
    const [text, settings] = [json(clause, 'a clause'), read(options)];
    this.#native = asked(() => new native.NativeQuery(text, settings));
  }

  at(moment) {
    const milliseconds = moment instanceof Date || typeof moment === 'number' ? Number(moment) : NaN;
    // What a Date can hold.
    if (!(Math.abs(milliseconds) <= 8.64e15)) throw wrong('expected a moment: a Date, or milliseconds since 1970');
    const made = asked(() => this.#native.at(milliseconds));
    return new Query(MADE, made);
  }

  matches(object) {
    return this.verdict(object) === 'match';
  }

  verdict(object) {
    const text = json(object, 'an object');
    return VERDICTS[asked(() => this.#native.verdict(text))];
  }

  classify(old, now) {
    if (old instanceof Change) return answer(asked(() => this.#native.classifyChange(Change.nativeOf(old))));
    const sides = [side(old), side(now)];
    return answer(asked(() => this.#native.classify(...sides)));
  }

  explain(object) {
    const text = json(object, 'an object');
    return inWords(JSON.parse(asked(() => this.#native.explain(text))));
  }

  explainChange(old, now) {
    const sides = old instanceof Change ? [old.old, old.new] : [side(old), side(now)];
    const { event, old: before, new: after } = JSON.parse(asked(() => this.#native.explainChange(...sides)));
    return { event: event ?? undefined, old: before ? inWords(before) : undefined, new: after ? inWords(after) : undefined };
  }

  warnings() {
    return JSON.parse(asked(() => this.#native.warnings()));
  }

  get fingerprint() {
    return this.#native.fingerprint;
  }

  get clause() {
    return this.#native.clause;
  }

  get isTimeDependent() {
    return this.#native.isTimeDependent;
  }

  /** For the other classes of this package. */
  static nativeOf(query) {
    return query.#native;
  }
}

function inWords(explanation) {
  Object.defineProperty(explanation, 'toString', { value: () => explanation.text });
  return explanation;
}

module.exports = { Query };
