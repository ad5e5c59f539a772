'use strict';

/**
 * Messages that wait, bounded in number and in bytes.
 *
 * What has waited for longest goes first when there is no room: it leaves a hole that the next message shows at once, while without
 * the newest nobody knew of it until somebody saves again. What is being written stays, as it may have arrived.
 */
class Queue {
  #entries = [];
  /** Where those begin that wait: what is before has gone. */
  #head = 0;
  #bytes = 0;
  /** What is being written. */
  #flying = { count: 0, bytes: 0 };
  #most;

  constructor(most) {
    this.#most = most;
  }

  /** How many there are, with those that are being written. */
  get length() {
    return this.#waiting + this.#flying.count;
  }

  get bytes() {
    return this.#bytes + this.#flying.bytes;
  }

  get #waiting() {
    return this.#entries.length - this.#head;
  }

  /** Adds a message; how many were dropped for it, which may be itself. */
  push(entry) {
    const bytes = size(entry);
    if (bytes > this.#most.bytes) return 1;
    this.#entries.push({ entry, bytes });
    this.#bytes += bytes;
    let dropped = 0;
    while (this.#waiting > 0 && (this.length > this.#most.messages || this.bytes > this.#most.bytes)) {
      this.#shift();
      dropped++;
    }
    return dropped;
  }

  /** Takes those that are written next: one at least if any waits, and no more than may go at once. */
  take(most) {
    const batch = [];
    while (this.#waiting > 0 && batch.length < most.messages) {
      const { bytes } = this.#entries[this.#head];
      if (batch.length > 0 && this.#flying.bytes + bytes > most.bytes) break;
      batch.push(this.#shift().entry);
      this.#flying.count++;
      this.#flying.bytes += bytes;
    }
    return batch;
  }

  /** What was taken is done with. */
  settle() {
    this.#flying = { count: 0, bytes: 0 };
  }

  /** Drops all that wait; how many. */
  clear() {
    const dropped = this.#waiting;
    this.#entries = [];
    this.#head = 0;
    this.#bytes = 0;
    return dropped;
  }

  #shift() {
    const first = this.#entries[this.#head];
    this.#entries[this.#head++] = undefined;
    this.#bytes -= first.bytes;
    // Each is moved once at most for every one that has gone.
    if (this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }
}

/** What a message takes where it is written. Counted in UTF-16 it would be a third of it at worst. */
function size({ channel, message }) {
  return Buffer.byteLength(channel) + Buffer.byteLength(message);
}

module.exports = { Queue };
