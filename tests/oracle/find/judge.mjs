// What find() answers for a clause and the two sides of a change.

import { eventOf } from '../matcher.mjs';
import { Beyond, documentOf, filterOf } from './lowering.mjs';
import { FilterError } from './mongo/error.mjs';
import { compile } from './mongo/filter.mjs';
import { schemas } from './schema.mjs';

const present = side => side !== null && side !== undefined;

/** An object that could not have been saved. */
export class Unstorable extends Error {}

/** What a clause is refused with: what it would take beyond the object, Parse's code, or that the database refuses it. */
function refusalOf(error) {
  if (error instanceof Beyond) return error.reason;
  if (error instanceof FilterError) return 'database';
  if (typeof error?.code === 'number') return error.code;
  if (error instanceof TypeError || error instanceof SyntaxError) return 1;
  throw error;
}

/**
 * {matches, fields} by the first columns under which the clause is not refused, or {refusal} if it is whatever the columns
 * are that nothing is known of. `tests` keeps what the clause asks, by columns.
 */
export function ask(line, object, tests = new Map()) {
  const { where, schema, now = '2024-01-01T00:00:00.000Z', className = 'T' } = line;
  let refusal = null;
  for (const fields of schemas(where, object, schema)) {
    const context = { className, fields, now };
    const columns = JSON.stringify(fields);
    if (!tests.has(columns)) tests.set(columns, testOf(line, context));
    const test = tests.get(columns);
    if (test.refusal === undefined) return { matches: test(stored(object, context)), fields };
    refusal ??= test.refusal;
  }
  return { refusal };
}

/** What a clause asks of documents under some columns, or `{refusal}`. */
function testOf({ where, legacyDottedNull: legacyNull = true }, context) {
  try {
    return compile(filterOf(where, context), { legacyNull });
  } catch (error) {
    return { refusal: refusalOf(error) };
  }
}

function stored(object, context) {
  try {
    return documentOf(object, context);
  } catch (error) {
    throw new Unstorable(`${error?.message ?? error}`);
  }
}

function verdict(line, side, tests) {
  if (!present(side)) return null;
  return ask(line, side, tests).matches ?? 'fault';
}

/**
 * The answer for both sides, or `{error}` where find() refuses the clause for every object. A side is a fault if find()
 * refuses the clause for a class with such an object.
 */
export function find(line) {
  const tests = new Map();
  const { refusal } = ask(line, {}, tests);
  if (refusal !== undefined) return { error: refusal };
  const [before, after] = [verdict(line, line.old, tests), verdict(line, line.new, tests)];
  return { old: before, new: after, event: eventOf(before, after, before !== null, after !== null) };
}
