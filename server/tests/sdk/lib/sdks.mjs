// The SDKs whose clients the server is for.
import { createRequire } from 'node:module';
import { APP_ID } from './feed.mjs';

const require = createRequire(import.meta.url);
const load = (name) => () => require(`${name}/node`);

/** All of them, or those whose name contains what the environment's SDK says. */
export const SDKS = [
  { name: 'parse 8.6.2', load: load('parse8') },
  { name: 'parse 3.5.1', load: load('parse3') },
  { name: 'parse 1.11.1', load: load('parse1'), isOld: true },
  { name: 'moralis-v1 1.13.0', load: load('moralis-v1') },
].filter(({ name }) => name.includes(process.env.SDK ?? ''));
if (SDKS.length === 0) throw new Error(`no SDK has a name with "${process.env.SDK}": nothing would be tested`);

/** An SDK that talks to a server. It keeps that address for as long as the process lives. */
export function connect(sdk, server, { javascriptKey = 'js', masterKey } = {}) {
  const Parse = sdk.load();
  const { LiveQueryClient } = Parse;
  if (Parse.initialize) Parse.initialize(APP_ID, javascriptKey, masterKey);
  Parse.serverURL = `${server.http}/parse`;
  Parse.liveQueryServerURL = server.ws;
  const client = (options = {}) =>
    new LiveQueryClient({ applicationId: APP_ID, serverURL: server.ws, javascriptKey, ...options });
  return { Parse, client };
}

const EVENTS = ['create', 'enter', 'update', 'leave', 'delete'];
/** It says when something has gone wrong, and nothing of how quick anything is: beside other work an event may take a while. */
const PATIENCE = 60_000;

/** What a subscription, or an SDK's LiveQuery, has told. */
export class Recorder {
  #told = [];
  #wake = () => {};

  constructor(source, names) {
    for (const name of names) {
      source.on(name, (...args) => {
        this.#told.push({ name, args });
        this.#wake();
      });
    }
  }

  /** The next thing that was told. */
  async next() {
    const deadline = Date.now() + PATIENCE;
    while (this.#told.length === 0) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error('nothing more was told');
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
    return this.#told.shift();
  }

  /** The next thing of this name; what is told before it is left out. */
  async until(name) {
    for (;;) {
      const told = await this.next();
      if (told.name === name) return told;
    }
  }

  /** What was told and not asked for yet. */
  get rest() {
    return this.#told.map(({ name }) => name);
  }
}

/** The events of a subscription, each with what the objects hold. */
export class Events {
  #recorder;

  constructor(subscription) {
    this.#recorder = new Recorder(subscription, EVENTS);
  }

  async next() {
    const { name, args } = await this.#recorder.next();
    const [object, original] = args.map((arg) => (typeof arg?.toJSON === 'function' && arg.id ? arg : undefined));
    return { event: name, id: object.id, className: object.className, object, original };
  }

  get rest() {
    return this.#recorder.rest;
  }
}

/** The life of a subscription, or of an SDK's LiveQuery. */
export const life = (source) => new Recorder(source, ['open', 'close', 'error']);
