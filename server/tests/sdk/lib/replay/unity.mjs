// Moralis' SDK for Unity (web3-unity-sdk): a socket for each subscription, and queries as REST has them.
import { Client, EVENTS } from './client.mjs';

/** The socket of one subscription. */
class One extends Client {
  opened() {
    this.send({ applicationId: this.applicationId, op: 'connect' });
  }

  heard(frame) {
    const { told } = this.subscription;
    if (frame.op === 'connected') this.#say();
    else if (frame.op === 'subscribed' || frame.op === 'unsubscribed') told.push(frame.op);
    else if (frame.op === 'error') told.push(`error ${frame.code} ${frame.error}`); // whatever it is about
    else if (EVENTS.has(frame.op)) told.push(frame);
  }

  #say() {
    const { id: requestId, query } = this.subscription;
    const where = Object.keys(query.where).length > 0 ? JSON.stringify(query.where) : {};
    const more = { order: '-createdAt', limit: 100, keys: query.select?.join(',') };
    this.send({ requestId, query: { where, ...more, className: query.className }, op: 'subscribe' });
  }

  lost() {}
}

export class Unity {
  static selects = 'keys';
  static updates = false;
  told = [];
  #sockets = [];

  constructor(url, options) {
    Object.assign(this, { url, options });
  }

  open() {
    this.told.push('open');
  }

  subscribe(query) {
    const socket = new One(this.url, this.options);
    socket.subscription = Object.assign(socket.number(query), { id: -1 - this.#sockets.length, socket });
    this.#sockets.push(socket);
    socket.connect();
    return socket.subscription;
  }

  unsubscribe(subscription) {
    subscription.socket.send({ requestId: subscription.id, op: 'unsubscribe' });
  }

  close() {
    this.#sockets.forEach((socket) => socket.close());
  }
}
