// Asks the original about one `where` and the two sides of a change.

import { QueryTools, bareServer } from './original.mjs';

const server = bareServer();

export const isObject = value => typeof value === 'object' && value !== null;
const present = side => side !== null && side !== undefined;

/** The event that two verdicts make, as `_onAfterSave` and `_onAfterDelete` decide it. */
export function eventOf(before, after, hasBefore, hasAfter) {
  if (before === 'fault' || after === 'fault') return null;
  if (hasBefore && !hasAfter) return before ? 'delete' : null;
  if (before && after) return 'update';
  if (before) return 'leave';
  if (after) return hasBefore ? 'enter' : 'create';
  return null;
}

function answer(before, after) {
  const event = eventOf(before, after, before !== null, after !== null);
  return { old: before, new: after, event };
}

function verdict(match, object) {
  if (!present(object)) return null;
  try {
    return match(object);
  } catch {
    return 'fault';
  }
}

/**
 * What `matchesQuery` says of both sides. It changes the objects it is given, so the sides must be
 * freshly parsed and may not be asked about again.
 */
export function matchRaw({ where, old: before, new: after }) {
  const match = object => QueryTools.matchesQuery(object, where);
  return answer(verdict(match, before), verdict(match, after));
}

/** What the server says of objects in the JSON that it matches; they can be asked about again. */
export function matchObjects(where, before, after) {
  const match = object => server._matchesSubscription(object, { query: where });
  return answer(verdict(match, before), verdict(match, after));
}

/** Parse Server's text for grouping equal queries, or null where making it throws. */
export function queryHash(className, where) {
  try {
    return QueryTools.queryHash({ className, where });
  } catch {
    return null;
  }
}

/**
 * Would the original never come back? It loops for ever over a quotation that is not closed, and walks
 * `$all` up to any `length` that an object claims to have.
 */
export function hangs(where) {
  if (!isObject(where)) return false;
  return Object.entries(where).some(
    ([key, operand]) =>
      (key === '$regex' && hasOpenQuote(operand)) ||
      (key === '$all' && isEndless(operand)) ||
      hangs(operand),
  );
}

export function hasOpenQuote(pattern) {
  if (typeof pattern !== 'string') return false;
  for (let start = pattern.indexOf('\\Q'); start > -1; ) {
    const end = pattern.indexOf('\\E', start);
    if (end < 0) return true;
    start = pattern.indexOf('\\Q', end);
  }
  return false;
}

const LONG = 100_000;

export function isEndless(operand) {
  if (!isObject(operand) || Array.isArray(operand)) return false;
  try {
    return Number(operand.length) > LONG;
  } catch {
    return false;
  }
}
