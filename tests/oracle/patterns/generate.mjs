// Random patterns with texts that are likely to match them, or nearly.
//
// Each node of the grammar makes its source and a sample text at once; what is not sampled right (an
// assertion, a back-reference) only makes the text miss. A part of the patterns is then broken, to try
// what JavaScript refuses and what its Annex B takes.

/** A small seeded generator (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = n => Math.floor(next() * n);
  return { next, below, pick: list => list[below(list.length)], chance: p => next() < p };
}

// Letters whose case folds oddly, line ends, spaces that engines differ on, halves of pairs.
const COMMON = ['a', 'b', 'c', 'A', 'B', 'k', 's', 'K', 'S', '0', '1', '7', '_', '-', ' ', '.', 'x', 'u'];
const RARE = [
  '\n', '\r', '\u2028', '\u2029', '\u0085', '\ufeff', '\u00a0', '\t', 'é', 'É', 'ß', 'ẞ', 'ſ', '\u212a', 'İ', 'ı', 'i', 'I', 'σ', 'ς', 'Σ', 'ǅ', 'ǆ',
  'Ǆ', 'µ', 'μ', 'Å', 'å', '\u212b', 'ﬀ', 'ᾳ', 'ᾼ', 'θ', 'ϑ', 'ϴ', '中', 'ა', 'Ა', 'Ა', 'ꭰ', 'Ꭰ', '😀', '😁', '𐐀', '𐐨', '\ud83d', '\ude00', '\u200d', '\0', '"', '/', '\ua7ce', '\ua7cf', '\u{16ea0}', '\u{16ebb}',
];
const PROPERTIES = [
  'L', 'Lu', 'Ll', 'gc=Nd', 'Letter', 'P', 'punct', 'sc=Latin', 'Script=Greek', 'scx=Grek', 'Alphabetic', 'White_Space', 'ASCII', 'Any',
  'Emoji', 'Cs', 'Uppercase', 'Lowercase', 'lu', 'Latin', 'sc=latin', 'ID_Start', 'CWCM', 'Cased', 'gc=', 'Assigned', 'Cn', 'Zs', 'CWKCF', 'sc=Berf', 'scx=Zzzz',
];
const FLAGS = ['', '', '', 'i', 'i', 'm', 's', 'u', 'u', 'v', 'iu', 'iu', 'iv', 'im', 'mu', 'y', 'su', 'ims', 'gimsuy', 'dv', 'sy', 'uv', 'x', 'ii', 'gi'];

/** What a group may change, some of it wrongly. */
const MODIFIERS = [
  'i', 'i', 'i', '-i', '-i', 's', '-s', 'm', '-m', 'im', 'is', 'ms', 'ims', '-ims', 'i-s', 's-i', 's-m', 'm-s', 'i-m', 'm-is', 'i-', '-', 'ii', 'i-i', '--i', 'x', 'I', 'u', 'g',
];

/** Classes in which nothing is taken away, so that none is empty. */
const withoutOperators = source => source.replace(/&&|--/g, '-').replaceAll('[^', '[').replaceAll('[]', '[a]').replaceAll('\\P{', '\\p{');

export class Generator {
  /**
   * `edition` is that of ECMAScript, 2023 or 2025. Without `operators` classes with the flag v have neither operators nor
   * complements in them.
   */
  constructor(seed, { edition = 2025, operators = true } = {}) {
    this.r = random(seed);
    this.parts = edition >= 2025;
    this.operators = operators;
  }

  /** A pattern, its flags and `count` texts. */
  next(count) {
    this.flags = this.r.pick(FLAGS);
    this.strict = /[uv]/.test(this.flags);
    this.groups = 0;
    this.names = [];
    this.lookish = this.r.chance(0.35);
    this.backish = this.r.chance(0.12);
    this.modified = this.parts && this.r.chance(0.3);
    this.doubled = this.parts && this.r.chance(0.15);
    const root = this.disjunction(3);
    let source = root.source;
    if (this.r.chance(0.2)) source = this.broken(source);
    if (this.flags.includes('v') && !this.operators) source = withoutOperators(source);
    const texts = [];
    for (let i = 0; i < count; i++) texts.push(this.text(root));
    return { source, flags: this.flags, texts };
  }

  char() {
    return this.r.chance(0.75) ? this.r.pick(COMMON) : this.r.pick(RARE);
  }

  /** Something that shows how a character is matched: itself, another case, or something else. */
  like(c) {
    switch (this.r.below(8)) {
      case 0: return c.toUpperCase();
      case 1: return c.toLowerCase();
      case 2: return this.r.chance(0.3) ? this.char() : c;
      default: return c;
    }
  }

  text(root) {
    const { r } = this;
    let text = r.chance(0.85) ? root.sample() : '';
    const edits = r.pick([0, 0, 1, 1, 2, 3]);
    for (let i = 0; i < edits; i++) {
      const at = r.below(text.length + 1);
      const cut = r.chance(0.4) ? 1 : 0;
      text = text.slice(0, at) + (r.chance(0.7) ? this.char() : '') + text.slice(at + cut);
    }
    if (r.chance(0.3)) text = this.char() + text;
    if (r.chance(0.3)) text += this.char();
    return text.slice(0, 24);
  }

