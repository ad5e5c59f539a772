// ParseSwift: parse-community 4 and netreconlab 6. Members stand in alphabetical order.
import { Client, EVENTS, pause } from './client.mjs';

export class Swift extends Client {
  static selects = 'fields';
  static updates = true;
  #isConnected = false;
  #isDisconnectedByUser = false;
  #clientId = null;
  #pending = new Map();

  open() {
    this.#isDisconnectedByUser = false;
    this.connect();
  }

  opened() {
    const { applicationId, key: clientKey, installationId, token: sessionToken } = this;
    this.send({ applicationId, clientKey, installationId, op: 'connect', sessionToken });
  }

  heard(frame) {
    if (frame.op === 'error') return this.#failed(frame);
    if (!this.#isConnected) return frame.op === 'connected' && this.#connected(frame);
    // What another server or another device is told is not taken.
    if (frame.clientId !== this.#clientId || frame.installationId !== this.installationId) return this.told.push('out of order');
    const [current, pending] = [this.subscriptions, this.#pending];
    if (frame.op === 'subscribed') {
      const subscription = pending.get(frame.requestId);
      if (!subscription) return this.told.push('out of order');
      current.set(subscription.id, subscription);
      pending.delete(subscription.id);
      subscription.told.push('subscribed');
    } else if (frame.op === 'unsubscribed') {
      const subscription = current.get(frame.requestId);
      current.delete(frame.requestId);
      pending.delete(frame.requestId);
      subscription?.told.push('unsubscribed');
    } else if (EVENTS.has(frame.op)) {
      current.get(frame.requestId)?.told.push(frame);
    }
  }

  #connected(frame) {
    this.#clientId = frame.clientId;
    this.#isConnected = true;
    for (const [id, subscription] of this.subscriptions) this.#pending.set(id, subscription);
    this.subscriptions.clear();
    this.told.push('open');
    for (const { frame } of this.#pending.values()) this.send(frame);
  }

  /** An error belongs to no subscription here. */
  #failed({ code, error, reconnect }) {
    if (!reconnect && this.#isConnected) {
      this.#isConnected = false;
      this.#isDisconnectedByUser = true;
      this.leave(1001);
    }
    this.told.push(`error ${code} ${error}`);
  }

  #say(subscription, op) {
    const { className, where, select } = subscription.query;
    const query = { className, fields: select, where };
    subscription.frame =
      op === 'unsubscribe'
        ? { op, requestId: subscription.id }
        : { op, query, requestId: subscription.id, sessionToken: this.token };
    this.#pending.set(subscription.id, subscription);
    if (this.#isConnected) this.send(subscription.frame);
    else if (this.#isDisconnectedByUser) this.open();
  }

  subscribe(query) {
    const subscription = this.number(query);
    this.subscriptions.delete(subscription.id); // not yet
    this.#say(subscription, 'subscribe');
    return subscription;
  }

  update(subscription, query) {
    subscription.query = query;
    this.#say(subscription, 'update');
  }

  unsubscribe(subscription) {
    this.#say(subscription, 'unsubscribe');
  }

  async lost() {
    this.#isConnected = false;
    this.told.push('closed');
    await pause();
    if (!this.#isDisconnectedByUser) this.connect();
  }
}
