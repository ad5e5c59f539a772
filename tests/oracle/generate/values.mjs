// Values of every JSON and Parse type, the malformed ones among them.

import { isoText } from './dates.mjs';
import { date, geoPoint, list, object, pointer, text, typed } from './json.mjs';

const NUMBERS = [
  '0', '-0', '1', '2', '5', '-1', '10', '1.5', '0.1', '1e21', '1e-7', '5e-324', '1.7976931348623157e308',
  '9007199254740993', '9007199254740992', '18446744073709551615', '-9223372036854775808', '1577836800000',
];

const TEXTS = [
  '', 'a', 'b', 'ab', 'abc', 'A', '0', '1', '5', '10', ' 5 ', '0x10', '1e3', '-0', 'Infinity', 'NaN', '.5', '5.',
  'true', 'null', 'undefined', '[object Object]', '1,2', 'a,b', ',', 'é', 'e\u0301', '😀', '😁', '\uE000', '\uFFFF',
  '\u{10000}', '\u00a05\ufeff', 'Date', 'Pointer', 'x1', '2020-01-01T00:00:00.000Z', '\u0000',
];

const KEYS = [
  'a', 'b', 'c', 'd', 'iso', 'length', 'className', 'objectId', 'latitude', 'longitude', 'coordinates', '0', '1', '2',
  '10', '01', '-1', '4294967295', '4294967294', 'a.b', '', 'é', 'toString', 'valueOf', '__type', '__op', '$eq', 'source',
  'flags', '_latitude', '_longitude', 'constructor', '__proto__', 'hasOwnProperty', 'indexOf',
];

const CLASSES = ['A', 'B', 'T', '', '_User'];
const IDS = ['1', '2', 'x1', ''];

/** What one case is made of: values that turn up once tend to turn up again, on either side. */
export class Palette {
  #seen = [];

  constructor(random) {
    this.random = random;
  }

  /** Any value, as text; often one that the case has already. */
  value(depth = 2) {
    if (this.#seen.length > 0 && this.random.chance(0.4)) return this.random.pick(this.#seen);
    const fresh = this.fresh(depth);
    this.#seen.push(fresh);
    return fresh;
  }

  /** A value that operands of the case may take up again. */
  keep(value) {
    this.#seen.push(value);
    return value;
  }

  fresh(depth) {
    const { random } = this;
    const nested = depth > 0 ? 1 : 0;
    return random.weighted([
      [45, () => this.scalar()],
      [22, () => this.typed(depth)],
      [16 * nested, () => list(random.many(0, 3, () => this.value(depth - 1)))],
      [14 * nested, () => this.object(depth)],
      [2, () => this.oddType()],
    ])();
  }

  scalar() {
    const { random } = this;
    return random.weighted([
      [10, () => 'null'],
      [12, () => random.pick(['true', 'false'])],
      [30, () => random.pick(NUMBERS)],
      [10, () => String(random.between(-3, 12))],
      [38, () => text(random.pick(TEXTS))],
    ])();
  }

  object(depth) {
    const { random } = this;
    const members = random.many(0, 3, () => [random.pick(KEYS), this.value(depth - 1)]);
    if (random.chance(0.1)) members.push(['toString', this.scalar()]);
    if (members.length > 0 && random.chance(0.1)) members.push([members[0][0], this.value(depth - 1)]);
    return object(members);
  }

  typed(depth) {
    const { random } = this;
    const made = random.weighted([
      [24, () => this.date()],
      [24, () => this.pointer()],
      [16, () => this.geoPoint()],
      [6, () => this.polygon()],
      [5, () => typed('File', this.some({ name: text(random.pick(['f', 'g'])), url: text(random.pick(['u', ''])) }))],
      [5, () => typed('Bytes', { base64: text(random.pick(['aGk=', 'aGo='])) })],
      [4, () => typed('Relation', this.some({ className: text(random.pick(CLASSES)) }))],
      [6, () => this.included(depth)],
      [4, () => typed('X', { a: this.scalar() })],
      [5, () => this.operation(depth)],
    ])();
    return random.chance(0.06) ? withMember(made, random.pick(KEYS), this.scalar()) : made;
  }

  date() {
    const { random } = this;
    if (random.chance(0.9)) return date(isoText(random));
    return typed('Date', this.some({ iso: this.fresh(1) }));
  }

  pointer() {
    const { random } = this;
    if (random.chance(0.8)) return pointer(random.pick(CLASSES.slice(0, 2)), random.pick(IDS.slice(0, 2)));
    return typed('Pointer', this.some({ className: this.orOdd(CLASSES), objectId: this.orOdd(IDS) }));
  }

  included(depth) {
    const { random } = this;
    const members = this.some({ className: this.orOdd(CLASSES), objectId: this.orOdd(IDS) });
    if (depth > 0 && random.chance(0.6)) members[random.pick(['a', 'b', 'createdAt'])] = this.value(depth - 1);
    return typed('Object', members);
  }

  geoPoint() {
    const { random } = this;
    if (random.chance(0.75)) return geoPoint(...this.coordinates());
    const members = this.some({ latitude: this.coordinate(), longitude: this.coordinate() });
    return random.chance(0.5) ? typed('GeoPoint', members) : object(Object.entries(members));
  }

  coordinates() {
    const { random } = this;
    if (random.chance(0.6)) return [random.between(-3, 12), random.between(-3, 12)];
    return [random.fraction() * 180 - 90, random.fraction() * 360 - 180];
  }

  coordinate() {
    const { random } = this;
    return random.chance(0.7)
      ? random.pick(['0', '5', '10', '-90', '90', '90.5', '180', '-180', '181', '1.5'])
      : this.scalar();
  }

  polygon() {
    const { random } = this;
    const corner = () => list(random.many(random.chance(0.95) ? 2 : 1, 2, () => this.coordinate()));
    const square = '[[0,0],[0,10],[10,10],[10,0]]';
    const coordinates = random.chance(0.5) ? square : list(random.many(2, 5, corner));
    return typed('Polygon', this.some({ coordinates }));
  }

  /** An update operation, which the SDK decodes wherever it finds a text `__op`. */
  operation(depth) {
    const { random } = this;
    const names = ['Delete', 'Increment', 'Add', 'AddUnique', 'Remove', 'AddRelation', 'RemoveRelation', 'Nope', 'Batch'];
    const members = [['__op', text(random.pick(names))]];
    if (random.chance(0.6)) members.unshift(['__type', text('X')]);
    if (random.chance(0.5)) members.push(['amount', random.pick(['1', '"1"'])]);
    if (random.chance(0.5)) members.push(['objects', depth > 0 ? this.value(depth - 1) : '[]']);
    return object(members);
  }

  /** A `__type` that is no text, or loosely equals one. */
  oddType() {
    const { random } = this;
    const type = random.pick(['["Date"]', '[["Date"]]', '5', 'true', '""', 'null', '0', '{}', '["Pointer"]']);
    return object([['__type', type], ['iso', text(isoText(random))]]);
  }

  orOdd(texts) {
    return this.random.chance(0.85) ? text(this.random.pick(texts)) : this.scalar();
  }

  /** `members`, now and then without one of them. */
  some(members) {
    return Object.fromEntries(Object.entries(members).filter(() => this.random.chance(0.93)));
  }
}

const withMember = (made, key, value) =>
  made === '{}' ? object([[key, value]]) : `${made.slice(0, -1)},${text(key)}:${value}}`;
