'use strict';

/** Has the changes of one object told one after the other. */
class Order {
  constructor(timeout, metrics) { Object.assign(this, { timeout, metrics, last: new Map() }); }

  /** Runs `tell`, which answers when all is sent, after what was run before for the object. */
  run(key, tell) {
    const before = this.last.get(key);
    if (before) this.metrics.add('waited');
    // At once if nothing is under way: a wait would let another message in between.
    const told = before ? before.then(tell) : tell();
    const done = this.within(told).then(() => { if (this.last.get(key) === done) this.last.delete(key); });
    this.last.set(key, done);
    return told;
  }

  /** A trigger that never answers must not hold up an object for ever. */
  within(told) {
    let timer;
    const over = new Promise(resolve => { timer = setTimeout(() => { this.metrics.add('gaveUp'); resolve(); }, this.timeout); timer.unref(); });
    return Promise.race([told, over]).catch(() => {}).finally(() => clearTimeout(timer));
  }
}

module.exports = { Order };
