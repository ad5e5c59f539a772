// Hears what two LiveQuery servers tell the same viewers of the same subscriptions.
import { APP_ID } from './feed.mjs';
import { JAVASCRIPT_KEY } from './stack.mjs';

const EVENTS = ['create', 'enter', 'update', 'leave', 'delete'];
const SECRETS = ['sessionToken', 'authData', 'password'];
const PATIENCE = 60_000;

/** How long Parse Server may be late: it lets changes overtake each other while it looks sessions and roles up. */
const LATE = 3_000;

export class Witness {
  #Parse;
  #rest;
  #urls;
  #sentinel;
  #answered;
  /** By server: what was told, and the clients by viewer. */
  #sides = {};
  #viewers = {};
  #count = 0;

  /** `answered` waits until ours has nothing that waits for an answer of Parse Server. */
  constructor({ Parse, rest, urls, sentinel, answered }) {
    this.#Parse = Parse;
    this.#rest = rest;
    this.#urls = urls;
    this.#sentinel = sentinel;
    this.#answered = answered;
  }

  get viewers() {
    return Object.keys(this.#viewers);
  }

  /** Connects the viewers to both servers. */
  async open(viewers) {
    this.#viewers = viewers;
    for (const [side, url] of Object.entries(this.#urls)) {
      const clients = {};
      this.#sides[side] = { clients, told: [], complaints: 0, secrets: 0, sentinels: [] };
      for (const [viewer, { client: sessionToken, masterKey }] of Object.entries(viewers)) {
        clients[viewer] = new this.#Parse.LiveQueryClient({
          applicationId: APP_ID,
          serverURL: url,
          javascriptKey: JAVASCRIPT_KEY,
          sessionToken,
          masterKey,
        });
        clients[viewer].on('error', () => {});
        clients[viewer].open();
      }
      await Promise.all(Object.values(clients).map((client) => this.#watchSentinel(this.#sides[side], client)));
    }
  }

  close() {
    for (const { clients } of Object.values(this.#sides)) {
      Object.values(clients).forEach((client) => client.close());
    }
  }

  /** How many secrets of users and sessions each server has given away. They are left out of what is compared. */
  get secrets() {
    return { theirs: this.#sides.theirs.secrets, ours: this.#sides.ours.secrets };
  }

  /** How often each server has complained to somebody whose subscription it had accepted. */
  get complaints() {
    return { theirs: this.#sides.theirs.complaints, ours: this.#sides.ours.complaints };
  }

  /** Subscribes a viewer on both servers. Whether that is refused is part of what is told. */
  async subscribe(viewer, query, onUpdate = {}) {
    const number = this.#count++;
    const sides = Object.entries(this.#sides);
    await Promise.all(sides.map(([name, side]) => this.#subscribe(side, viewer, query(), number, onUpdate[name])));
  }

  /**
   * What each server has told since it was last asked, once all changes made before have gone by.
   *
   * Ours tells in order what need not wait for an answer of Parse Server, so that a later event proves that there is no more once nothing
   * waits. Theirs may still lag behind, and is waited for
   * until it has told as much as ours, or as much as is expected of it; what it says too much comes out at the next step.
   */
  async told(expectedOfTheirs = 0) {
    await this.#seen(await this.#rest.create(this.#sentinel, {}));
    await this.#answered();
    await this.#seen(await this.#rest.create(this.#sentinel, {}));
    const { theirs, ours } = this.#sides;
    const deadline = Date.now() + LATE;
    const most = Math.max(ours.told.length, expectedOfTheirs);
    while (theirs.told.length < most && Date.now() < deadline) await pause();
    const take = ({ told }) => told.splice(0).sort((a, b) => (order(a) < order(b) ? -1 : 1));
    return { theirs: take(theirs), ours: take(ours) };
  }

  async #subscribe(side, viewer, query, number, onUpdate = () => {}) {
    const note = (entry) => side.told.push({ viewer, number, ...entry });
    const subscription = side.clients[viewer].subscribe(query, this.#viewers[viewer].subscription);
    subscription.subscribePromise?.catch(() => {});
    const plain = (object) => {
      if (typeof object?.toJSON !== 'function') return undefined; // an old SDK hands other things on here
      const json = object.toJSON();
      for (const secret of SECRETS) {
        if (json[secret] !== undefined) side.secrets++;
        delete json[secret];
      }
      return json;
    };
    for (const event of EVENTS) {
      subscription.on(event, (object, original) =>
        note({ event, id: object.id, object: plain(object), original: plain(original) }),
      );
    }
    subscription.on('update', onUpdate);
    let isSettled = false;
    await new Promise((resolve) => {
      subscription.on('open', resolve);
      subscription.on('error', (error) => {
        if (isSettled) return void side.complaints++;
        note({ event: 'error', error: String(error?.message ?? error) });
        resolve();
      });
    });
    isSettled = true;
  }

  async #watchSentinel(side, client) {
    const subscription = client.subscribe(new this.#Parse.Query(this.#sentinel));
    const seen = new Set();
    side.sentinels.push(seen);
    subscription.on('create', ({ id }) => seen.add(id));
    await new Promise((resolve) => subscription.on('open', resolve));
  }

  async #seen(id) {
    const all = Object.values(this.#sides).flatMap(({ sentinels }) => sentinels);
    const deadline = Date.now() + PATIENCE;
    while (!all.every((seen) => seen.has(id))) {
      if (Date.now() > deadline) throw new Error('a change did not reach everybody');
      await pause();
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 2));

const order = ({ viewer, number, event, id }) => JSON.stringify([viewer, number, event, id]);
