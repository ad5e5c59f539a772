// ParseLiveQuery 1.2 of Android, on OkHttp.
import { Client, EVENTS } from './client.mjs';

export class Android extends Client {
  static selects = null;
  static updates = false;
  #isConnected = false;

  open() {
    this.connect();
  }

  opened() {
    this.send({ op: 'connect', applicationId: this.applicationId, sessionToken: this.token });
  }

  heard(frame) {
    if (frame.op === 'connected') {
      this.#isConnected = true;
      this.told.push('open');
      this.subscriptions.forEach((subscription) => this.#say(subscription));
      return;
    }
    // `getInt` throws where there is no number, and nobody hears of it.
    if (typeof frame.requestId !== 'number') return;
    const subscription = this.subscriptions.get(frame.requestId);
    if (frame.op === 'subscribed') {
      subscription?.told.push('subscribed');
    } else if (frame.op === 'unsubscribed') {
      subscription?.told.push('unsubscribed');
      this.subscriptions.delete(frame.requestId);
    } else if (frame.op === 'error') {
      const error = `error ${frame.code} ${frame.error}`;
      subscription?.told.push(error);
      this.told.push(error);
    } else if (EVENTS.has(frame.op)) {
      subscription?.told.push(frame);
    }
  }

  #say({ id: requestId, query: { className, where } }) {
    this.send({ op: 'subscribe', requestId, sessionToken: this.token, query: { className, where } });
  }

  subscribe(query) {
    const subscription = this.number(query);
    if (this.#isConnected) this.#say(subscription);
    return subscription;
  }

  unsubscribe(subscription) {
    this.send({ op: 'unsubscribe', requestId: subscription.id });
  }

  /** OkHttp tells of a goodbye only who overrides `onClosing`; `onClosed` comes when both have said it. */
  goodbye() {}

  /** The app has to open again, and is told so. */
  lost() {
    this.#isConnected = false;
    this.told.push('closed');
  }
}
