'use strict';

/** JSON can say all of it: a query that `beforeSubscribe` has changed may hold more, and `JSON.stringify` would change it in silence. */
function isPlain(value) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || typeof value.toJSON === 'function') return false;
  if (Array.isArray(value)) return Array.from(value).every(isPlain);
  const prototype = Object.getPrototypeOf(value);
  return (prototype === null || Object.getPrototypeOf(prototype) === null) && Object.values(value).every(isPlain);
}

/** The subscriptions of a server, filed in the matcher too. */
class Index {
  constructor(matcher, { metrics, logger }) {
    Object.assign(this, { matcher, metrics, logger, byNumber: [], refused: 0, begun: 0 });
  }

  file(className, subscription) {
    // Parse Server tells subscriptions in the order in which they began; numbers of the matcher are given out again.
    const entry = { className, subscription, place: this.begun++, number: null };
    try {
      if (!isPlain(subscription.query)) throw new Error('it holds what JSON cannot say');
      entry.number = this.matcher.insert(className, JSON.stringify(subscription.query));
      this.byNumber[entry.number] = entry;
    } catch (error) {
      this.refused++;
      this.metrics.add('refused');
      this.logger.warn(`parse-server-livematch: a subscription to ${className} goes the stock way: ${error.message}`);
    }
    return entry;
  }

  strike(entry) {
    entry.isGone = true;
    if (entry.number === null) { this.refused--; return; }
    this.byNumber[entry.number] = undefined;
    this.matcher.remove(entry.number);
  }

  /** The entries of hits, each with its verdicts, in the order of their beginning. */
  entries(hits) {
    const found = [];
    for (let i = 0; i < hits.length; i += 2) {
      const entry = this.byNumber[hits[i]];
      if (entry) found.push({ entry, verdicts: hits[i + 1] });
    }
    return found.sort((one, other) => one.entry.place - other.entry.place);
  }
}

/** The subscriptions to a class, by the names of their queries, as Parse Server keeps them. */
class OfClass extends Map {
  constructor(server, index, className) {
    super();
    Object.assign(this, { server, index, className, entries_: new Map(), refused: new Set() });
  }

  set(name, subscription) {
    this.strike(name);
    const entry = this.index.file(this.className, subscription);
    this.entries_.set(name, entry);
    if (entry.number === null) this.refused.add(entry);
    return super.set(name, subscription);
  }

  delete(name) { this.strike(name); return super.delete(name); }
  clear() { for (const name of this.keys()) this.strike(name); super.clear(); }

  strike(name) {
    const entry = this.entries_.get(name);
    if (!entry) return;
    this.entries_.delete(name);
    this.refused.delete(entry);
    this.index.strike(entry);
  }

  /** While a message is handled, the subscriptions that it concerns. */
  values() { return this.server._livematch?.turn?.subscriptions(this) ?? super.values(); }
  all() { return super.values(); }
}

/** What the server has in `subscriptions`. */
class Classes extends Map {
  constructor(server, index, before) {
    super();
    Object.assign(this, { server, index });
    for (const [className, subscriptions] of before) this.set(className, subscriptions);
  }

  set(className, subscriptions) {
    this.get(className)?.clear();
    const filed = new OfClass(this.server, this.index, className);
    for (const [name, subscription] of subscriptions) filed.set(name, subscription);
    return super.set(className, filed);
  }

  delete(className) { this.get(className)?.clear(); return super.delete(className); }
  clear() { for (const className of [...this.keys()]) this.delete(className); }
}

module.exports = { Index, Classes };
