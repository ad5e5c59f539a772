// JavaScript patterns over a small alphabet, each with a text that it likely matches.
//
// The original backtracks, so a repetition without a bound never stands inside another.

const LETTERS = ['a', 'b', 'A', 'c', '1', '_', '-', ' ', '\n', 'é', 'É', 'ß', 's', 'k', 'ſ', '\u212a', '😀', '\uFFFF'];
const COMMON = LETTERS.slice(0, 4);
const SYNTAX = '^$\\.*+?()[]{}|/';

const FLAGS = ['i', 'i', 'm', 's', 'g', 'y', 'u', 'iu', 'im', 'su', 'iy', 'dgims', 'mu', 'v', 'iv', 'x', 'ii', 'uv', ''];

/** `{pattern, options, sample}`; options null for none. Seldom one that JavaScript refuses. */
export function patternCase(random) {
  for (;;) {
    const made = anyCase(random);
    if (random.mistake(0.04) || isPattern(made)) return made;
  }
}

function isPattern({ pattern, options }) {
  try {
    return Boolean(new RegExp(pattern, options ?? ''));
  } catch {
    return false;
  }
}

function anyCase(random) {
  const options = random.chance(0.5) ? null : random.pick(FLAGS);
  if (random.chance(0.25)) return { ...quoted(random), options };
  const unicode = /[uv]/.test(options ?? '');
  const { source, sample } = new PatternMaker(random, unicode).pattern();
  const pattern = random.chance(0.04) ? damaged(random, source) : source;
  // V8 11 loses its way behind an empty class of a class set, up to a crash; the ledger has it.
  const sets = (options ?? '').includes('v');
  return { pattern: sets ? pattern.replaceAll('[]', '[a]').replaceAll('[^]', '[^a]') : pattern, options, sample };
}

/** What the SDKs send for startsWith, endsWith and contains. */
function quoted(random) {
  const letters = [...LETTERS, ...SYNTAX];
  const inner = random.many(0, 4, () => random.pick(random.chance(0.6) ? COMMON : letters)).join('');
  if (inner.includes('\\E') || inner.endsWith('\\')) return { pattern: '\\Qa\\E', sample: 'a' };
  const literal = `\\Q${inner}\\E`;
  const pattern = random.pick([`^${literal}`, `${literal}$`, literal, inner.replace(/\W/g, ''), `${literal}.${literal}`]);
  return { pattern, sample: inner };
}

function damaged(random, source) {
  const at = random.below(source.length + 1);
  return source.slice(0, at) + random.pick([...SYNTAX, '']) + source.slice(at + random.below(2));
}

/** A text like `sample`: as it is, with something around it, or with a letter changed. */
export function textLike(random, sample) {
  const letter = () => random.pick(random.chance(0.7) ? COMMON : LETTERS);
  const points = Array.from(sample);
  const at = random.below(points.length + 1);
  const made = random.weighted([
    [40, () => points],
    [15, () => [letter(), ...points]],
    [15, () => [...points, letter()]],
    [10, () => points.toSpliced(at, 1)],
    [10, () => points.toSpliced(at, 1, letter())],
    [5, () => Array.from(sample.toUpperCase())],
    [5, () => random.many(0, 6, letter)],
  ])();
  return made.slice(0, 16).join('');
}

const piece = (source, sample) => ({ source, sample });

class PatternMaker {
  #groups = 0;
  #named = 0;

  constructor(random, unicode) {
    this.random = random;
    this.unicode = unicode;
  }

  pattern() {
    const { random } = this;
    const body = this.alternatives(2, false);
    const start = random.chance(0.25) ? '^' : '';
    const end = random.chance(0.25) ? '$' : '';
    return piece(start + body.source + end, body.sample);
  }

  alternatives(depth, repeated) {
    const branches = this.random.many(1, this.random.chance(0.2) ? 3 : 1, () => this.sequence(depth, repeated));
    return piece(branches.map(branch => branch.source).join('|'), this.random.pick(branches).sample);
  }

  sequence(depth, repeated) {
    const terms = this.random.many(this.random.chance(0.95) ? 1 : 0, 3, () => this.term(depth, repeated));
    return piece(terms.map(term => term.source).join(''), terms.map(term => term.sample).join(''));
  }

  term(depth, repeated) {
    const { random } = this;
    if (random.chance(0.12)) return this.assertion(depth);
    const quantified = random.chance(0.3);
    const atom = this.atom(depth, repeated || quantified);
    return quantified ? this.quantify(atom, repeated) : atom;
  }

  atom(depth, repeated) {
    const { random } = this;
    const nested = depth > 0 ? 1 : 0;
    return random.weighted([
      [40, () => this.letter()],
      [14, () => this.characterClass()],
      [8, () => piece('.', random.pick(COMMON))],
      [8, () => this.classEscape()],
      [6, () => this.escape()],
      [14 * nested, () => this.group(depth, repeated)],
      [4, () => this.backReference()],
      [2, () => this.annexB()],
      [this.unicode ? 5 : 0.5, () => this.property()],
    ])();
  }

