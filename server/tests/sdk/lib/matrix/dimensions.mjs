// What the access matrix is made of: who looks, at what, by which permissions, asking which question.

/** Users, roles and sessions; who looks is named by the sessions of `connect` and of the subscription. */
export const viewers = ({ ann, bob, carl, dora, expired, ended }) => ({
  nobody: {},
  ann: { own: ann },
  annsClient: { client: ann },
  bob: { own: bob },
  carl: { own: carl }, // a writer
  carlsClient: { client: carl },
  dora: { own: dora }, // an editor, since writers are
  bobForAnn: { client: bob, own: ann },
  annForBob: { client: ann, own: bob },
  emptyForAnn: { client: ann, own: '' },
  empty: { client: '', own: '' },
  invalid: { own: 'r:00000000000000000000000000000000' },
  invalidForAnn: { client: ann, own: 'r:00000000000000000000000000000000' },
  expired: { own: expired },
  ended: { client: ended },
  master: { isMaster: true },
});

/** The session that says who somebody is. */
export const sessionOf = ({ client, own }) => own || client || undefined;

const both = (entries) => ({ find: entries, get: entries });

/** Permissions of a class. */
export const PERMISSIONS = {
  open: () => both({ '*': true }),
  authenticated: () => both({ requiresAuthentication: true }),
  user: ({ ann }) => both({ [ann]: true }),
  role: () => both({ 'role:writers': true }),
  parentRole: () => both({ 'role:editors': true }),
  pointers: () => both({ pointerFields: ['owner'] }),
  list: () => both({ pointerFields: ['friends'] }),
  readUserFields: () => ({ ...both({}), readUserFields: ['owner', 'friends'] }),
  authenticatedPointers: () => both({ requiresAuthentication: true, pointerFields: ['owner'] }),
  roleOrPointers: () => both({ 'role:writers': true, pointerFields: ['owner'] }),
  getOnly: () => ({ find: {}, get: { '*': true } }),
  findOnly: () => ({ find: { '*': true }, get: {} }),
  closed: () => both({}),
};

/** Protected fields of a class. */
export const PROTECTED = {
  none: () => undefined,
  all: () => ({ '*': ['secret', 'meta'] }),
  authenticated: () => ({ authenticated: ['secret'] }),
  butAuthenticated: () => ({ '*': ['secret', 'meta'], authenticated: ['meta'] }),
  butRole: () => ({ '*': ['secret', 'meta'], 'role:writers': [] }),
  butParentRole: () => ({ '*': ['secret', 'meta'], authenticated: ['secret'], 'role:editors': ['meta'] }),
  role: () => ({ 'role:writers': ['secret'] }),
  butUser: ({ ann }) => ({ '*': ['secret', 'meta'], [ann]: [] }),
  butOwner: () => ({ '*': ['secret', 'meta'], 'userField:owner': ['meta'] }),
  butFriends: () => ({ '*': ['secret', 'meta'], authenticated: ['secret', 'meta'], 'userField:friends': [] }),
  nothing: () => ({ '*': [], authenticated: ['secret'] }),
};

/** Access lists of an object. */
export const LISTS = {
  none: () => undefined,
  public: () => ({ '*': { read: true } }),
  user: ({ ann }) => ({ [ann]: { read: true, write: true } }),
  other: ({ bob }) => ({ [bob]: { read: true } }),
  role: () => ({ 'role:writers': { read: true } }),
  parentRole: () => ({ 'role:editors': { read: true } }),
  writing: ({ ann }) => ({ [ann]: { write: true }, '*': { write: true } }),
  empty: () => ({}),
};

/** Questions; `first` is the id of an object that is there when they are asked. */
export const QUESTIONS = {
  everything: () => ({ where: {} }),
  one: ({ first }) => ({ where: { objectId: first } }),
  on: () => ({ where: { on: true } }),
  secret: () => ({ where: { secret: 1 } }),
  nested: () => ({ where: { $or: [{ n: { $gt: 1000 } }, { $and: [{ secret: { $gte: 0 } }, { n: { $gte: 0 } }] }] } }),
  nor: () => ({ where: { $nor: [{ secret: 99 }] } }),
  dotted: () => ({ where: { 'meta.s': 1 } }),
  watched: () => ({ where: {}, watch: ['secret'] }),
  watchedOpen: () => ({ where: {}, watch: ['n'] }),
  selected: () => ({ where: {}, keys: ['secret', 'n'] }),
};

/** Every class of the matrix, or so many of them: those that are named, and others that a seed chooses. */
export function classes({ count, seed, first }) {
  const all = Object.keys(PERMISSIONS).flatMap((permissions) =>
    Object.keys(PROTECTED).map((fields) => ({ name: `Matrix_${permissions}_${fields}`, permissions, fields })),
  );
  const isFirst = ({ permissions, fields }) => first.includes(`${permissions} ${fields}`);
  const others = shuffled(all.filter((one) => !isFirst(one)), seed);
  return [...all.filter(isFirst), ...others].slice(0, count);
}

/** The same order for the same seed. */
function shuffled(list, seed) {
  let state = seed >>> 0 || 1;
  const next = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32);
  const keyed = list.map((item) => [next(), item]);
  return keyed.sort(([a], [b]) => a - b).map(([, item]) => item);
}
