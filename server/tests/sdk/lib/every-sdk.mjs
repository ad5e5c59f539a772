// Every SDK, as one kind of client: those of JavaScript are the real ones, others are replayed.
import { createRequire } from 'node:module';
import { APP_ID } from './feed.mjs';
import { EVENTS, Subscription } from './replay/client.mjs';
import { Android } from './replay/android.mjs';
import { Dotnet } from './replay/dotnet.mjs';
import { Flutter } from './replay/flutter.mjs';
import { Ios, OldIos } from './replay/ios.mjs';
import { Swift } from './replay/swift.mjs';
import { Unity } from './replay/unity.mjs';

const require = createRequire(import.meta.url);

/** A real SDK. What its app is told is kept as that of a replayed one. */
class JavaScript {
  static updates = false;
  told = [];
  #client;

  constructor(Parse, url, { key, token }) {
    Parse.initialize?.(APP_ID); // it makes no emitters before
    this.Parse = Parse;
    this.token = token;
    const options = { applicationId: APP_ID, serverURL: url, javascriptKey: key, sessionToken: token, installationId: 'a device' };
    this.#client = new Parse.LiveQueryClient(options);
    overlook(this.#client, 'connectPromise');
    this.#client.on('open', () => this.told.push('open'));
    this.#client.on('close', () => this.told.push('closed'));
    this.#client.on('error', (error) => this.told.push(`error ${error}`));
  }

  open() {
    this.#client.open();
  }

  subscribe({ className, where, select }) {
    const query = new this.Parse.Query(className);
    query._where = where;
    if (select) query.select(...select);
    const subscription = new Subscription(0, {});
    const real = this.#client.subscribe(query, this.token);
    subscription.real = real;
    real.on('open', () => subscription.told.push('subscribed'));
    real.on('error', (error) => subscription.told.push(`error ${error}`));
    real.on('close', () => subscription.told.push('closed'));
    real.subscribePromise?.catch((error) => subscription.told.push(`rejects ${error.code}`));
    for (const op of EVENTS) real.on(op, (object) => subscription.told.push({ op, object: { objectId: object.id, n: object.get('n'), m: object.get('m') } }));
    return subscription;
  }

  unsubscribe({ real }) {
    Promise.resolve(this.#client.unsubscribe(real)).catch(() => {});
  }

  close() {
    this.#client.close();
  }
}

/** Some reject a promise that nobody but the SDK has, and make others of it: it is not for the app. */
function overlook(object, name) {
  let promise;
  const set = (value) => {
    value?.catch?.(() => {});
    promise = value;
  };
  set(object[name]);
  Object.defineProperty(object, name, { get: () => promise, set });
}

const real = (name, module) => ({
  name,
  key: 'javascriptKey',
  open: (url, options) => new JavaScript(require(`${module}/node`), url, options),
});
const replayed = (name, Sdk, key) => ({
  name,
  isReplayed: true,
  key,
  updates: Sdk.updates,
  open: (url, options) => new Sdk(url, { applicationId: APP_ID, installationId: 'a device', ...options }),
});

/** Each with the name of the key that it brings, if it brings one. */
export const EVERY_SDK = [
  real('JavaScript `parse` 8.6.2', 'parse8'),
  real('JavaScript `parse` 7.1.2', 'parse7'),
  real('JavaScript `parse` 6.0.0', 'parse6'),
  real('JavaScript `parse` 5.2.0', 'parse5'),
  real('JavaScript `parse` 4.3.1', 'parse4'),
  real('JavaScript `parse` 3.5.1', 'parse3'),
  real('JavaScript `parse` 2.19.0', 'parse2'),
  real('JavaScript `parse` 1.11.1', 'parse1'),
  real('JavaScript `moralis-v1` 1.13.0', 'moralis-v1'),
  replayed('Swift, ParseSwift 4 to 6.1', Swift, 'clientKey'),
  replayed('iOS, ParseLiveQuery 6', Ios, 'clientKey'),
  replayed('iOS, before 6.1.1', OldIos, 'clientKey'),
  replayed('Android, ParseLiveQuery 1.2', Android),
  replayed('Flutter, 9.7', Flutter, 'clientKey'),
  replayed('.NET, Parse-LiveQueries-DOTNET 4', Dotnet, 'clientKey'),
  replayed('.NET, the same without a key', Dotnet),
  replayed('Unity, Moralis web3-unity-sdk', Unity),
];
