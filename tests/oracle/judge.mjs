// Compares one answer of the binary with the original's.
//
// A judge is asked in two steps, so that the original works while the binary does: with the line, and
// then with the binary's answer. It resolves to null where both agree, else to
// {kind, theirs, explainedBy}, explainedBy being the ledger's rule or null.

import { explain, sameAnswer, withoutLegacyDates, withoutSecrets } from './ledger.mjs';
import { hangs, isObject, matchRaw } from './matcher.mjs';
import { deliver } from './messages.mjs';
import { subscribe } from './subscribe.mjs';

/** One in this many accepted clauses is checked against the server's own acceptance. */
const SAMPLING = 50;
let asked = 0;

/** The operators that can keep the original for ever, or an escape that may spell one. */
const MAY_HANG = /\$regex|\$all|\\u/;

export function judgeChange(line) {
  const parsed = JSON.parse(line);
  const theirs = MAY_HANG.test(line) && hangs(parsed.where) ? 'hangs' : matchRaw(parsed);
  const agreed = JSON.stringify(theirs);
  asked += 1;
  const sampled = asked % SAMPLING === 0;
  return answer => (answer === agreed && !sampled ? null : compare(line, theirs, answer, sampled));
}

async function compare(line, theirs, answer, sampled) {
  const ours = parsedAnswer(answer);
  const { where } = JSON.parse(line);
  const refusal = ours.error || sampled ? await refusalOf(where) : null;
  const kind = disagreement(theirs, ours, refusal);
  if (!kind) return null;
  return { kind, theirs: refusal ?? theirs, explainedBy: explain({ line, where, theirs, ours, refusal }) };
}

function disagreement(theirs, ours, refusal) {
  if (ours.error) return refusal ? null : 'refused here only';
  if (refusal) return 'refused there only';
  return theirs !== 'hangs' && sameAnswer(theirs, ours) ? null : 'answer';
}

async function refusalOf(where) {
  const said = await subscribe(where);
  return said === 'ok' ? null : said;
}

function parsedAnswer(answer) {
  try {
    return JSON.parse(answer);
  } catch {
    return { error: { kind: `not JSON: ${answer}` } };
  }
}

export function judgeMessage(line, queries) {
  const theirs = delivered(line, queries);
  return async answer => {
    const ours = parsedAnswer(answer);
    if (sameDelivery(theirs, ours)) return null;
    return { kind: 'message', theirs, explainedBy: explainMessage(line, queries, theirs, ours) };
  };
}

/** The rule of the ledger that explains what becomes of a message here, or null. */
function explainMessage(line, queries, theirs, ours) {
  const agrees = answer => answer !== null && sameDelivery(answer, ours);
  const strictly = text => withoutLegacyDates(() => delivered(text, queries));
  if (agrees(strictly(line))) return 'legacy-date';
  const shown = withoutSecrets(line);
  if (shown && (agrees(delivered(shown, queries)) || agrees(strictly(shown)))) return 'secrets';
  const { currentParseObject: current, originalParseObject: original } = JSON.parse(line).message ?? {};
  return [current, original].some(side => isObject(side?.className)) && !ours.events?.length ? 'class-name' : null;
}

function delivered(line, queries) {
  const { op, message } = JSON.parse(line);
  const { objects, ...answer } = deliver(op, message, queries);
  return answer;
}

function sameDelivery(theirs, ours) {
  if (theirs.lost) return typeof ours.lost === 'string';
  if (!Array.isArray(ours.events)) return false;
  const named = events => events.filter(({ event }) => event !== null).map(({ id, event }) => `${id} ${event}`);
  return named(theirs.events).sort().join() === named(ours.events).sort().join();
}
