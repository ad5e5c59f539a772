'use strict';

const { number, target: checked } = require('./input.js');
const { asked } = require('./native.js');

/** So many are written without asking twice. */
const ROOM = 64;

/** What a `Matcher` and a `QuerySet` have in common: numbers that are given out, and whom a change concerns. */
class Filled {
  #native;
  /** Answers are written here, and copied out as long as they are. */
  #room = new Uint32Array(2 * ROOM);

  constructor(native) {
    this.#native = native;
  }

  remove(given) {
    const known = number(given);
    return asked(() => this.#native.remove(known));
  }

  again(target) {
    checked(target);
    return asked(() => this.#native.again(target));
  }

  /** The answer of a call that writes into an array, as an array of its own; null if nobody is concerned. */
  _answered(write) {
    const length = 2 * asked(() => write(this.#room));
    if (length === 0) return null;
    if (length <= this.#room.length) return this.#room.slice(0, length);
    const long = new Uint32Array(length);
    asked(() => this.#native.again(long));
    return long;
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
}

// Node 20 has the symbol, and so has what compiles `using` for those before.
Object.defineProperty(Filled.prototype, Symbol.dispose ?? Symbol.for('Symbol.dispose'), {
  value() {
    this.dispose();
  },
});

module.exports = { Filled };
