'use strict';
const { verdictOf, ABSENT, MATCH, FAULT } = require('./engine');

/** Parse Server's own way through all subscriptions of a class. */
class StockTurn {
  constructor() { this.wasAsked = false; }
  *choose(ofClass) { yield* ofClass.all(); }
  verdict(_object, _subscription, stock) { return stock(); }
  /** What Parse Server goes through; with `track`, what it promises for each is kept. */
  subscriptions(ofClass) { this.wasAsked = true; return this.promises ? this.tracked(ofClass) : this.choose(ofClass); }

  /** Parse Server does not wait for what it sends, so who must know when it has been sent stands in for its lists. */
  *tracked(ofClass) {
    const { promises } = this;
    for (const subscription of this.choose(ofClass)) {
      const facade = Object.create(subscription);
      facade.clientRequestIds = new Map([...subscription.clientRequestIds].map(([client, ids]) => [client, {
        forEach: tell => ids.forEach(id => promises.push(tell(id))),
      }]));
      yield facade;
    }
  }
}

/** The way through the subscriptions that the matcher found. */
class Turn extends StockTurn {
  constructor(found, metrics) { super(); Object.assign(this, { found, metrics, current: null }); }

  *choose(ofClass) {
    for (const hit of merged(this.found, ofClass.refused)) {
      // A subscription that ended since is passed over, as a Map would.
      if (hit.entry.isGone || hit.entry.className !== ofClass.className) continue;
      this.current = hit.verdicts === undefined ? null : hit;
      this.side = 0;
      yield hit.entry.subscription;
    }
    this.current = null;
  }

  /** Parse Server asks for the side before and then for that after; of a deletion, only for that before. */
  verdict(object, subscription, stock) {
    const hit = this.current;
    const verdict = hit && this.side < 2 ? verdictOf(hit.verdicts, this.side++) : null;
    // What was not to be expected is asked of Parse Server itself.
    const fits = verdict !== null && (verdict === ABSENT) === !object && subscription.query === hit.entry.subscription.query;
    if (!fits || verdict === FAULT) { this.metrics.add('stockMatched'); return stock(); }
    return verdict === MATCH;
  }
}

/** Hits and what the matcher refused, in the order of their beginning. */
function merged(found, refused) {
  if (!refused.size) return found;
  const others = Array.from(refused, entry => ({ entry }));
  return [...found, ...others].sort((one, other) => one.entry.place - other.entry.place);
}

/** Parse Server's own way, with its verdicts held against the matcher's. */
class ShadowTurn extends StockTurn {
  constructor(found, tell, metrics) { super(); Object.assign(this, { found: new Map(found.map(hit => [hit.entry, hit.verdicts])), tell, metrics }); }

  *choose(ofClass) {
    for (const [name, entry] of [...ofClass.entries_]) {
      if (entry.isGone) continue;
      this.stock = [];
      yield ofClass.get(name);
      if (entry.number !== null) this.compare(entry);
    }
  }

  verdict(object, _subscription, stock) {
    if (!object) { this.stock.push(ABSENT); return stock(); }
    this.stock.push(FAULT);
    const is = stock();
    this.stock[this.stock.length - 1] = is ? MATCH : 1;
    return is;
  }

  compare(entry) {
    this.metrics.add('compared');
    const verdicts = this.found.get(entry);
    const isTold = !this.stock.includes(FAULT) && this.stock.includes(MATCH);
    const isSame = verdicts === undefined ? !isTold : isTold && this.stock.every((verdict, side) => verdict === verdictOf(verdicts, side));
    if (isSame) return;
    this.metrics.add('different');
    this.tell(entry, this.stock, verdicts);
  }
}

module.exports = { StockTurn, Turn, ShadowTurn };
