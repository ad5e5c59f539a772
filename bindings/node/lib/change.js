'use strict';

const { isDelete, json } = require('./input.js');
const { asked, native } = require('./native.js');

class Change {
  #native;

  constructor(message, kind = 'save') {
    const text = json(message, 'a message');
    const isDeleted = isDelete(kind);
    this.#native = asked(() => new native.NativeChange(text, isDeleted));
  }

  get kind() {
    return this.#native.isDelete ? 'delete' : 'save';
  }

  get className() {
    return this.#native.className;
  }

  get objectId() {
    return this.#native.objectId ?? undefined;
  }

  get old() {
    return this.#native.oldJson ?? undefined;
  }

  get new() {
    return this.#native.newJson ?? undefined;
  }

  get classLevelPermissions() {
    return this.#native.permissions ?? undefined;
  }

  /** For the other classes of this package. */
  static nativeOf(change) {
    return change.#native;
  }
}

module.exports = { Change };
