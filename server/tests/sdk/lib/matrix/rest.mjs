// What REST shows to somebody, and what follows from it for live queries.
import { APP_ID } from '../feed.mjs';
import { JAVASCRIPT_KEY, MASTER_KEY } from '../stack.mjs';

const FIELDS = ['n', 'on', 'secret', 'meta', 'owner', 'friends'];

/** How many requests are under way at once. */
const AT_ONCE = 16;

/** Does something with each of a list, a few at once; the results in order. */
export async function each(list, act) {
  const results = [];
  let next = 0;
  const work = async () => {
    while (next < list.length) {
      const index = next++;
      results[index] = await act(list[index], index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** Asks a class a question: the objects by id, or the code of the error. */
export async function find(url, { session, isMaster }, className, where) {
  const who = isMaster ? { 'X-Parse-Master-Key': MASTER_KEY } : { 'X-Parse-Javascript-Key': JAVASCRIPT_KEY };
  if (session) who['X-Parse-Session-Token'] = session;
  const response = await fetch(`${url}/classes/${className}`, {
    method: 'POST',
    headers: { 'X-Parse-Application-Id': APP_ID, 'Content-Type': 'application/json', ...who },
    body: JSON.stringify({ _method: 'GET', where, limit: 1000 }),
  });
  const answer = await response.json();
  if (!response.ok) return { code: answer.code };
  return new Map(answer.results.map((object) => [object.objectId, plain(object)]));
}

/** What is compared of an object. */
export function plain(object) {
  return Object.fromEntries(FIELDS.filter((field) => object[field] !== undefined).map((field) => [field, object[field]]));
}

/**
 * The events that follow from what REST showed before and after a step.
 *
 * Only objects that were touched have any. `before` and `after` are what the question finds, `could` and `can` what the viewer may read whatever they ask, and
 * `was` and `is` all objects, as the master sees them.
 */
export function expected({ touched, before, after, could, can, was, is, question }) {
  if (before.code || after.code) return [];
  const events = [];
  for (const id of touched.filter((id) => before.has(id) || after.has(id))) {
    const event = nameOf(before.has(id), after.has(id), was.has(id), is.has(id));
    const unwatched = question.watch?.every((field) => same(was.get(id)?.[field], is.get(id)?.[field]));
    if (unwatched && (event === 'create' || event === 'update')) continue;
    const object = event === 'delete' ? before.get(id) : (after.get(id) ?? can.get(id) ?? before.get(id));
    const original = event === 'create' || event === 'delete' ? undefined : (before.get(id) ?? could.get(id));
    events.push({ id, event, object: cut(object, question), original: cut(original, question) });
  }
  return events;
}

function nameOf(matched, matches, was, is) {
  if (matched && matches) return 'update';
  if (matches) return was ? 'enter' : 'create';
  return is ? 'leave' : 'delete';
}

function cut(object, { keys }) {
  if (!object || !keys) return object;
  return Object.fromEntries(Object.entries(object).filter(([field]) => keys.includes(field)));
}

export const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** The value with the members of objects in an order of their own. */
export function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}
