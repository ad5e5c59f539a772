// The access matrix: who hears of what, beside what REST shows them, cell by cell, and beside Parse Server's own live queries.
//
// REST is the measure. It is asked before and after each step what every viewer finds by every question; the events that
// follow from it are what this server must tell, no more and no less.
//
// MATRIX_CLASSES says how many classes (pairs of permissions and protected fields) are tried, or `all`: first those that show
// one listed difference each, then others that MATRIX_SEED chooses.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../lib/process.mjs';
import { CACHE_MS, JAVASCRIPT_KEY, MASTER_KEY, startStack } from '../lib/stack.mjs';
import { APP_ID } from '../lib/feed.mjs';
import { RELEASE } from '../lib/releases.mjs';
import { LISTS, PERMISSIONS, PROTECTED, QUESTIONS, classes, sessionOf, viewers } from '../lib/matrix/dimensions.mjs';
import { each, expected, find, sorted } from '../lib/matrix/rest.mjs';
import { Listener } from '../lib/matrix/listener.mjs';
import { REASONS, reasonsOf } from '../lib/matrix/reasons.mjs';

/** The classes that show one listed difference each. */
const LISTED = Object.values(REASONS).map(({ shownBy }) => shownBy);
const COUNT = process.env.MATRIX_CLASSES === 'all' ? Infinity : Number(process.env.MATRIX_CLASSES ?? LISTED.length);
const SEED = Number(process.env.MATRIX_SEED ?? 1);
/** How many classes are tried at once. */
const GROUP = 2;
/** How long either server may be silent before it is taken to have told everything. */
const QUIET = 3 * CACHE_MS;
const PATIENCE = 60_000;

/** Viewers whose session is not valid. */
const INVALID = ['invalid', 'invalidForAnn', 'expired', 'ended'];

