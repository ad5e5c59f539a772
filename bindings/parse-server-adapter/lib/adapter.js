'use strict';

const { randomBytes } = require('node:crypto');
const { Channels } = require('./channels.js');
const { InProcess } = require('./in-process.js');
const { readOptions } = require('./options.js');
const { Outlet } = require('./outlet.js');
const { Posts } = require('./posts.js');
const { Stream } = require('./stream.js');
const { quiet } = require('./quiet.js');

/**
 * What Parse Server's `liveQuery.pubSubAdapter` takes: hands every message on to each destination of the options, and stamps it so
 * that readers know repeats and holes.
 */
class LivematchPubSub {
  #options;
  #logger;
  /** Random for each instance, so that a process that starts again is another writer. */
  #writer = randomBytes(16).toString('base64url');
  #seq = 0;
  #outlets = [];
  #inProcess;
  #closing;

  /** Throws an error that names the option, if one is wrong. */
  constructor(options) {
    this.#options = readOptions(options);
    this.#logger = quiet(this.#options.logger);
    this.#inProcess = new InProcess(this.#logger);
  }

  /** Parse Server asks for it once, when it starts. */
  createPublisher() {
    if (this.#outlets.length === 0) {
      this.#outlets = this.#sinks().map((sink) => new Outlet(sink, this.#options, this.#logger));
    }
    return { publish: (channel, message) => this.#publish(channel, message) };
  }

  /** Parse Server's own LiveQuery server asks for it: what is published in this process, if `tee` is `'process'`. */
  createSubscriber() {
    if (this.#options.tee !== 'process') {
      this.#logger.warn("a LiveQuery server of Parse Server listens to this adapter and hears nothing: tee: 'process' hands it what is published");
    }
    return this.#inProcess.subscriber();
  }

  /** What was handed on, waits, and was lost, for each destination. */
  metrics() {
    const destinations = this.#outlets.map((outlet) => outlet.metrics());
    return { writer: this.#writer, published: this.#seq, destinations };
  }

  /**
   * Hands on what waits, for as long as `closeMs` says, and ends all connections. Says how many messages were not handed on to
   * each destination. What is published later is counted as dropped.
   */
  close() {
    this.#closing ??= Promise.all(this.#outlets.map((outlet) => outlet.close())).then((left) =>
      left.map((count, index) => ({ name: this.#outlets[index].name, left: count })),
    );
    return this.#closing;
  }

  #sinks() {
    const { stream, posts, tee } = this.#options;
    const sinks = posts.map((post) => new Posts(post, this.#options));
    if (stream) sinks.unshift(new Stream(stream, this.#options));
    if (tee && tee !== 'process') sinks.push(new Channels(tee, this.#options));
    return sinks;
  }

  /** Never throws, and returns nothing to wait for: a save goes on whatever becomes of the message. */
  #publish(channel, message) {
    const entry = { channel: String(channel), message: String(message), writer: this.#writer, seq: ++this.#seq };
    for (const outlet of this.#outlets) outlet.push(entry);
    if (this.#options.tee === 'process') this.#inProcess.publish(entry.channel, entry.message);
  }
}

module.exports = { LivematchPubSub };
