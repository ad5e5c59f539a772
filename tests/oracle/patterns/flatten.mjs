// A pattern written anew without flags for a part, `(?i:…)`, so that one engine can be asked the same in two spellings.
//
// What takes a character is replaced by a list of the characters of a text that it takes, each asked by itself under the
// flags that hold there. So the pattern means the same for this text and no other.

const LINE_END = '\\n\\r\\u2028\\u2029';
/** A word's character where `i` stands beside `u` or `v`. */
const WORD = '[\\w\\u017f\\u212a]';

const STRICT_ESCAPE =
  /^\\(?:u\{[\da-f]+\}|u[d][89ab][\da-f]{2}\\u[d][c-f][\da-f]{2}|u[\da-f]{4}|x[\da-f]{2}|c[a-z]|p\{[^}]*\}|k<[^>]*>|\d+|[^])/i;
const LOOSE_ESCAPE = /^\\(?:u[\da-f]{4}|x[\da-f]{2}|c[a-z]|(?=c)|(?:[0-3][0-7]{0,2}|[4-7][0-7]?)|[^])/i;
const GROUP = /^\((?:\?(?:<?[=!]|<[^>]+>|:))?/;
const MODIFIED = /^\(\?([ims]*)(?:-([ims]*))?:/;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;

/** The flattened pattern as a `RegExp`, or null where it cannot be had: a back-reference that ignores case, a class of strings. */
export function flattened(source, flags, text) {
  const strict = /[uv]/.test(flags);
  const chars = [...new Set(strict ? Array.from(text) : text.split(''))];
  const groups = (source.match(/\((?!\?)|\(\?<(?![=!])/g) ?? []).length;
  const named = /\(\?<(?![=!])/.test(source);
  const outer = [];
  let current = flags;
  let out = '';
  for (let rest = source; rest !== ''; ) {
    const token = next(rest, { strict, sets: flags.includes('v'), groups, named });
    rest = rest.slice(token.length);
    if (token.startsWith('(')) outer.push(current);
    const modified = MODIFIED.exec(token);
    if (modified) current = changed(current, ...modified.slice(1));
    const piece = written(token, current, { strict, chars, groups, named });
    if (piece === null) return null;
    out += piece;
    if (token === ')') current = outer.pop();
  }
  const kept = flags.replace(/[imsv]/g, '') + (flags.includes('v') ? 'u' : '');
  return new RegExp(out, kept);
}

/**
 * The pattern with the case flag said anew before each class, which means the same. V8 forgets it in classes with the flag v
 * that come after a part of other flags.
 */
export function restated(source, flags) {
  const outer = [];
  let current = flags;
  let out = '';
  for (let rest = source; rest !== ''; ) {
    const token = next(rest, { strict: true, sets: true, groups: 0, named: false });
    rest = rest.slice(token.length);
    if (token.startsWith('(')) outer.push(current);
    const modified = MODIFIED.exec(token);
    if (modified) current = changed(current, ...modified.slice(1));
    const isClass = token.startsWith('[') || /^\\[pPwWdDsS]/.test(token);
    if (isClass) out += current.includes('i') ? '(?i:)' : '(?-i:)';
    out += token;
    if (token === ')') current = outer.pop();
  }
  return out;
}

const changed = (flags, added, removed = '') =>
  [...new Set([...flags].filter(flag => !removed.includes(flag)).concat([...added]))].join('');

function next(rest, { strict, sets, groups, named }) {
  const first = rest[0];
  if (first === '[') return bracketed(rest, sets);
  if (first === '(') return (MODIFIED.exec(rest) ?? GROUP.exec(rest))[0];
  const quantifier = QUANTIFIER.exec(rest);
  if (quantifier) return quantifier[0];
  if (first !== '\\') return strict ? String.fromCodePoint(rest.codePointAt(0)) : first;
  if (strict) return STRICT_ESCAPE.exec(rest)[0];
  const reference = /^\\(?:([1-9]\d*)|k<[^>]*>)/.exec(rest);
  if (reference && (reference[1] ? Number(reference[1]) <= groups : named)) return reference[0];
  return LOOSE_ESCAPE.exec(rest)[0];
}

/** A class, with those in it if the flag is `v`. */
function bracketed(rest, sets) {
  let depth = 0;
  for (let at = 0; ; at += 1) {
    if (rest[at] === '\\') at += 1;
    else if (rest[at] === '[' && (sets || depth === 0)) depth += 1;
    else if (rest[at] === ']' && --depth === 0) return rest.slice(0, at + 1);
  }
}

function written(token, flags, { strict, chars, groups, named }) {
  const reference = /^\\(?:([1-9]\d*)|k<[^>]*>)$/.exec(token);
  if (reference && (reference[1] ? strict || Number(reference[1]) <= groups : strict || named)) {
    return flags.includes('i') ? null : token;
  }
  if (MODIFIED.test(token)) return '(?:';
  if (/^\(|^\)$|^\|$/.test(token) || QUANTIFIER.exec(token)?.[0] === token) return token;
  if (token === '^') return flags.includes('m') ? `(?<![^${LINE_END}])` : '^';
  if (token === '$') return flags.includes('m') ? `(?![^${LINE_END}])` : '$';
  const wide = strict && flags.includes('i');
  if (token === '\\b') return wide ? `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))` : token;
  if (token === '\\B') return wide ? `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))` : token;
  if (/^\[.*\\q\{/s.test(token)) return null;
  // Of `\\c` before what is no letter, the backslash means itself.
  const atom = token === '\\' ? '\\\\' : token;
  const one = new RegExp(`^(?:${atom})$`, flags.replace(/[gmy]/g, ''));
  return `[${chars.filter(c => one.test(c)).map(c => escaped(c, strict)).join('')}]`;
}

const escaped = (c, strict) =>
  strict ? `\\u{${c.codePointAt(0).toString(16)}}` : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
