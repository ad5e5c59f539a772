// What the replayed SDKs have in common: a socket, subscriptions with numbers, and what the app is told.
import WebSocket from 'ws';

/** A subscription, and what the app is told of it. */
export class Subscription {
  told = [];

  constructor(id, query) {
    this.id = id;
    this.query = query;
  }
}

/**
 * An SDK of which only what it sends and what it makes of frames is left, as its code has it.
 *
 * `open()` opens a socket, and `close()` ends it for good. Who extends it answers to `opened()`, `heard(frame)`, `lost()`
 * and, if it does otherwise where the server says goodbye, `goodbye(code)`.
 */
export class Client {
  /** What the app is told that belongs to no subscription. */
  told = [];
  subscriptions = new Map();
  #socket = null;
  #isClosed = false;
  #nextId = 1;

  /** `key` is the key of the app that the SDK has, `token` a session. */
  constructor(url, { applicationId, key, token, installationId }) {
    Object.assign(this, { url, applicationId, key, token, installationId });
  }

  connect() {
    if (this.#isClosed) return;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    let isOver = false;
    const over = (act) => {
      if (isOver || socket !== this.#socket) return;
      isOver = true;
      if (!this.#isClosed) act();
    };
    socket.on('error', () => {});
    socket.on('open', () => this.opened());
    socket.on('message', (text) => this.heard(JSON.parse(text)));
    socket.on('close', (code) => over(() => (code === 1006 ? this.lost() : this.goodbye(code))));
  }

  goodbye() {
    this.lost();
  }

  send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** Ends the socket as the SDK does by itself. */
  leave(code) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(code);
  }

  number(query) {
    const subscription = new Subscription(this.#nextId++, query);
    this.subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  close() {
    this.#isClosed = true;
    this.#socket?.terminate();
  }
}

export const EVENTS = new Set(['create', 'enter', 'update', 'leave', 'delete']);

/** Waits as SDKs do before they try again, but shorter: nothing depends on how long. */
export const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
