// ParseLiveQuery of iOS and macOS. Members stand in the order of a hash table.
import { Client, EVENTS } from './client.mjs';

export class Ios extends Client {
  static selects = null; // what it is asked to select is not sent
  static updates = true;

  open() {
    this.connect();
  }

  opened() {
    const { applicationId, key: clientKey, token = '' } = this;
    this.send({ sessionToken: token, op: 'connect', clientKey, applicationId });
  }

  heard(frame) {
    const subscription = this.subscriptions.get(frame.requestId);
    if (frame.op === 'connected') {
      this.told.push('open');
      for (const subscription of this.subscriptions.values()) this.#say('subscribe', subscription);
    } else if (frame.op === 'subscribed') {
      subscription?.told.push('subscribed');
    } else if (frame.op === 'unsubscribed') {
      subscription?.told.push('unsubscribed');
      this.subscriptions.delete(frame.requestId);
    } else if (frame.op === 'error') {
      // One without a number is logged.
      subscription?.told.push(`error ${frame.code} ${frame.error}`);
    } else if (EVENTS.has(frame.op) && this.decodes(frame.object)) {
      subscription?.told.push(frame);
    }
  }

  decodes({ className, objectId }) {
    return className !== undefined && objectId !== undefined;
  }

  #say(op, { id: requestId, query: { className, where } }) {
    const sessionToken = op === 'subscribe' ? this.token : undefined;
    this.send({ query: { where, className }, requestId, sessionToken, op });
  }

  subscribe(query) {
    const subscription = this.number(query);
    this.#say('subscribe', subscription);
    return subscription;
  }

  update(subscription, query) {
    subscription.query = query;
    this.#say('update', subscription);
  }

  unsubscribe(subscription) {
    this.send({ requestId: subscription.id, op: 'unsubscribe' });
    this.subscriptions.delete(subscription.id);
  }

  lost() {
    this.told.push('closed');
    this.connect();
  }
}

/** Before 6.1.1 only what says that it is an object was decoded. */
export class OldIos extends Ios {
  decodes(object) {
    return super.decodes(object) && object.__type === 'Object';
  }
}
