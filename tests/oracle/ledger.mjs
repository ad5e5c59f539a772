// Which disagreements with the original are agreed on. Each rule has the name of entries in
// ../data/ledger.jsonl and says, as narrowly as it can, whether it explains one disagreement.
//
// A rule is asked with {line, where, theirs, ours, refusal}: the text, the parsed clause, what each
// side answers ("hangs" where the original was not asked), and the server's refusal or null.

import { hasOpenQuote, isEndless, isObject, matchRaw } from './matcher.mjs';

const LOGIC = ['$or', '$and', '$nor'];

/** The rule that explains a disagreement, or null. */
export function explain(disagreement) {
  const rule = Object.entries(rules).find(([, explains]) => explains(disagreement));
  return rule ? rule[0] : null;
}

const rules = {
  'unterminated-quote': ({ where, theirs, ours }) => {
    if (theirs !== 'hangs' || !someMember(where, '$regex', hasOpenQuote)) return false;
    const checked = patternsOf(where).some(({ pattern }) => hasOpenQuote(pattern));
    return checked ? ours.error?.kind === 'unterminated-quote' : !ours.error;
  },

  'all-length': ({ where, theirs, ours }) =>
    theirs === 'hangs' &&
    !ours.error &&
    someMember(where, '$all', isEndless) &&
    !someMember(where, '$regex', hasOpenQuote),

  limit: ({ line, where, ours }) => ours.error?.kind === 'limit' && exceedsLimits(line, where),

  unreadable: ({ line, ours }) => ours.error?.kind === 'json' && isUnreadable(line),

  'legacy-date': ({ line, theirs, ours, refusal }) => {
    if (refusal || ours.error || theirs === 'hangs') return false;
    const strict = withoutLegacyDates(() => matchRaw(JSON.parse(line)));
    return strict !== null && sameAnswer(strict, ours);
  },

  'built-in-name': ({ line, theirs, ours, refusal }) =>
    !refusal && !ours.error && theirs !== 'hangs' && namesBuiltIn(JSON.parse(line)),

  'quoted-pattern': ({ where, theirs, ours, refusal }) =>
    /^Invalid regular expression:/.test(refusal ?? '') &&
    sameAnswer(theirs, ours) &&
    patternsOf(where).every(one => isValid(one.pattern, one.flags) || isValid(rewritten(one.pattern), one.flags)),

  'unsupported-pattern': ({ where, ours }) =>
    ours.error?.kind === 'unsupported-regex' && patternsOf(where).some(({ pattern }) => !isLiteral(pattern)),

  // With the flag v V8 11 goes wrong where a complement or an empty class is repeated; spelled otherwise it does not.
  'engine-fault': ({ line, where, theirs, ours, refusal }) => {
    if (refusal || ours.error || theirs === 'hangs') return false;
    const same = respelled(where);
    return same !== null && sameAnswer(matchRaw({ ...JSON.parse(line), where: same }), ours);
  },
};

export const sameAnswer = (theirs, ours) =>
  theirs.old === ours.old && theirs.new === ours.new && theirs.event === ours.event;

function someMember(value, name, test) {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => (key === name && test(inner)) || someMember(inner, name, test));
}

/** The text patterns at the places where the server checks them when a client subscribes. */
function patternsOf(where) {
  if (!isObject(where)) return [];
  const branches = LOGIC.flatMap(key => (Array.isArray(where[key]) ? where[key] : []));
  const constraints = Object.values(where).filter(one => isObject(one) && typeof one.$regex === 'string');
  const own = constraints.map(one => ({ pattern: one.$regex, flags: one.$options || '' }));
  return [...own, ...branches.flatMap(patternsOf)];
}

function isValid(pattern, flags) {
  try {
    return Boolean(new RegExp(pattern, flags));
  } catch {
    return false;
  }
}

/** The clause with complements and empty classes spelled as look-aheads in patterns with the flag v; null without any. */
function respelled(where) {
  let found = false;
  const same = JSON.parse(JSON.stringify(where), (key, value) => {
    if (!isObject(value) || typeof value.$regex !== 'string' || !String(value.$options).includes('v')) return value;
    const $regex = value.$regex
      .replaceAll('[]', '(?!)')
      .replace(/\[\^((?:[^[\]\\]|\\[^])*)\]/g, (_, inner) => (inner ? `(?:(?![${inner}])[\\s\\S])` : '[\\s\\S]'));
    found ||= $regex !== value.$regex;
    return { ...value, $regex };
  });
  return found ? same : null;
}

const rewritten = pattern =>
  pattern.replace(/\\Q([^]*?)\\E/g, (_, inner) => inner.replace(/\\\\\\\\E/g, '\\E').replace(/\W/g, '\\$&'));

