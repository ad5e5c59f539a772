'use strict';

const { EventEmitter } = require('node:events');

/**
 * Shared by all instances, as Parse Server makes one for the publisher and one for the subscriber where the adapter is given by
 * the name of its module.
 */
const channels = new EventEmitter().setMaxListeners(0);

/** Publishes within this process, as Parse Server does without Redis. */
class InProcess {
  #logger;

  constructor(logger) {
    this.#logger = logger;
  }

  publish(channel, message) {
    for (const hear of channels.listeners(name(channel))) {
      try {
        hear(message);
      } catch (error) {
        this.#logger.error(`a LiveQuery server in this process failed on a message: ${error?.stack ?? error}`);
      }
    }
  }

  subscriber() {
    return new Subscriber();
  }
}

/** A channel called `error` must be one like others. */
const name = (channel) => `:${channel}`;

/** What a LiveQuery server of Parse Server listens to. It also hands `subscribe` a listener, which for Redis is the one that counts. */
class Subscriber extends EventEmitter {
  /** Parse Server unsubscribes from its keys when it ends. */
  subscriptions = new Map();

  subscribe(channel) {
    if (this.subscriptions.has(channel)) return;
    const hear = (message) => this.emit('message', channel, message);
    this.subscriptions.set(channel, hear);
    channels.on(name(channel), hear);
  }

  unsubscribe(channel) {
    const hear = this.subscriptions.get(channel);
    if (!hear) return;
    channels.off(name(channel), hear);
    this.subscriptions.delete(channel);
  }

  close() {
    for (const channel of [...this.subscriptions.keys()]) this.unsubscribe(channel);
  }
}

module.exports = { InProcess };
