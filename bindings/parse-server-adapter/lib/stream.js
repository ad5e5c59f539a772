'use strict';

const { Link } = require('./link.js');

/** A Redis Stream: an entry for each message, the oldest trimmed. */
class Stream {
  name;
  repeats = true;
  #key;
  #maxLength;
  #link;

  constructor({ key, maxLength, ...redis }, options) {
    this.name = `the stream ${key}`;
    this.#key = key;
    this.#maxLength = String(maxLength);
    this.#link = new Link(redis, options);
  }

  /** Either all of a batch is in the stream or nothing: with a hole in it the rest would be taken for repeats when it comes. */
  async write(batch) {
    await this.#link.use((client) => {
      if (batch.length === 1) return client.sendCommand(this.#append(batch[0]));
      const transaction = client.multi();
      for (const entry of batch) transaction.addCommand(this.#append(entry));
      return transaction.exec();
    });
  }

  close() {
    this.#link.close();
  }

  #append({ channel, message, writer, seq }) {
    const trimming = ['MAXLEN', '~', this.#maxLength];
    const fields = ['channel', channel, 'message', message, 'writer', writer, 'seq', String(seq)];
    return ['XADD', this.#key, ...trimming, '*', ...fields];
  }
}

module.exports = { Stream };
