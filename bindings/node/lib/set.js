'use strict';

const { Change } = require('./change.js');
const { Filled } = require('./filled.js');
const { json, options: read, side, target: checked } = require('./input.js');
const { asked, native } = require('./native.js');
const { Query } = require('./query.js');

class QuerySet extends Filled {
  #native;

  constructor(options) {
    const settings = read(options);
    const made = asked(() => new native.NativeQuerySet(settings));
    super(made);
    this.#native = made;
  }

  insert(query) {
    if (query instanceof Query) return asked(() => this.#native.insert(Query.nativeOf(query)));
    const clause = json(query, 'a clause');
    return asked(() => this.#native.insertClause(clause));
  }

  classify(old, now) {
    return this._answered(this.#classifying(old, now));
  }

  classifyInto(target, old, now) {
    const write = this.#classifying(old, now);
    return asked(() => write(checked(target)));
  }

  #classifying(old, now) {
    if (old instanceof Change) return (target) => this.#native.classifyChangeInto(Change.nativeOf(old), target);
    const sides = [side(old), side(now)];
    return (target) => this.#native.classifyInto(...sides, target);
  }
}

module.exports = { QuerySet };
