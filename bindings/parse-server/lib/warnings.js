'use strict';

/** What the clause of a request cannot do, except for mere hints; nothing if it is refused, which is said elsewhere. */
function warningsOf(request, { engine, options }) {
  try {
    const query = new engine.Query(JSON.stringify(request.query.where), { dialect: options.dialect });
    return query.warnings().filter(({ level }) => level !== 'hint');
  } catch {
    return [];
  }
}

/** Parse Server makes a `Parse.Query` of the request's query for `beforeSubscribe`; the warnings go with whatever stands there. */
function carry(request, warnings) {
  let query = request.query;
  const marked = value => {
    // Not enumerable, so that it is no part of the query that comes out of the trigger.
    if (value && typeof value === 'object') Object.defineProperty(value, 'warnings', { value: warnings, configurable: true, writable: true });
    return value;
  };
  Object.defineProperty(request, 'query', { configurable: true, enumerable: true, get: () => query, set: value => { query = marked(value); } });
  marked(query);
}

module.exports = { warningsOf, carry };
