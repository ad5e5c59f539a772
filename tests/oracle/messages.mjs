// Asks the original about whole messages, as publishers put them on Redis.

import { bareServer } from './original.mjs';
import { matchObjects } from './matcher.mjs';

const server = bareServer();

/**
 * The objects of a message as the matcher is given them, or null where the server loses the message
 * for every subscription. The message is used up: its objects are inflated in place.
 */
export function objectsOf(op, message) {
  try {
    server._inflateParseObject(message);
    const { currentParseObject: current, originalParseObject: original } = message;
    if (op === 'afterDelete') return { old: current.toJSON(), new: null };
    // The order in which the server converts them; either may throw.
    const before = original ? original.toJSON() : null;
    return { old: before, new: current.toJSON() };
  } catch {
    return null;
  }
}

/** The events that the queries get from a message: `{events, objects}`, or `{lost: true}`. */
export function deliver(op, message, queries) {
  const objects = objectsOf(op, message);
  if (!objects) return { lost: true };
  // Subscriptions are found by the class of the new object, of the deleted one for deletes.
  const { className } = objects.new ?? objects.old;
  const events = queries
    .filter(query => query.className === className)
    .map(({ id, where }) => ({ id, event: matchObjects(where, objects.old, objects.new).event }))
    .filter(({ event }) => event !== null);
  return { events, objects };
}

/** Does a change touch a watched field? The sides are objects of a message. */
export function passesWatch(watch, before, after) {
  const message = { currentParseObject: after, originalParseObject: before };
  server._inflateParseObject(message);
  const client = { getSubscriptionInfo: () => ({ watch }) };
  return server._checkWatchFields(client, 1, message);
}
