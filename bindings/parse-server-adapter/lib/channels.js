'use strict';

const { Link } = require('./link.js');

/** The channels of a Redis, where Parse Server itself publishes with `redisURL`. */
class Channels {
  name = 'the channels of Redis';
  /** Who listens there knows no stamps, and would tell clients twice. */
  repeats = false;
  #link;

  constructor(tee, options) {
    this.#link = new Link(tee, options);
  }

  async write(batch) {
    await this.#link.use((client) =>
      Promise.all(batch.map(({ channel, message }) => client.sendCommand(['PUBLISH', channel, message]))),
    );
  }

  close() {
    this.#link.close();
  }
}

module.exports = { Channels };