  disjunction(depth) {
    const count = this.r.pick([1, 1, 1, 1, 2, 3]);
    const parts = Array.from({ length: count }, () => this.alternative(depth));
    return { source: parts.map(part => part.source).join('|'), sample: () => this.r.pick(parts).sample() };
  }

  alternative(depth) {
    const count = this.r.pick([0, 1, 1, 2, 2, 3, 4]);
    const parts = Array.from({ length: count }, () => this.term(depth));
    return { source: parts.map(part => part.source).join(''), sample: () => parts.map(part => part.sample()).join('').slice(0, 40) };
  }

  term(depth) {
    const { r } = this;
    if (r.chance(0.1)) return { source: r.pick(['^', '$', '\\b', '\\B']), sample: () => '' };
    if (this.lookish && depth > 0 && r.chance(0.25)) return this.look(depth);
    if (this.backish && r.chance(0.3)) return this.back();
    if (this.doubled && depth > 0 && r.chance(0.2)) return this.namesakes(depth);
    const atom = depth > 0 && r.chance(0.35) ? this.group(depth) : this.atom();
    return r.chance(0.35) ? this.repeated(atom) : atom;
  }

  look(depth) {
    const opening = this.r.pick(['(?=', '(?!', '(?<=', '(?<!']);
    const body = this.disjunction(depth - 1);
    const quantifier = !this.strict && opening.length === 3 && this.r.chance(0.1) ? this.r.pick(['*', '?', '{2}', '+']) : '';
    return { source: `${opening}${body.source})${quantifier}`, sample: () => (this.r.chance(0.3) ? body.sample() : '') };
  }

  back() {
    const { r } = this;
    if (this.names.length && r.chance(0.5)) {
      const name = r.pick(this.names);
      return { source: `\\k<${name.name}>`, sample: () => name.last ?? '' };
    }
    const number = 1 + r.below(Math.max(1, this.groups + (r.chance(0.2) ? 1 : 0)));
    return { source: `\\${number}`, sample: () => this[`group${number}`] ?? '' };
  }

  group(depth) {
    const { r } = this;
    if (this.modified && r.chance(0.5)) return this.modifiedGroup(depth);
    const kind = r.pick(['(?:', '(', '(', '(?<']);
    if (kind === '(?:') {
      const body = this.disjunction(depth - 1);
      return { source: `(?:${body.source})`, sample: body.sample };
    }
    return this.capture(depth, kind === '(?<' ? this.newName() : null);
  }

  newName() {
    const { r } = this;
    if (this.doubled && this.names.length && r.chance(0.3)) return r.pick(this.names);
    return { name: `${r.pick(['n', '$', '_', 'é', '\\u0061', 'n\\u{62}', '𐐀'])}${this.names.length || ''}` };
  }

  capture(depth, entry) {
    const number = ++this.groups;
    const name = entry ? `?<${entry.name}>` : '';
    const body = this.disjunction(depth - 1);
    if (entry) this.names.push(entry);
    const sample = () => {
      const text = body.sample().slice(0, 8);
      this[`group${number}`] = text;
      if (entry) entry.last = text;
      return text;
    };
    return { source: `(${name}${body.source})`, sample };
  }

  /** Groups of one name in alternatives, most often with a back-reference to whichever matched. */
  namesakes(depth) {
    const { r } = this;
    const entry = this.newName();
    const parts = Array.from({ length: 2 + r.below(2) }, () => this.capture(depth - 1, entry));
    const after = r.chance(0.8) ? `\\k<${entry.name}>` : '';
    const loop = r.chance(0.2) ? r.pick(['+', '*', '{2}']) : '';
    const sample = () => r.pick(parts).sample() + (after && (entry.last ?? ''));
    return { source: `(?:${parts.map(part => part.source).join('|')})${loop}${after}`, sample };
  }

  modifiedGroup(depth) {
    const body = this.disjunction(depth - 1);
    return { source: `(?${this.r.pick(MODIFIERS)}:${body.source})`, sample: body.sample };
  }

  repeated(atom) {
    const { r } = this;
    const [source, min, max] = r.pick([
      ['*', 0, 3], ['+', 1, 3], ['?', 0, 1], ['{2}', 2, 2], ['{0,2}', 0, 2], ['{1,}', 1, 3], ['{2,3}', 2, 3], ['{0}', 0, 0], ['{1}', 1, 1], ['{3,}', 3, 4],
    ]);
    const sample = () => Array.from({ length: min + r.below(max - min + 1) }, () => atom.sample()).join('');
    return { source: atom.source + source + (r.chance(0.2) ? '?' : ''), sample };
  }

  atom() {
    const { r } = this;
    switch (r.below(10)) {
      case 0: return { source: '.', sample: () => this.char() };
      case 1:
      case 2: return this.class();
      case 3: return this.escape();
      default: {
        const c = this.char();
        return { source: this.literal(c), sample: () => this.like(c) };
      }
    }
  }

