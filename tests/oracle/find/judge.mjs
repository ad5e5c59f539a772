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
 * are that nothing is known of.
 */
export function ask(line, object) {
  const { where, schema, now = '2024-01-01T00:00:00.000Z', className = 'T', legacyDottedNull: legacyNull = true } = line;
  let refusal = null;
  for (const fields of schemas(where, object, schema)) {
    const context = { className, fields, now };
    let test;
    try {
      test = compile(filterOf(where, context), { legacyNull });
    } catch (error) {
      refusal ??= refusalOf(error);
      continue;
    }
    return { matches: test(stored(object, context)), fields };
  }
  return { refusal };
}

function stored(object, context) {
  try {
    return documentOf(object, context);
  } catch (error) {
    throw new Unstorable(`${error?.message ?? error}`);
  }
}

function verdict(line, side) {
  if (!present(side)) return null;
  return ask(line, side).matches ?? 'fault';
}

/**
 * The answer for both sides, or `{error}` where find() refuses the clause for every object. A side is a fault if find()
 * refuses the clause for a class with such an object.
 */
export function find(line) {
  const { refusal } = ask(line, {});
  if (refusal !== undefined) return { error: refusal };
  const [before, after] = [verdict(line, line.old), verdict(line, line.new)];
  return { old: before, new: after, event: eventOf(before, after, before !== null, after !== null) };
}
