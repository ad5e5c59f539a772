'use strict';

/**
 * What of Parse Server's LiveQuery server is not as expected; null if all is.
 *
 * Tried, not read: its methods are run with a change, a subscription and nobody subscribed, which sends nothing.
 */
function probe(Base, Parse) {
  if (typeof Base !== 'function') return 'there is no ParseLiveQueryServer';
  for (const name of ['_createSubscribers', '_onAfterSave', '_onAfterDelete', '_matchesSubscription', '_handleSubscribe', 'shutdown']) {
    if (typeof Base.prototype[name] !== 'function') return `there is no ${name}`;
  }
  try { return probeChange(Base, '_onAfterSave', ['old', 'new']) ?? probeChange(Base, '_onAfterDelete', ['new']) ?? probeListening(Base, Parse); } catch (error) {
    return error.message;
  }
}

function probeChange(Base, method, expected) {
  const server = Object.create(Base.prototype);
  const asked = [];
  const subscription = { className: 'Probe', query: {}, hash: '', clientRequestIds: new Map() };
  const ofClass = { values: () => { asked.push('values'); return [subscription][Symbol.iterator](); } };
  server.clients = new Map();
  server.subscriptions = { get: name => (name === 'Probe' ? ofClass : undefined), size: 1 };
  server._matchesSubscription = (object, given) => { asked.push(given === subscription && object.side); return false; };
  const object = side => ({ className: 'Probe', toJSON: () => ({ className: 'Probe', side }) });
  Promise.resolve(server[method]({ currentParseObject: object('new'), originalParseObject: object('old') })).catch(() => {});
  // All of it before the first wait, as the verdicts are known only as long.
  return asked.join() === ['values', ...expected].join() ? null : `${method} asks for ${asked.join() || 'nothing'}`;
}

function probeListening(Base, Parse) {
  const server = Object.create(Base.prototype);
  const heard = [];
  server.subscriber = { on: event => heard.push(event), subscribe: channel => heard.push(channel) };
  server._createSubscribers();
  const expected = ['message', ...['afterSave', 'afterDelete'].map(field => `${Parse.applicationId}${field}`)];
  const missing = expected.find(name => !heard.includes(name));
  return missing ? `_createSubscribers does not listen to ${missing}` : null;
}

module.exports = { probe };
