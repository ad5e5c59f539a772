// A viewer's socket at one LiveQuery server, with many subscriptions on it.
import { once } from 'node:events';
import WebSocket from 'ws';
import { APP_ID } from '../feed.mjs';
import { JAVASCRIPT_KEY, MASTER_KEY } from '../stack.mjs';
import { plain } from './rest.mjs';

const SENTINEL = 1;

export class Listener {
  #socket;
  #waiting = new Map();
  #next = SENTINEL;
  #seen = new Set();
  /** What was told since it was last taken, by the number of the subscription. */
  #told = new Map();
  count = 0;
  heard = 0;

  static async open(url, viewer, sentinel) {
    const listener = new Listener();
    const socket = (listener.#socket = new WebSocket(url));
    await once(socket, 'open');
    socket.on('message', (text) => listener.#hear(JSON.parse(text)));
    const keys = viewer.isMaster ? { masterKey: MASTER_KEY } : { javascriptKey: JAVASCRIPT_KEY };
    const session = viewer.client === undefined ? {} : { sessionToken: viewer.client };
    await listener.#ask('connect', { op: 'connect', applicationId: APP_ID, ...keys, ...session });
    listener.viewer = viewer;
    await listener.subscribe(sentinel, { where: {} });
    return listener;
  }

  /** Subscribes; the number of the subscription, or the code of the refusal. */
  async subscribe(className, { where, keys, watch }) {
    const requestId = this.#next++;
    const session = this.viewer.own === undefined ? {} : { sessionToken: this.viewer.own };
    const query = { className, where, ...(keys && { keys }), ...(watch && { watch }) };
    const answer = await this.#ask(requestId, { op: 'subscribe', requestId, query, ...session });
    return answer.op === 'error' ? { code: answer.code } : { id: requestId };
  }

  unsubscribe(requestId) {
    return this.#ask(requestId, { op: 'unsubscribe', requestId });
  }

  hasSeen(sentinel) {
    return this.#seen.has(sentinel);
  }

  /** What was told of a subscription since it was last asked. */
  take(requestId) {
    const told = this.#told.get(requestId) ?? [];
    this.#told.delete(requestId);
    this.count -= told.length;
    return told;
  }

  close() {
    this.#socket.close();
  }

  #ask(key, frame) {
    return new Promise((resolve) => {
      this.#waiting.set(key, resolve);
      this.#socket.send(JSON.stringify(frame));
    });
  }

  #hear(frame) {
    this.heard++;
    const key = frame.op === 'connected' ? 'connect' : frame.requestId;
    if (['connected', 'subscribed', 'unsubscribed', 'error'].includes(frame.op)) {
      // Parse Server complains of closed classes later on, too.
      this.#waiting.get(key)?.(frame);
      this.#waiting.delete(key);
    } else if (frame.requestId === SENTINEL) {
      this.#seen.add(frame.object.objectId);
    } else {
      const told = this.#told.get(key) ?? [];
      const { op: event, object, original } = frame;
      told.push({ id: object.objectId, event, object: plain(object), original: original && plain(original) });
      this.#told.set(key, told);
      this.count++;
    }
  }
}
