'use strict';
const { verdictOf } = require('./engine');
const { Index, Classes } = require('./subscriptions');
const { Order } = require('./order');
const { Permissions } = require('./permissions');
const { StockTurn, Turn, ShadowTurn } = require('./turn');
const { warningsOf, carry } = require('./warnings');

const MARK = Symbol.for('parse-server-livematch');
/** So many differences are logged, and then one in a thousand. */
const TOLD = 20;
const INVALID_QUERY = 102;

/** What a server of ours has besides Parse Server's own. */
class State {
  constructor(server, context) {
    const { engine, options, metrics, parse } = context;
    Object.assign(this, context, { matcher: new engine.Matcher({ dialect: options.dialect }), permissions: new Permissions(), turn: null });
    this.index = new Index(this.matcher, { metrics, logger: parse.logger });
    this.classes = new Classes(server, this.index, server.subscriptions);
    this.order = options.ordered ? new Order(options.orderedTimeout, metrics) : null;
    this.differences = 0;
    this.once = new Set();
  }

  /** Has Parse Server handle a message with only the subscriptions that it concerns. */
  handle(server, text, kind, stock) {
    this.metrics.add('messages');
    const hits = this.match(server, text, kind);
    if (hits === undefined) return stock();
    this.metrics.add('hits', hits ? hits.length / 2 : 0);
    if (!hits && !this.index.refused && !this.options.shadow) { this.metrics.add('unconcerned'); return undefined; }
    const found = hits ? this.index.entries(hits) : [];
    return this.take(this.options.shadow ? new ShadowTurn(found, this.tellDifference, this.metrics) : new Turn(found, this.metrics), stock);
  }

  /** The hits of a message; undefined where it goes the stock way, which is counted. */
  match(server, text, kind) {
    if (this.isOver || server.subscriptions !== this.classes) {
      this.metrics.add('unasked');
      this.warnOnce('the subscriptions of a server were exchanged from outside, so it goes the stock way');
      return undefined;
    }
    if (!this.options.concernedOnly && !this.options.shadow && this.permissions.mayRefuse(text)) {
      this.metrics.add('everyone');
      this.warnOnce('the permissions of a class may refuse subscribers, whom Parse Server tells so at each change, concerned or not; its changes go the stock way (see the option concernedOnly)');
      return undefined;
    }
    try { return this.matcher.change(text, kind); } catch (error) {
      this.metrics.add('unreadable');
      this.warnOnce(`a message goes the stock way: ${error.message}`);
      return undefined;
    }
  }

  /** Runs what goes through subscriptions at once, not what it does later. */
  take(turn, run) {
    const before = this.turn;
    this.turn = turn;
    try { return run(); } finally {
      this.turn = before;
      if (turn.found?.length && !turn.wasAsked && !turn.waits) {
        this.metrics.add('unasked');
        this.warnOnce('Parse Server did not ask for the subscriptions of a change when it was expected to');
      }
    }
  }

  tellDifference = ({ className, subscription }, stock, verdicts) => {
    if (this.differences++ >= TOLD && this.differences % 1000) return;
    const ours = verdicts === undefined ? 'nothing' : [verdictOf(verdicts, 0), verdictOf(verdicts, 1)].join();
    this.parse.logger.warn(`parse-server-livematch: shadow: ${className}: Parse Server says ${stock.join()}, the matcher ${ours}: ${JSON.stringify(subscription.query)}`);
  };

  warnOnce(text) {
    const what = text.slice(0, 24);
    if (this.once.has(what)) return;
    this.once.add(what);
    this.parse.logger.warn(`parse-server-livematch: ${text}`);
  }

  close() { this.isOver = true; this.matcher.dispose(); }
}

/** Parse Server's LiveQuery server but for the choice of subscriptions. */
function accelerated(Base, context) {
  class Accelerated extends Base {
    _createSubscribers() {
      // The constructor of the base class may call this, so what it needs is made here.
      if (!this._livematch) {
        this._livematch = new State(this, context);
        this.subscriptions = this._livematch.classes;
      }
      const { subscriber } = this;
      this.subscriber = listening(subscriber, (channel, text, stock) => {
        const kind = kindOf(channel, context.parse.Parse.applicationId);
        return kind ? this._livematch.handle(this, text, kind, stock) : stock();
      });
      try { return super._createSubscribers(); } finally { this.subscriber = subscriber; }
    }

    _matchesSubscription(object, subscription) {
      const stock = () => super._matchesSubscription(object, subscription);
      const turn = this._livematch?.turn;
      return turn ? turn.verdict(object, subscription, stock) : stock();
    }

    _onAfterSave(message) { return this._inOrder(message, () => super._onAfterSave(message)); }
    _onAfterDelete(message) { return this._inOrder(message, () => super._onAfterDelete(message)); }

    _inOrder(message, tell) {
      const state = this._livematch;
      if (!state?.order) return tell();
      const turn = state.turn ?? new StockTurn();
      Object.assign(turn, { promises: [], waits: true });
      const { className, id } = message.currentParseObject;
      return state.order.run(`${className} ${id}`, async () => {
        await state.take(turn, tell);
        await Promise.allSettled(turn.promises);
      });
    }

    async _handleSubscribe(socket, request) {
      if (context.options.warn && !this._isWarned(socket, request)) return undefined;
      return super._handleSubscribe(socket, request);
    }

    /** Whether a request may go on. */
    _isWarned(socket, request) {
      const { metrics, options, parse } = context;
      const warnings = warningsOf(request, context);
      carry(request, warnings);
      if (!warnings.length) return true;
      metrics.add('warned');
      const said = warnings.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
      parse.logger.warn(`parse-server-livematch: a subscription to ${request.query.className}: ${said}`);
      // Who has not connected hears so from Parse Server.
      if (!options.strict || !Object.hasOwn(socket, 'clientId')) return true;
      metrics.add('strictlyRefused');
      parse.Client.pushError(socket, INVALID_QUERY, said, false, request.requestId);
      return false;
    }

    async shutdown() {
      try { return await super.shutdown(); } finally { this._livematch?.close(); }
    }
  }
  Accelerated[MARK] = true;
  Object.defineProperty(Accelerated, 'name', { value: Base.name });
  return Accelerated;
}

const kindOf = (channel, app) => (channel === `${app}afterSave` ? 'save' : channel === `${app}afterDelete` ? 'delete' : null);

/**
 * A subscriber whose listeners are asked first.
 *
 * Listeners of 'message' get the channel and the text; node-redis calls the listener of a channel with the text and the channel.
 */
function listening(subscriber, first) {
  const wrapped = {
    on: (event, listener) => subscriber.on(event, event !== 'message' ? listener
      : (channel, text, ...rest) => first(channel, text, () => listener(channel, text, ...rest))),
    subscribe: (channel, listener, ...rest) => subscriber.subscribe(channel, listener
      && ((text, ...more) => first(channel, text, () => listener(text, ...more))), ...rest),
  };
  return new Proxy(subscriber, {
    get(target, name) {
      if (Object.hasOwn(wrapped, name)) return wrapped[name];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

module.exports = { accelerated, MARK };
