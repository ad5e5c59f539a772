// What this Node's RegExp knows of Unicode.

/** Every code point, in an order in which no two halves of a surrogate pair make one. */
const PARTS = [
  [0, 0xd7ff],
  [0xdc00, 0xdfff],
  [0xd800, 0xdbff],
  [0xe000, 0x10ffff],
];
const TEXTS = PARTS.map(([from, to]) => textOf(from, to));

function textOf(from, to) {
  let text = '';
  for (let c = from; c <= to; c += 1) text += String.fromCodePoint(c);
  return text;
}

/** The code point at a place of the text that begins at `from`. */
const codePoint = (from, at) => (from + at <= 0xffff ? from + at : 0x10000 + ((from + at - 0x10000) >> 1));

/** The members of `\p{property}` as ranges, sorted and apart. */
export function membersOf(property) {
  const run = new RegExp(`\\p{${property}}+`, 'gu');
  const ranges = TEXTS.flatMap((text, i) => {
    const [from] = PARTS[i];
    return Array.from(text.matchAll(run), ({ index, 0: found }) => [codePoint(from, index), codePoint(from, index + found.length - 1)]);
  });
  return joined(ranges.sort(([a], [b]) => a - b));
}

function joined(ranges) {
  const out = [];
  for (const [from, to] of ranges) {
    if (out.length && out.at(-1)[1] + 1 === from) out.at(-1)[1] = to;
    else out.push([from, to]);
  }
  return out;
}

export function isKnown(property) {
  try {
    return Boolean(new RegExp(`\\p{${property}}`, 'u'));
  } catch {
    return false;
  }
}

const points = text => Array.from(text, c => c.codePointAt(0));
const escaped = chars => chars.map(c => (c > 0xffff ? `\\u{${c.toString(16)}}` : `\\u${c.toString(16).padStart(4, '0')}`)).join('');
const withoutSurrogates = (from, to) => textOf(from, Math.min(to, 0xd7ff)) + (to > 0xe000 ? textOf(0xe000, to) : '');

/**
 * The characters that `i` takes for one another, as sorted lists of two or more: `simple` beside `u`, `upper` without it.
 *
 * All but one of each list have another case, so what has one, and what equals it, is everything.
 */
export function foldings(name) {
  const [text, flags, cased] =
    name === 'simple'
      ? [withoutSurrogates(0, 0x10ffff), 'giu', c => /[\p{CWCF}\p{CWCM}]/u.test(c)]
      : [withoutSurrogates(0, 0xffff), 'gi', c => c.toUpperCase() !== c || c.toLowerCase() !== c];
  const equalTo = (chars, within) => points((within.match(new RegExp(`[${escaped(chars)}]`, flags)) ?? []).join(''));
  const all = equalTo(points(Array.from(text).filter(cased).join('')), text);
  const within = String.fromCodePoint(...all);
  const seen = new Set();
  const orbits = [];
  for (const c of all) {
    if (seen.has(c)) continue;
    const orbit = equalTo([c], within);
    orbit.forEach(one => seen.add(one));
    if (orbit.length > 1) orbits.push(orbit);
  }
  return orbits.sort(([a], [b]) => a - b);
}