/** What an engine for literals alone answers: quoted or plain text between anchors. */
const isLiteral = pattern => /^\^?(?:\\Q[^]*?\\E|[\w ])*\$?$/.test(pattern);

function exceedsLimits(line, where) {
  return (
    line.length > 256 * 1024 ||
    logicDepth(where) > 32 ||
    depth(where) > 100 ||
    someNode(where, ([key]) => key.split('.').length > 64) ||
    someNode(where, ([, value]) => Array.isArray(value) && value.length > 1000) ||
    countNodes(where) > 4096
  );
}

const someNode = (value, test) =>
  isObject(value) && Object.entries(value).some(entry => test(entry) || someNode(entry[1], test));

const countNodes = value =>
  isObject(value) ? Object.values(value).reduce((sum, inner) => sum + 1 + countNodes(inner), 0) : 0;

const deepest = (values, measure) => values.reduce((most, value) => Math.max(most, measure(value)), 0);

const depth = value => (isObject(value) ? 1 + deepest(Object.values(value), depth) : 0);

function logicDepth(value) {
  if (!isObject(value)) return 0;
  return deepest(Object.entries(value), ([key, inner]) => (LOGIC.includes(key) ? 1 : 0) + logicDepth(inner));
}

/** Can `JSON.parse` read more of it than serde_json does? */
function isUnreadable(line) {
  const value = JSON.parse(line);
  const odd = one => one === Infinity || one === -Infinity || (typeof one === 'string' && !one.isWellFormed());
  // Half a pair also stands where a later key of the same name hides it.
  const half = /\\u[dD](?:[89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])|[c-fC-F])/.test(line);
  return half || depth(value) > 127 || someNode(value, ([key, inner]) => !key.isWellFormed() || odd(inner));
}

/** The shape of the standard's date texts, with the leniencies that V8 has before its legacy parser. */
const STANDARD_DATE =
  /^(?:\d{4}|[+-]\d{6})(?:-\d\d(?:-\d\d)?)?(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?|[Zz])?$/;

export const isLegacyDate = iso => Number.isFinite(Date.parse(iso)) && !STANDARD_DATE.test(iso);

/** A date that is invalid where only the legacy parser reads its text. */
class StandardDate extends Date {
  static met = false;

  constructor(...parts) {
    // A list is read as its joined text.
    const isText = parts.length === 1 && (typeof parts[0] === 'string' || Array.isArray(parts[0]));
    const legacy = isText && isLegacyDate(String(parts[0]));
    StandardDate.met ||= legacy;
    super(...(legacy ? [NaN] : parts));
  }
}

/** What `ask` returns of an original that has no legacy parser; null if it would not have been used. */
export function withoutLegacyDates(ask) {
  const { Date } = globalThis;
  StandardDate.met = false;
  globalThis.Date = StandardDate;
  try {
    const answer = ask();
    return StandardDate.met ? answer : null;
  } finally {
    globalThis.Date = Date;
  }
}

/** What never comes out of a message here: members of users and sessions, wherever they stand in it. */
const SECRETS = ['sessionToken', 'password', 'authData'];

/** A published message without its secrets; null where it has none. */
export function withoutSecrets(line) {
  let found = false;
  const isPerson = value => isObject(value) && ['_User', '_Session'].includes(value.className);
  const parsed = JSON.parse(line);
  const sides = isPerson(parsed.message?.currentParseObject) ? ['currentParseObject', 'originalParseObject'] : [];
  const plain = JSON.stringify(parsed, (key, value) => {
    if (!isPerson(value) && !(isObject(value) && sides.includes(key))) return value;
    const kept = Object.entries(value).filter(([name]) => !SECRETS.includes(name));
    found ||= kept.length < Object.keys(value).length;
    return Object.fromEntries(kept);
  });
  return found ? plain : null;
}

const TWELVE = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Names that only some kinds of values answer to. */
const FURTHER = new Set(
  [Array, String, Number, Boolean, Date, Function, Object]
    .flatMap(type => [...Object.getOwnPropertyNames(type.prototype), ...Object.getOwnPropertyNames(type)])
    .filter(name => !TWELVE.has(name) && !['length', 'name'].includes(name)),
);

/** Is a key a built-in name that is not of every object, or one of every object asked of something else? */
function namesBuiltIn(value) {
  return someNode(value, ([key]) => {
    const components = key.split('.');
    const ofAnother = components.slice(1).some(name => TWELVE.has(name));
    return components.some(name => FURTHER.has(name)) || ofAnother;
  });
}