  literal(c) {
    const { r } = this;
    if (/[\^$\\.*+?()[\]{}|/]/.test(c)) return `\\${c}`;
    if (r.chance(0.06)) {
      const units = [...Array(c.length).keys()].map(i => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
      return this.strict && r.chance(0.5) ? `\\u{${c.codePointAt(0).toString(16)}}` : units;
    }
    if (c.charCodeAt(0) < 256 && r.chance(0.03)) return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
    return c;
  }

  escape() {
    const { r } = this;
    if (this.strict && r.chance(0.4)) {
      return { source: `\\${r.pick(['p', 'p', 'P'])}{${r.pick(PROPERTIES)}}`, sample: () => this.char() };
    }
    const loose = ['\\0', '\\cA', '\\c', '\\ca', '\\8', '\\12', '\\x4', '\\u12', '\\u{61}', '\\a', '\\e', '\\A', '\\z', '\\h', '\\-', '\\k', '\\p{L}', '\\07', '\\400'];
    const common = ['\\d', '\\D', '\\s', '\\S', '\\w', '\\W', '\\n', '\\t', '\\r', '\\v', '\\f', '\\0', '\\cJ', '\\/'];
    const source = r.chance(this.strict ? 0.03 : 0.25) ? r.pick(loose) : r.pick(common);
    return { source, sample: () => this.char() };
  }

  class() {
    return this.flags.includes('v') ? this.set(2) : this.union();
  }

  union() {
    const { r } = this;
    const chars = [];
    let source = r.chance(0.3) ? '[^' : '[';
    for (let i = r.below(4); i >= 0; i--) {
      source += this.member(chars);
    }
    return { source: `${source}]`, sample: () => (chars.length && r.chance(0.8) ? this.like(r.pick(chars)) : this.char()) };
  }

  member(chars) {
    const { r } = this;
    const one = () => {
      const c = this.char();
      chars.push(c);
      return /[\\\]^-]/.test(c) && (this.strict || r.chance(0.5)) ? `\\${c}` : c === '\\' || c === ']' ? `\\${c}` : this.strict || !/[[/]/.test(c) ? this.literal(c) : c;
    };
    switch (r.below(9)) {
      case 0: return this.escape().source;
      case 1:
      case 2: {
        const [from, to] = [this.char(), this.char()].sort();
        chars.push(from, to);
        return `${this.inClass(from)}-${this.inClass(to)}`;
      }
      case 3: return r.pick(['-', '\\b', '&&', '--', '\\-', '^', '\\B', '.', '$', 'a-c', '\\c1', '\\c_', '0-9', 'A-Z', '\\u{61}']);
      default: return one();
    }
  }

  inClass(c) {
    return /[\^$\\.*+?()[\]{}|/-]/.test(c) ? `\\${c}` : c;
  }

  set(depth) {
    const { r } = this;
    const chars = [];
    const operand = () => {
      switch (r.below(depth > 0 ? 8 : 6)) {
        case 0: return this.operators ? this.escape().source : r.pick(['\\d', '\\w', '\\s']);
        case 1: {
          const string = this.inClass(this.char()) + (r.chance(0.5) ? this.inClass(this.char()) : '');
          return `\\q{${string}${r.chance(0.5) ? `|${this.inClass(this.char())}` : ''}${r.chance(0.15) ? '|' : ''}}`;
        }
        case 6:
        case 7: return this.set(depth - 1).source;
        default: {
          const c = this.char();
          chars.push(c);
          return this.inClass(c);
        }
      }
    };
    const range = () => (r.chance(0.3) ? r.pick(['a-c', 'A-Z', '0-9', 'a-z', 'k-s', '\\0-\\uffff', 'é-σ', '😀-😁']) : operand());
    const count = 1 + r.below(3);
    const joint = this.operators ? r.pick(['', '', '--', '&&']) : '';
    const items = Array.from({ length: joint ? count + 1 : count }, joint ? operand : range);
    const source = `[${this.operators && r.chance(0.25) ? '^' : ''}${items.join(joint)}]`;
    return { source, sample: () => (chars.length && r.chance(0.7) ? this.like(r.pick(chars)) : this.char()) };
  }

  /** The pattern with something put in, taken out or doubled. */
  broken(source) {
    const { r } = this;
    const at = r.below(source.length + 1);
    const piece = r.pick([
      '(', ')', '[', ']', '{', '}', '*', '+', '?', '|', '\\', '^', '$', '{2', '{2}', '{,3}', '{3,1}', '(?', '(?<', '(?:', '(?i)', '(?i:', '(?-i:', '(?P<n>', '\\k<n>', '\\k', '\\1', '\\9',
      '-', '&&', '--', '\\p{L}', '\\u{110000}', '\\u{', '\\x', '\\c', '[^]', '[]', 'a++', '(?>a)', '(?#a)', '(?<a>', '(?<1>', '(?<>', '\ud83d', '\ude00', '\\q{ab}', '\\Q', '\\E', '{1000000}',
    ]);
    switch (r.below(3)) {
      case 0: return source.slice(0, at) + piece + source.slice(at);
      case 1: return source.slice(0, at) + source.slice(at + 1 + r.below(2));
      default: return source.slice(0, at) + piece;
    }
  }
}
