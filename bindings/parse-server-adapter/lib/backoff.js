'use strict';

/** Waits that become longer while nothing works, and that can be cut short. */
class Backoff {
  #first;
  #longest;
  #next;
  #wake = () => {};

  constructor(longest, first = 100) {
    this.#longest = longest;
    this.#first = Math.min(first, longest);
    this.#next = this.#first;
  }

  /** Something has worked. */
  reset() {
    this.#next = this.#first;
  }

  /** Waits; at least for as long as somebody has asked for, as far as the longest wait goes. */
  async wait(asked = 0) {
    const longest = Math.min(Math.max(this.#next, asked), this.#longest);
    // Processes that lost a server together do not come back together.
    const ms = longest * (0.75 + Math.random() / 4);
    this.#next = Math.min(this.#next * 2, this.#longest);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => (clearTimeout(timer), resolve());
    });
    this.#wake = () => {};
  }

  /** Ends a wait now. */
  cut() {
    this.#wake();
  }
}

module.exports = { Backoff };
