'use strict';

/** What livematch refuses or cannot read. */
class LivematchError extends Error {
  constructor(message, { code, kind, pointer, cause } = {}) {
    super(message, cause && { cause });
    this.name = 'LivematchError';
    this.code = code;
    this.kind = kind;
    if (pointer !== undefined && pointer !== null) this.pointer = pointer;
  }
}

/** An error of the module, which is JSON text, or says that it panicked. */
function opened(error) {
  if (error instanceof LivematchError) return error;
  let told;
  try {
    told = JSON.parse(error.message);
  } catch {
    return new LivematchError(error.message, { code: 'LIVEMATCH_INTERNAL', kind: 'internal', cause: error });
  }
  return new LivematchError(told.message, { ...told, cause: error });
}

module.exports = { LivematchError, opened };
