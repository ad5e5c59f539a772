'use strict';

/** How often what goes on is said again. */
const REMINDER_MS = 10_000;

/** Says what happens at a destination: that it begins and ends, and what is lost, but not each time. */
class Reports {
  /** What is wrong now, if anything is. */
  failure;
  #name;
  #logger;
  #since;
  #lost = 0;
  #told = new Map();

  constructor(name, logger) {
    this.#name = name;
    this.#logger = logger;
  }

  failed(error) {
    this.#since ??= Date.now();
    this.failure = reason(error);
    this.#seldom(`failed ${this.failure}`, () => this.#logger.warn(`${this.#name} takes no changes: ${this.failure}`));
  }

  worked() {
    if (this.failure === undefined) return;
    const lost = this.#lost > 0 ? `; ${this.#lost} were dropped` : '';
    this.#logger.info(`${this.#name} takes changes again after ${Date.now() - this.#since} ms${lost}`);
    this.failure = undefined;
    this.#since = undefined;
    this.#lost = 0;
    this.#told.clear();
  }

  dropped(count, why) {
    this.#lost += count;
    this.#seldom('dropped', () => this.#logger.error(`changes for ${this.#name} are dropped, ${this.#lost} by now: ${why}`));
  }

  uncertain(count) {
    this.#seldom('uncertain', () => this.#logger.error(`of ${count} changes it is not known whether ${this.#name} has them; they are not repeated there`));
  }

  refused(refused) {
    const [{ seq, error }] = refused;
    this.#seldom('refused', () => this.#logger.error(`${this.#name} refused ${refused.length} changes, first number ${seq}: ${error}`));
  }

  /** An error of our own. */
  broken(error) {
    this.#logger.error(`${this.#name}: ${error?.stack ?? error}`);
  }

  #seldom(what, say) {
    const now = Date.now();
    if (now - (this.#told.get(what) ?? -Infinity) < REMINDER_MS) return;
    if (this.#told.size > 100) this.#told.clear();
    this.#told.set(what, now);
    say();
  }
}

/** What an error says that a person can act on: fetch keeps the cause to itself, and several addresses have an error each. */
function reason(error) {
  const inner = error?.cause ?? error?.errors?.[0] ?? error?.replies?.find?.((reply) => reply instanceof Error);
  const texts = [error?.message, inner?.message || inner?.code].filter(Boolean);
  return [...new Set(texts)].join(': ') || String(error);
}

module.exports = { Reports, reason };
