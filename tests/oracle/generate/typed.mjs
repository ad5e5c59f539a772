// Objects as applications store them, and the clauses that the SDKs build for them.

import { date, geoPoint, list, object, pointer, text, typed } from './json.mjs';

const NAMES = ['ann', 'bob', 'cy', 'dora', 'eve', 'a.b', 'Ann Lee', 'émile'];
const TAGS = ['red', 'green', 'blue', 'old', 'new'];
const DAYS = ['2020-01-01', '2020-01-02', '2020-02-29', '2021-06-15', '2024-12-31'].map(day => `${day}T00:00:00.000Z`);
const OWNERS = ['u1', 'u2', 'u3'];

const quote = word => `\\Q${word}\\E`;

export class Store {
  constructor(random) {
    this.random = random;
  }

  /** The fields of the class, each with a maker of its values. */
  #fields = {
    score: () => text(this.random.between(0, 9)),
    ratio: () => text(this.random.between(0, 40) / 8),
    name: () => text(this.random.pick(NAMES)),
    open: () => text(this.random.chance(0.5)),
    tags: () => list(this.random.many(0, 3, () => text(this.random.pick(TAGS)))),
    due: () => this.day(),
    owner: () => this.owner(),
    watchers: () => list(this.random.many(0, 2, () => this.owner())),
    place: () => this.place(),
    area: () => this.area(),
    detail: () => object([['size', text(this.random.between(0, 5))], ['kind', this.tag()], ['when', this.day()]]),
    picture: () => typed('File', { name: text('p.png'), url: text('https://files.example/p.png') }),
    fans: () => typed('Relation', { className: text('_User') }),
    data: () => typed('Bytes', { base64: text(this.random.pick(['aGk=', 'aGo='])) }),
  };

  day() {
    return date(this.random.pick(DAYS));
  }

  tag() {
    return text(this.random.pick(TAGS));
  }

  owner() {
    return pointer('_User', this.random.pick(OWNERS));
  }

  place() {
    return geoPoint(this.random.between(-5, 15), this.random.between(-5, 15));
  }

  area() {
    const [south, west] = [this.random.between(-5, 5), this.random.between(-5, 5)];
    const [north, east] = [south + 6, west + 6];
    return typed('Polygon', { coordinates: text([[south, west], [south, east], [north, east], [north, west]]) });
  }

  /** The members of an object: what `where` asks about is mostly there, of the rest little; few are null. */
  members(where) {
    const { random } = this;
    const asked = name => where.includes(`"${name}"`) || where.includes(`"${name}.`);
    const present = Object.keys(this.#fields).filter(name => random.chance(asked(name) ? 0.85 : 0.2));
    return present.map(name => [name, random.chance(0.06) ? 'null' : this.#fields[name]()]);
  }

  object(members) {
    const { random } = this;
    const stamps = [
      ['createdAt', text(DAYS[0])],
      ['updatedAt', text(random.pick(DAYS))],
      ['objectId', text(random.pick(['x1', 'x2']))],
      ['__type', text('Object')],
      ['className', text('T')],
    ];
    return object([...members, ...stamps]);
  }

  /** The members of an object that was changed in a field or two. */
  changed(members) {
    const { random } = this;
    const names = random.many(1, 2, () => random.pick(Object.keys(this.#fields)));
    const kept = members.filter(([name]) => !names.includes(name));
    const set = names.filter(() => random.chance(0.85)).map(name => [name, random.chance(0.1) ? 'null' : this.#fields[name]()]);
    return [...kept, ...new Map(set)];
  }

  clause(depth = 1) {
    const { random } = this;
    if (depth > 0 && random.chance(0.2)) {
      return object([[random.pick(['$or', '$or', '$and', '$nor']), list(random.many(1, 3, () => this.clause(0)))]]);
    }
    const built = random.many(1, 3, () => this.#built());
    return object([...new Map(built)]);
  }

  /** One condition as a builder of the SDK writes it: field and constraint. */
  #built() {
    const { random } = this;
    const field = () => random.pick(Object.keys(this.#fields));
    const op = (name, operand) => object([[name, operand]]);
    const equal = () => {
      const name = field();
      return [name, this.#fields[name]()];
    };
    return random.weighted([
      [18, equal],
      [6, () => { const [name, value] = equal(); return [name, op('$ne', value)]; }],
      [3, () => { const [name, value] = equal(); return [name, op('$eq', value)]; }],
      [16, () => this.#range()],
      [10, () => this.#membership()],
      [6, () => [field(), op('$exists', text(random.chance(0.5)))]],
      [8, () => ['name', this.#literal()]],
      [10, () => this.#geo()],
      [8, () => this.#path()],
      [2, () => [field(), 'null']],
      [3, () => ['objectId', text(random.pick(['x1', 'x2', 'x3']))]],
      [3, () => [random.pick(['createdAt', 'updatedAt']), op(random.pick(['$gt', '$lt', '$gte']), random.chance(0.5) ? this.day() : text(random.pick(DAYS)))]],
      [2, () => ['owner', op(random.pick(['$inQuery', '$notInQuery']), '{"where":{},"className":"_User"}')]],
      [1, () => ['$relatedTo', object([['object', this.owner()], ['key', text('fans')]])]],
      [1, () => ['name', '{"$text":{"$search":{"$term":"ann"}}}']],
    ])();
  }

  #range() {
    const { random } = this;
    const name = random.pick(['score', 'ratio', 'name', 'due', 'score', 'due']);
    const bounds = random.shuffled(['$lt', '$lte', '$gt', '$gte']).slice(0, random.between(1, 2));
    return [name, object(bounds.map(bound => [bound, this.#fields[name]()]))];
  }

  #membership() {
    const { random } = this;
    const [name, make] = random.pick([
      ['tags', () => this.tag()],
      ['name', this.#fields.name],
      ['score', this.#fields.score],
      ['owner', () => this.owner()],
      ['watchers', () => this.owner()],
      ['due', () => this.day()],
      ['owner', () => text(random.pick(OWNERS))],
    ]);
    const operators = ['tags', 'watchers'].includes(name) ? ['$in', '$nin', '$all', '$containedBy'] : ['$in', '$nin'];
    const members = random.many(0, 4, make);
    if (random.chance(0.08)) members.push('null');
    return [name, object([[random.pick(operators), list(members)]])];
  }

  #literal() {
    const { random } = this;
    const name = random.pick(NAMES);
    const part = name.slice(0, random.between(1, 3));
    const pattern = random.pick([`^${quote(part)}`, `${quote(name.slice(-2))}$`, quote(part), part.replace(/\W/g, '')]);
    const options = random.chance(0.3) ? [['$options', text('i')]] : [];
    return object([['$regex', text(pattern)], ...options]);
  }

  #geo() {
    const { random } = this;
    const corners = list([geoPoint(random.between(-5, 3), random.between(-5, 3)), geoPoint(random.between(4, 15), random.between(4, 15))]);
    const near = () => [['$nearSphere', this.place()], ['$maxDistance', text(random.pick([0, 0.05, 0.1, 0.2]))]];
    const circle = () => list([text([random.between(-5, 15), random.between(-5, 15)]), text(random.pick([0.05, 0.1, 0.2]))]);
    const ring = () => list(random.many(3, 5, () => this.place()));
    return random.weighted([
      [4, () => ['place', object(near())]],
      [1, () => ['place', object(near().slice(0, 1))]],
      [3, () => ['place', object([['$within', object([['$box', corners]])]])]],
      [3, () => ['place', object([['$geoWithin', object([['$centerSphere', circle()]])]])]],
      [3, () => ['place', object([['$geoWithin', object([['$polygon', ring()]])]])]],
      [3, () => ['area', object([['$geoIntersects', object([['$point', this.place()]])]])]],
    ])();
  }

  #path() {
    const { random } = this;
    return random.weighted([
      [4, () => ['detail.size', text(random.between(0, 5))]],
      [4, () => ['detail.size', object([[random.pick(['$lt', '$gte', '$ne']), text(random.between(0, 5))]])]],
      [3, () => ['detail.kind', object([['$in', list([this.tag(), this.tag()])]])]],
      [2, () => ['detail.when', object([['$gt', this.day()]])]],
      [1, () => ['detail.when', this.day()]],
      [1, () => ['owner.objectId', text(random.pick(OWNERS))]],
      [1, () => ['tags.length', object([['$gt', '1']])]],
      [1, () => ['tags.0', this.tag()]],
    ])();
  }
}
