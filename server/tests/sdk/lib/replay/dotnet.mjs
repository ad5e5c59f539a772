// Parse-LiveQueries-DOTNET, 3 and 4. It writes what it has not as null or as an empty text.
import { Client, EVENTS, pause } from './client.mjs';

export class Dotnet extends Client {
  static selects = null; // `fields` is written only by a class that its own queries do not use
  static updates = false;
  #isConnected = false;

  open() {
    this.connect();
  }

  opened() {
    const { applicationId, key: clientKey = null, token: sessionToken } = this;
    this.send({ op: 'connect', applicationId, clientKey, sessionToken });
  }

  heard(frame) {
    const subscription = this.subscriptions.get(frame.requestId);
    if (frame.op === 'connected') {
      this.#isConnected = true;
      this.told.push('open');
      this.subscriptions.forEach((subscription) => this.#say(subscription));
    } else if (frame.op === 'subscribed') {
      subscription?.told.push('subscribed');
    } else if (frame.op === 'unsubscribed') {
      subscription?.told.push('unsubscribed');
      this.subscriptions.delete(frame.requestId);
    } else if (frame.op === 'error') {
      const error = `error ${frame.code} ${frame.error}`;
      subscription?.told.push(error);
      if (subscription || typeof frame.requestId !== 'number') this.told.push(error);
    } else if (EVENTS.has(frame.op)) {
      subscription?.told.push(frame);
    }
  }

  #say({ id: requestId, query: { className, where } }) {
    this.send({ op: 'subscribe', requestId, query: { className, where }, sessionToken: this.token ?? '' });
  }

  subscribe(query) {
    const subscription = this.number(query);
    if (this.#isConnected) this.#say(subscription);
    return subscription;
  }

  unsubscribe(subscription) {
    this.send({ op: 'unsubscribe', requestId: subscription.id });
  }

  async lost() {
    this.#isConnected = false;
    this.told.push('closed');
    await pause();
    this.connect();
  }
}
