'use strict';

const { setImmediate: turn } = require('node:timers/promises');
const { Backoff } = require('./backoff.js');
const { Queue } = require('./queue.js');
const { Reports } = require('./reports.js');
const { deadline } = require('./within.js');

/**
 * One destination: messages wait in order, and are written in batches, one at a time, until it takes them.
 *
 * A sink has a `name`, and `write(batch)`, which resolves once the batch is done with, to those that it refused. Where `repeats` is false
 * a batch that may have arrived (`error.isSent`) is not written again.
 */
class Outlet {
  #sink;
  #options;
  #queue;
  #backoff;
  #reports;
  #counts = { written: 0, batches: 0, retries: 0, dropped: 0, refused: 0, uncertain: 0 };
  /** Resolves when nothing waits any more. */
  #work;
  #isClosing = false;
  #isOver = false;

  constructor(sink, options, logger) {
    this.#sink = sink;
    this.#options = options;
    this.#queue = new Queue({ messages: options.maxQueuedMessages, bytes: options.maxQueuedBytes });
    this.#backoff = new Backoff(options.maxRetryMs);
    this.#reports = new Reports(sink.name, logger);
  }

  get name() {
    return this.#sink.name;
  }

  /** Takes a message, and never throws. */
  push(entry) {
    const dropped = this.#isClosing ? 1 : this.#queue.push(entry);
    if (dropped > 0) {
      this.#counts.dropped += dropped;
      this.#reports.dropped(dropped, this.#isClosing ? 'the adapter is closed' : 'there is no room for more');
    }
    this.#work ??= this.#run();
  }

  metrics() {
    const { failure } = this.#reports;
    const waiting = { queued: this.#queue.length, queuedBytes: this.#queue.bytes };
    return { name: this.name, ...this.#counts, ...waiting, failing: failure !== undefined, error: failure };
  }

  /** Writes what waits, as long as there is time; how many messages were not written. */
  async close() {
    this.#isClosing = true;
    this.#backoff.cut();
    const end = deadline(this.#options.closeMs);
    await Promise.race([this.#work, end.passed]);
    end.clear();
    this.#isOver = true;
    const left = this.#queue.length;
    this.#queue.clear();
    this.#counts.dropped += left;
    if (left > 0) this.#reports.dropped(left, 'the adapter is closed');
    this.#backoff.cut();
    await this.#sink.close();
    return left;
  }

  async #run() {
    try {
      await turn(); // messages of one turn of the event loop go together
      for (;;) {
        const batch = this.#queue.take({ messages: this.#options.maxBatchMessages, bytes: this.#options.maxBatchBytes });
        if (batch.length === 0) return;
        await this.#deliver(batch);
        this.#queue.settle();
      }
    } catch (error) {
      this.#queue.settle();
      this.#reports.broken(error);
    } finally {
      this.#work = undefined;
    }
  }

  async #deliver(batch) {
    while (!this.#isOver) {
      try {
        return this.#count(batch, await this.#sink.write(batch));
      } catch (error) {
        if (this.#isOver) return;
        this.#reports.failed(error);
        if (error.isSent && !this.#sink.repeats) return this.#giveUp(batch);
        this.#counts.retries++;
        await this.#backoff.wait(error.retryAfterMs);
      }
    }
  }

  #giveUp(batch) {
    this.#counts.uncertain += batch.length;
    this.#reports.uncertain(batch.length);
  }

  #count(batch, refused = []) {
    this.#backoff.reset();
    this.#counts.batches++;
    this.#counts.written += batch.length - refused.length;
    this.#counts.refused += refused.length;
    if (refused.length > 0) this.#reports.refused(refused);
    this.#reports.worked();
  }
}

module.exports = { Outlet };
