// parse_server_sdk of Dart and Flutter, 9.7.
import { Client, EVENTS, pause } from './client.mjs';

export class Flutter extends Client {
  static selects = 'fields';
  static updates = false;
  #enabled = new Set();

  open() {
    this.connect();
  }

  opened() {
    const { applicationId, token: sessionToken, key: clientKey, installationId } = this;
    this.send({ op: 'connect', applicationId, sessionToken, clientKey, installationId });
  }

  heard(frame) {
    if (frame.op === 'connected') {
      this.subscriptions.forEach((subscription) => this.#say(subscription));
      this.told.push('open');
      return;
    }
    const subscription = this.subscriptions.get(frame.requestId);
    if (frame.op === 'error') subscription?.told.push(`error ${frame.code} ${frame.error}`);
    else if (EVENTS.has(frame.op) && frame.object.className !== undefined) subscription?.told.push(frame);
    else if (frame.op === 'subscribed') subscription?.told.push('subscribed'); // the app is not told
  }

  #say(subscription) {
    if (this.#enabled.has(subscription.id)) return;
    this.#enabled.add(subscription.id);
    const { className, where, select } = subscription.query;
    const query = { className, where, fields: select };
    this.send({ op: 'subscribe', requestId: subscription.id, query, sessionToken: this.token });
  }

  subscribe(query) {
    const subscription = this.number(query);
    this.#say(subscription);
    return subscription;
  }

  unsubscribe(subscription) {
    this.send({ op: 'unsubscribe', requestId: subscription.id });
    this.subscriptions.delete(subscription.id);
  }

  async lost() {
    this.told.push('closed');
    this.#enabled.clear();
    await pause();
    this.connect();
  }
}
