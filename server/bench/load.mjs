// Subscribers and saves whose answers are known: each save concerns one query, whatever their number is.
import { publisher, object, APP_ID } from '../tests/sdk/lib/feed.mjs';
import { Socket } from '../tests/sdk/lib/socket.mjs';

const CLASS = 'Load';

/** Under the limit that a client has by default. */
const PER_CLIENT = 500;

const room = (n) => ({ __type: 'Pointer', className: 'Room', objectId: `room${n}` });

/** Different queries, of three shapes. */
const SHAPES = [
  (n) => ({ room: room(n) }),
  (n) => ({ room: room(n), status: 'open' }),
  (n) => ({ price: { $lt: 1_000 }, room: room(n) }),
];
const where = (n) => SHAPES[n % SHAPES.length](n);

/** An object of the size that apps have: about 900 bytes, and as much again for what it was. */
function thing(n, version, sentAt) {
  return object(CLASS, `object${n}`, {
    room: room(n),
    owner: { __type: 'Pointer', className: '_User', objectId: `user${n % 997}` },
    status: 'open',
    price: (n * 7 + version) % 1_000,
    title: `Thing number ${n} as it is in version ${version}`,
    text: 'Words that nobody looks for, as most of what an object holds. '.repeat(6),
    tags: ['red', 'green', 'blue', `tag${n % 50}`],
    place: { __type: 'GeoPoint', latitude: (n % 180) - 90, longitude: (n % 360) - 180 },
    due: { __type: 'Date', iso: '2030-01-02T03:04:05.678Z' },
    meta: { device: { os: 'ios', version: 17 }, score: n % 13 },
    isPublic: true,
    version,
    sentAt,
  });
}

const PERMISSIONS = Object.fromEntries(
  ['find', 'get', 'count', 'create', 'update', 'delete', 'addField'].map((name) => [name, { '*': true }]),
);

/** Subscribers at a server, and a publisher on its Redis. */
export class Load {
  #source;
  #sockets = [];
  #size;
  #copies;
  #versions = new Map();
  #delays = [];
  #wake = () => {};
  #sent = 0;
  #received = 0;
  faults = 0;

  /** So many different queries, each subscribed to by so many clients. */
  static async start(url, redisUrl, size, copies = 1) {
    const load = new Load();
    load.#size = size;
    load.#copies = copies;
    load.#source = publisher(redisUrl, APP_ID);
    for (let copy = 0; copy < copies; copy++) await load.#subscribe(url);
    return load;
  }

  async #subscribe(url) {
    const size = this.#size;
    for (let first = 0; first < size; first += PER_CLIENT) {
      this.#sockets.push(await this.#client(url, first, Math.min(first + PER_CLIENT, size)));
    }
  }

  async #client(url, first, end) {
    const socket = await Socket.open(url);
    await socket.connect({ javascriptKey: 'js' });
    for (let n = first; n < end; n++) {
      socket.send({ op: 'subscribe', requestId: n + 1, query: { className: CLASS, where: where(n) } });
    }
    for (let n = first; n < end; n++) {
      const { op } = await socket.next();
      if (op !== 'subscribed') throw new Error(`${op} where a subscription was confirmed`);
    }
    socket.raw.removeAllListeners('message');
    const heard = new Map();
    socket.raw.on('message', (text) => this.#hear(heard, JSON.parse(text)));
    return socket;
  }

  /** Checks that an event is the next one of its object, for the one who asked for it. */
  #hear(heard, { op, requestId, object: { objectId, version, sentAt } }) {
    const expected = (heard.get(objectId) ?? 0) + 1;
    const isRight = op === 'update' && version === expected && objectId === `object${requestId - 1}`;
    if (!isRight) this.faults++;
    heard.set(objectId, version);
    this.#delays.push(performance.now() - sentAt);
    this.#received++;
    this.#wake();
  }

  async #save() {
    // Strides through the rooms, so that neighbours are not saved one after the other.
    const n = (this.#sent * 7_919) % this.#size;
    const version = (this.#versions.get(n) ?? 0) + 1;
    this.#versions.set(n, version);
    this.#sent++;
    await this.#source.publish('afterSave', {
      currentParseObject: thing(n, version, performance.now()),
      originalParseObject: thing(n, version - 1, 0),
      classLevelPermissions: PERMISSIONS,
    });
  }

  async #until(saves) {
    const received = saves * this.#copies;
    const deadline = performance.now() + 120_000;
    while (this.#received < received) {
      if (performance.now() > deadline) throw new Error(`${received - this.#received} events did not come`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** Saves for some seconds as fast as events come back, with so many on the way; how many saves that were. */
  async flood(seconds, onTheWay = 64) {
    const [first, end] = [this.#sent, performance.now() + seconds * 1_000];
    while (performance.now() < end) {
      this.#save();
      await this.#until(this.#sent - onTheWay);
    }
    await this.#until(this.#sent);
    return this.#sent - first;
  }

  /** Saves at an even rate; the delays from publishing to hearing, in milliseconds, sorted. */
  async pace(seconds, perSecond) {
    this.#delays = [];
    const start = performance.now();
    for (let n = 0; n < seconds * perSecond; n++) {
      const due = start + (n * 1_000) / perSecond;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      this.#save();
    }
    await this.#until(this.#sent);
    return this.#delays.sort((a, b) => a - b);
  }

  async end() {
    this.#sockets.forEach((socket) => socket.raw.terminate());
    await this.#source.close();
  }
}

export const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
