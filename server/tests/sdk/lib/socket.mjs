// A WebSocket without an SDK.
import { once } from 'node:events';
import WebSocket from 'ws';
import { APP_ID } from './feed.mjs';

const PATIENCE = 60_000;

export class Socket {
  #frames = [];
  #wake = () => {};

  static async open(url, options = {}) {
    const socket = new Socket(new WebSocket(url, options));
    await once(socket.raw, 'open');
    return socket;
  }

  constructor(raw) {
    this.raw = raw;
    raw.on('message', (text) => {
      this.#frames.push(JSON.parse(text));
      this.#wake();
    });
  }

  send(frame) {
    this.raw.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame. */
  async next() {
    if (this.#frames.length === 0) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('nothing more was told')), PATIENCE);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
    return this.#frames.shift();
  }

  /** The next frames, so many. */
  async take(count) {
    const frames = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** Sends a frame; the answer. */
  ask(frame) {
    this.send(frame);
    return this.next();
  }

  /** The events that have been sent up to now: those before the answer to a frame that is refused. */
  async events() {
    this.send({ op: 'unsubscribe', requestId: -1 });
    const events = [];
    for (let frame; (frame = await this.next()).op !== 'error'; ) events.push(frame);
    return events;
  }

  connect(fields = {}) {
    return this.ask({ op: 'connect', applicationId: APP_ID, ...fields });
  }

  close() {
    this.raw.close();
  }
}
