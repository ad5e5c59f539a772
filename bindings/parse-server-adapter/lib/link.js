'use strict';

const { within } = require('./within.js');

/** node-redis, which Parse Server brings. It is loaded when it is needed: who posts needs none. */
function nodeRedis() {
  try {
    return require('redis');
  } catch (error) {
    throw new Error(`the package redis is needed to reach a Redis (npm install redis): ${error.message}`);
  }
}

/**
 * A connection to Redis, which is opened when it is needed, and given up at the first error.
 *
 * node-redis would connect again by itself, and write then what it had not written before it lost the connection: behind that, what it had
 * written would come again, in another order.
 */
class Link {
  #createClient;
  #options;
  #timeoutMs;
  #client;
  #isClosed = false;

  constructor({ url, redis, redisOptions }, { timeoutMs }) {
    this.#createClient = (redis ?? nodeRedis()).createClient;
    const socket = { connectTimeout: timeoutMs, ...redisOptions?.socket, reconnectStrategy: false };
    this.#options = { ...(url && { url }), ...redisOptions, socket };
    this.#timeoutMs = timeoutMs;
  }

  /** Does something with a connection. An error says whether anything was sent. */
  async use(work) {
    const client = await this.#open();
    try {
      return await within(this.#timeoutMs, work(client));
    } catch (error) {
      this.#drop(client);
      throw Object.assign(error, { isSent: true });
    }
  }

  close() {
    this.#isClosed = true;
    this.#drop(this.#client);
  }

  async #open() {
    if (this.#client) return this.#client;
    const client = this.#createClient(this.#options);
    // One that is lost while nothing is written is opened again for the next message.
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    try {
      await within(this.#timeoutMs, client.connect());
      if (this.#isClosed) throw new Error('the adapter is closed');
    } catch (error) {
      destroy(client);
      throw error;
    }
    this.#client = client;
    return client;
  }

  #drop(client) {
    if (this.#client === client) this.#client = undefined;
    if (client) destroy(client);
  }
}

/** Version 5 has another name for it than version 4; both complain if there is no connection any more. */
function destroy(client) {
  try {
    if (client.destroy) client.destroy();
    else client.disconnect().catch(() => {});
  } catch {
    // It has ended by itself.
  }
}

module.exports = { Link };