  letter() {
    const letter = this.random.pick(this.random.chance(0.75) ? COMMON : LETTERS);
    return piece(letter, letter);
  }

  classEscape() {
    const [name, member] = this.random.pick([
      ['d', '1'], ['D', 'a'], ['w', 'a'], ['W', '-'], ['s', ' '], ['S', 'a'],
    ]);
    return piece(`\\${name}`, member);
  }

  escape() {
    const [source, sample] = this.random.pick([
      ['\\n', '\n'], ['\\t', '\t'], ['\\x61', 'a'], ['\\u0062', 'b'], ['\\.', '.'], ['\\$', '$'], ['\\/', '/'],
      ['\\cJ', '\n'], ['\\0', '\0'], ['\\\\', '\\'], ['\\ud83d\\ude00', '😀'], ['\\xe9', 'é'],
      this.unicode ? ['\\u{1f600}', '😀'] : ['\\-', '-'],
    ]);
    return piece(source, sample);
  }

  /** What only patterns without the flag u allow. */
  annexB() {
    const [source, sample] = this.random.pick([
      ['\\a', 'a'], ['a{', 'a{'], ['{', '{'], ['}', '}'], [']', ']'], ['a{,2}', 'a{,2}'], ['\\101', 'A'], ['\\8', '8'],
      ['\\c', '\\c'], ['\\c1', '\\c1'], ['\\u12', 'u12'], ['\\x1', 'x1'], ['\\u{2}', 'uu'], ['[\\c_]', '\x1f'],
      ['[\\w-a]', '-'], ['(?=a)*', ''], ['(?!b)?', ''], ['\\k', 'k'], ['\\p{L}', 'p{L}'], ['\\1', '\x01'],
    ]);
    return piece(source, sample);
  }

  property() {
    const [source, sample] = this.random.pick([
      ['\\p{L}', 'é'], ['\\P{L}', '1'], ['\\p{Lu}', 'A'], ['\\P{Lu}', 'a'], ['\\p{Script=Latin}', 'a'], ['\\p{Emoji}', '😀'],
      ['\\p{ASCII}', 'a'], ['\\p{Any}', 'b'], ['\\p{sc=Greek}', 'α'], ['\\p{Nope}', 'a'], ['[\\p{Ll}\\d]', 'b'],
    ]);
    return piece(source, sample);
  }

  characterClass() {
    const { random } = this;
    const ranges = ['a-c', '0-9', 'A-Z', 'à-ÿ', '\\u0000-\\uffff', '_-a', '😀-😁', 'z-a'];
    const members = random.many(random.chance(0.95) ? 1 : 0, 3, () =>
      random.weighted([
        [50, () => this.letter().source.replace('-', '\\-')],
        [25, () => random.pick(random.chance(0.9) ? ranges.slice(0, 6) : ranges)],
        [20, () => this.classEscape().source],
        [5, () => random.pick(['\\b', '^', '-', '.', '\\-', '\\]'])],
      ])(),
    );
    const body = members.join('');
    const inside = random.pick(['a', 'b', '1', '_', 'é', 'A']);
    return random.chance(0.2) ? piece(`[^${body}]`, random.pick(COMMON)) : piece(`[${body}]`, inside);
  }

  group(depth, repeated) {
    const { random } = this;
    const kind = random.weighted([[4, 'capture'], [4, 'plain'], [1, 'named']]);
    if (kind !== 'plain') this.#groups += 1;
    if (kind === 'named') this.#named += 1;
    const open = { capture: '(', plain: '(?:', named: `(?<n${this.#named}>` }[kind];
    const body = this.alternatives(depth - 1, repeated);
    return piece(`${open}${body.source})`, body.sample);
  }

  backReference() {
    const { random } = this;
    if (this.#named > 0 && random.chance(0.4)) return piece(`\\k<n${random.between(1, this.#named)}>`, '');
    return piece(`\\${random.between(1, Math.max(1, this.#groups + (random.chance(0.1) ? 1 : 0)))}`, random.pick(['', 'a']));
  }

  assertion(depth) {
    const { random } = this;
    const simple = random.pick(['^', '$', '\\b', '\\B', '\\b']);
    if (depth === 0 || random.chance(0.5)) return piece(simple, '');
    const body = this.sequence(0, true);
    const open = random.pick(['(?=', '(?!', '(?<=', '(?<!']);
    return piece(`${open}${body.source})`, open === '(?=' && random.chance(0.5) ? body.sample : '');
  }

  quantify(atom, repeated) {
    const { random } = this;
    const bounded = ['?', '{2}', '{0,2}', '{1,2}', '{0}', '{2,1}'];
    const [quantifier, times] = random.pick([
      ...bounded.slice(0, random.chance(0.95) ? 5 : 6).map(one => [one, one === '{2}' ? 2 : random.below(2)]),
      ...(repeated ? [] : [['*', random.below(4)], ['+', random.between(1, 3)], ['{2,}', 2]]),
    ]);
    const lazy = random.chance(0.2) ? '?' : '';
    return piece(atom.source + quantifier + lazy, atom.sample.repeat(times).slice(0, 12));
  }
}