const pointer = (id, className = '_User') => ({ __type: 'Pointer', className, objectId: id });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe(`access beside parse-server ${RELEASE}`, () => {
  let stack, server, rest, ids, everybody, sides;
  const counts = { cells: 0, events: 0, refused: 0, theirsShowMore: 0, theirsShowLess: 0 };
  const seen = Object.fromEntries(Object.keys(REASONS).map((reason) => [reason, 0]));
  const failures = [];

  before(async () => {
    stack = await startStack(['Matrix.*'], { enforcePrivateUsers: false });
    rest = stack.rest;
    server = await startServer({
      appId: APP_ID,
      redisUrl: stack.redis.url,
      parseUrl: stack.parse.url,
      masterKey: MASTER_KEY,
      keyPairs: JSON.stringify({ javascriptKey: JAVASCRIPT_KEY, masterKey: MASTER_KEY }),
      cacheSeconds: CACHE_MS / 1000,
      parseTimeout: 60, // what is not answered is withheld, which is another test
    });
    everybody = await people();
    await rest.create('MatrixSentinel', {});
    sides = { ours: await listeners(server.ws), theirs: await listeners(stack.parse.ws) };
  });
  after(async () => {
    Object.values(sides ?? {}).forEach((side) => Object.values(side).forEach((listener) => listener.close()));
    await server?.end('SIGTERM');
    await stack?.end();
  });

  async function people() {
    const names = ['ann', 'bob', 'carl', 'dora'];
    const users = {};
    for (const username of names) users[username] = await rest.signUp({ username, password: 'p' });
    ids = Object.fromEntries(names.map((name) => [name, users[name].objectId]));
    const add = (className, list) => ({ __op: 'AddRelation', objects: list.map((id) => pointer(id, className)) });
    const role = (name, relations) => rest.create('_Role', { name, ACL: {}, ...relations });
    const writers = await role('writers', { users: add('_User', [ids.carl, ids.dora]) });
    await role('editors', { roles: add('_Role', [writers]) });
    const logIn = async (username) =>
      (await rest.ask('POST', 'login', { username, password: 'p' }, {})).sessionToken;
    const [expired, ended] = [await logIn('ann'), await logIn('ann')];
    const found = await rest.ask('GET', `sessions?where=${encodeURIComponent(JSON.stringify({ sessionToken: expired }))}`);
    const past = { __type: 'Date', iso: '2020-01-01T00:00:00.000Z' };
    await rest.ask('PUT', `sessions/${found.results[0].objectId}`, { expiresAt: past });
    await rest.ask('POST', 'logout', {}, { 'X-Parse-Session-Token': ended });
    await pause(QUIET);
    const sessions = Object.fromEntries(names.map((name) => [name, users[name].sessionToken]));
    return viewers({ ...sessions, expired, ended });
  }

  async function listeners(url) {
    const open = async ([name, viewer]) => [name, await Listener.open(url, viewer, 'MatrixSentinel')];
    return Object.fromEntries(await Promise.all(Object.entries(everybody).map(open)));
  }

  /** Who somebody is to REST. Whose session is not valid is nobody here; that REST refuses them stands in the README. */
  const identity = (viewer) => {
    const who = everybody[viewer];
    const isValid = !INVALID.includes(viewer);
    return { isMaster: who.isMaster, session: isValid ? sessionOf(who) : undefined };
  };

  /** What REST shows everybody of some classes by all questions: by viewer, class and question. */
  async function shown(group) {
    const identities = new Map(Object.keys(everybody).map((viewer) => [JSON.stringify(identity(viewer)), identity(viewer)]));
    const questions = [...identities].flatMap(([key, who]) =>
      group.flatMap((one) => Object.entries(one.questions).map(([name, { where }]) => ({ key, who, one, name, where }))),
    );
    const answers = await each(questions, ({ who, one, where }) => find(stack.parse.url, who, one.name, where));
    const byIdentity = {};
    questions.forEach(({ key, one, name }, index) => {
      (byIdentity[key] ??= new Map()).set(`${one.name} ${name}`, answers[index]);
    });
    return Object.fromEntries(Object.keys(everybody).map((viewer) => [viewer, byIdentity[JSON.stringify(identity(viewer))]]));
  }

  /** Waits until both servers have told what there is. */
  async function settle() {
    const sentinel = await rest.create('MatrixSentinel', {});
    const all = Object.values(sides).flatMap((side) => Object.values(side));
    const heard = () => all.reduce((sum, { heard }) => sum + heard, 0);
    const deadline = Date.now() + PATIENCE;
    while (!all.every((listener) => listener.hasSeen(sentinel))) {
      if (Date.now() > deadline) throw new Error('a change did not reach everybody');
      await pause(5);
    }
    // What waits for an answer of Parse Server is overtaken by the sentinel.
    await server.settled('livematch_events_parked', 0, PATIENCE);
    for (let before = -1; before !== heard(); ) {
      before = heard();
      await pause(QUIET);
    }
  }

  const create = (name, list) => each(list, (fields) => rest.create(name, fields));
  const update = (one, fields) => {
    one.touched = one.ids;
    return each(one.ids, (id, index) => rest.update(one.name, id, fields(index)));
  };

  /** Objects of every access list, one each; whom they belong to alternates. */
  function objects() {
    return Object.entries(LISTS).map(([list, of], index) => {
      const owner = [ids.ann, ids.bob][index % 2];
      const friends = [[ids.bob], [ids.ann, ids.carl]][index % 2];
      const fields = { n: index, on: true, secret: 1, meta: { s: 1 }, owner: pointer(owner), friends: friends.map((id) => pointer(id)) };
      const ACL = of(ids);
      return ACL === undefined ? fields : { ...fields, ACL };
    });
  }

  async function prepare(one) {
    const fields = {
      n: { type: 'Number' }, on: { type: 'Boolean' }, secret: { type: 'Number' }, meta: { type: 'Object' },
      owner: { type: 'Pointer', targetClass: '_User' }, friends: { type: 'Array' },
    };
    const protectedFields = PROTECTED[one.fields](ids);
    const classLevelPermissions = { create: {}, update: {}, delete: {}, ...PERMISSIONS[one.permissions](ids), ...(protectedFields && { protectedFields }) };
    await rest.ask('POST', `schemas/${one.name}`, { className: one.name, fields, classLevelPermissions });
    one.ids = await create(one.name, objects());
    one.first = one.ids[1]; // everybody is on its list
    one.questions = Object.fromEntries(Object.entries(QUESTIONS).map(([name, of]) => [name, of(one)]));
  }

  /** Subscribes everybody to everything; whether that is refused must be as in REST. */
  async function subscribe(group, before) {
    for (const one of group) {
      one.subscriptions = {};
      for (const viewer of Object.keys(everybody)) {
        for (const [name, question] of Object.entries(one.questions)) {
          const cell = { viewer, question: name, ...one };
          const [ours, theirs] = await Promise.all(['ours', 'theirs'].map((side) => sides[side][viewer].subscribe(one.name, question)));
          const asked = question.watch?.includes('secret') ? 'secret' : name;
          const { code } = before[viewer].get(`${one.name} ${asked}`);
          counts.refused += code ? 1 : 0;
          // REST looks for protected fields first and live queries at the class, so that the code may be another.
          if (!ours.code !== !code) fail(cell, 'subscribe', ours.code, code);
          if (!theirs.code !== !code) explain(cell, 'subscribe', theirs.code, code);
          one.subscriptions[`${viewer} ${name}`] = { ours, theirs };
        }
      }
    }
  }

  function fail({ name, viewer, question }, step, ours, measure) {
    failures.push(`${name} ${viewer} ${question} ${step}: ${short(ours)} where REST says ${short(measure)}`);
  }

  /** Parse Server's live queries differ from REST; that must have one of the reasons that are listed. */
  function explain(cell, step, theirs, measure) {
    const reasons = reasonsOf(cell).filter((reason) => !REASONS[reason].isGone);
    if (reasons.length === 1) seen[reasons[0]]++;
    if (reasons.length === 0) {
      failures.push(`unlisted, theirs: ${cell.name} ${cell.viewer} ${cell.question} ${step}: ${short(theirs)} where REST says ${short(measure)}`);
    }
  }

  const short = (what) => (JSON.stringify(what) ?? 'nothing').replaceAll('\\"', "'").slice(0, 300);
  const text = (events) => events.map((event) => JSON.stringify(sorted(event))).sort();

  function compare(group, step, before, after) {
    const isRefused = (answer) => answer.code !== undefined;
    for (const one of group) {
      const of = (state, viewer, question) => state[viewer].get(`${one.name} ${question}`);
      const [was, is] = [of(before, 'master', 'everything'), of(after, 'master', 'everything')];
      for (const viewer of Object.keys(everybody)) {
        for (const [name, question] of Object.entries(one.questions)) {
          const { ours, theirs } = one.subscriptions[`${viewer} ${name}`];
          const gate = name === 'one' ? 'one' : 'everything';
          const [could, can] = [of(before, viewer, gate), of(after, viewer, gate)];
          const asked = question.watch?.includes('secret') && isRefused(of(after, viewer, 'secret')) ? 'secret' : name;
          const measure = text(expected({
            touched: one.touched, before: of(before, viewer, asked), after: of(after, viewer, asked), could, can, was, is, question,
          }));
          counts.cells += one.touched.length;
          counts.events += measure.length;
          const cell = { viewer, question: name, ...one };
          const told = (side, { id }) => (id === undefined ? [] : text(sides[side][viewer].take(id)));
          const [we, they] = [told('ours', ours), told('theirs', theirs)];
          if (JSON.stringify(we) !== JSON.stringify(measure)) fail(cell, step, difference(we, measure), difference(measure, we));
          if (JSON.stringify(they) !== JSON.stringify(measure)) {
            counts.theirsShowMore += difference(they, measure).length;
            counts.theirsShowLess += difference(measure, they).length;
            explain(cell, step, difference(they, measure), difference(measure, they));
          }
        }
      }
    }
  }

  const difference = (some, others) => some.filter((event) => !others.includes(event));

  const STEPS = {
    create: async (one) => {
      one.touched = await create(one.name, objects());
      one.ids.push(...one.touched);
    },
    update: (one) => update(one, (index) => ({ n: 100 + index })),
    'leave by a field': (one) => update(one, () => ({ on: false, secret: 2, meta: { s: 2 } })),
    'enter by a field': (one) => update(one, () => ({ on: true, secret: 1, meta: { s: 1 } })),
    'other lists': (one) => {
      const lists = Object.values(LISTS).map((of) => of(ids) ?? { '*': { read: true } });
      return update(one, (index) => ({ ACL: lists[(index + 3) % lists.length] }));
    },
    'other owners': (one) =>
      update(one, (index) => ({
        owner: pointer([ids.bob, ids.ann][index % 2]),
        friends: [pointer([ids.ann, ids.bob][index % 2])],
        ACL: { '*': { read: true } },
      })),
    delete: (one) => each(one.ids, (id) => rest.remove(one.name, id)),
  };

  test('REST refuses sessions that are not valid', async () => {
    for (const viewer of INVALID) {
      const answer = await find(stack.parse.url, { session: sessionOf(everybody[viewer]) }, 'MatrixSentinel', {});
      assert.equal(answer.code, 209, viewer);
    }
  });

  test('every cell is as in REST', { timeout: 10_800_000 }, async () => {
    const chosen = classes({ count: COUNT, seed: SEED, first: LISTED });
    for (let at = 0; at < chosen.length; at += GROUP) {
      const group = chosen.slice(at, at + GROUP);
      for (const one of group) await prepare(one);
      await pause(QUIET); // schemas are remembered, too
      let before = await shown(group);
      await subscribe(group, before);
      for (const [step, change] of Object.entries(STEPS)) {
        await pause(CACHE_MS);
        for (const one of group) await change(one);
        await settle();
        const after = await shown(group);
        compare(group, step, before, after);
        before = after;
      }
      await unsubscribe(group);
    }
    console.log(`matrix: ${RELEASE}, ${chosen.length} classes, ${counts.cells} cells, ${counts.events} events, ${counts.refused} refusals; ` +
      `Parse Server's own live queries show ${counts.theirsShowMore} events that REST does not, and lack ${counts.theirsShowLess}`);
    console.log(`matrix: differences of Parse Server's own by reason: ${JSON.stringify(seen)}`);
    const unanswered = server.lines.filter((line) => line.includes('did not answer'));
    assert.deepEqual(unanswered, [], 'Parse Server has answered everything');
    assert.deepEqual(failures.slice(0, 20), [], `${failures.length} cells differ`);
  });

  async function unsubscribe(group) {
    for (const { subscriptions } of group) {
      for (const [key, both] of Object.entries(subscriptions)) {
        const [viewer] = key.split(' ');
        const live = Object.entries(both).filter(([, { id }]) => id !== undefined);
        await Promise.all(live.map(([side, { id }]) => sides[side][viewer].unsubscribe(id)));
      }
    }
  }

  test('every listed difference is still there', { skip: COUNT < LISTED.length && 'only where all of them could be shown' }, () => {
    const gone = Object.keys(REASONS).filter((reason) => !REASONS[reason].isGone && seen[reason] === 0);
    assert.deepEqual(gone, []);
  });
});
