'use strict';
const MENDED = Symbol.for('parse-server-livematch.queryHash');

/**
 * Parse Server's name of a query is the same for `{a: 1, b: 2}` and `{a: 2, b: 1}`, and who subscribes second gets the
 * events of the first. The fingerprint is put behind that name, so that queries are only ever told apart by it and never
 * united: Parse Server takes more than the answers from the query of a subscription.
 */
function mendQueryHash(QueryTools, engine) {
  const stock = QueryTools.queryHash;
  if (stock[MENDED]) return;
  QueryTools.queryHash = query => {
    const name = stock(query);
    try { return `${name}|${new engine.Query(JSON.stringify(query._where ?? query.where)).fingerprint}`; } catch { return name; }
  };
  QueryTools.queryHash[MENDED] = true;
}

module.exports = { mendQueryHash };
