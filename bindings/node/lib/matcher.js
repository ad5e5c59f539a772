'use strict';

const { Change } = require('./change.js');
const { Filled } = require('./filled.js');
const { isDelete, json, options: read, target: checked, text } = require('./input.js');
const { asked, native } = require('./native.js');
const { Query } = require('./query.js');

class Matcher extends Filled {
  #native;

  constructor(options) {
    const settings = read(options);
    const made = asked(() => new native.NativeMatcher(settings));
    super(made);
    this.#native = made;
  }

  insert(className, query) {
    const name = text(className, 'the name of a class');
    if (query instanceof Query) return asked(() => this.#native.insert(name, Query.nativeOf(query)));
    const clause = json(query, 'a clause');
    return asked(() => this.#native.insertClause(name, clause));
  }

  change(message, kind) {
    return this._answered(this.#changing(message, kind));
  }

  changeInto(target, message, kind) {
    const write = this.#changing(message, kind);
    return asked(() => write(checked(target)));
  }

  #changing(message, kind = 'save') {
    if (message instanceof Change) return (target) => this.#native.readChangeInto(Change.nativeOf(message), target);
    const [given, isDeleted] = [json(message, 'a message'), isDelete(kind)];
    return (target) => this.#native.changeInto(given, isDeleted, target);
  }
}

module.exports = { Matcher };
