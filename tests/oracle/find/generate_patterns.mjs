// Patterns of PCRE2, mostly of the part that is answered here, and texts that they may match.

const LETTERS = ['a', 'b', 'c', 'A', 'B', 'k', '1', '_', ' ', '-', 'é', 'É', 'ß', 'σ', '\u{1f600}', '\u{212a}', '\n', '\r'];
const ESCAPES = ['\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\h', '\\v', '\\N', '\\.', '\\x61', '\\x{e9}', '\\141', '\\t', '\\n', '\\e', '\\p{L}', '\\P{Lu}', '\\Qa.b\\E', '\\Q\\E', '\\-', '\\_', '\\é'];
const ANCHORS = ['^', '$', '\\b', '\\B', '\\A', '\\z', '\\Z', '\\G'];
const CLASSES = ['[abc]', '[^abc]', '[a-c]', '[^a-cé]', '[[:alpha:]]', '[[:^digit:]a]', '[\\w-]', '[]a]', '[^]a]', '[\\s\\d]', '[a\\-c]', '[A-Z]', '[k-s]', '[\\Qa-c\\E]', '[[:upper:]]', '[\\b]', '[\\x61-\\x63]', '[é-ï]', '[a-]', '[-a]', '[[:word:]]', '[[:space:]]', '[\\p{L}]'];
const RARE = ['\\R', '\\X', '(?>a+)', 'a*+', 'a++', 'b?+', '[ab]++', '(?:ab)*+', '(a)\\1', '(?R)?', '\\K', '(?(1)a|b)', '\\C', '\\u0061', '(?<=a+)', '\\p{Greek}', '(*UCP)', '{,2}', 'a{,2}', '[[.a.]]', '\\g1', '(?1)', '\\y', '[z-a]', '(', ')', '[', '*', '(?', '\\', '(?<a', '(?P<n>a)(?P<n>b)', '(?#'];

/** A pattern, its options (null for none), and a maker of texts. */
export function patternCase(random) {
  const parts = [];
  const pattern = alternation(random, 2, parts);
  const options = random.chance(0.6) ? null : random.shuffled(['i', 'm', 's', 'x', 'u']).slice(0, random.between(1, 2)).join('');
  return { pattern, options, sample: () => sample(random, parts) };
}

function alternation(random, depth, parts) {
  const branches = random.many(1, random.chance(0.75) ? 1 : 3, () => sequence(random, depth, parts));
  return branches.join('|');
}

function sequence(random, depth, parts) {
  const start = random.chance(0.15) ? random.pick(ANCHORS) : '';
  const end = random.chance(0.15) ? random.pick(ANCHORS) : '';
  return start + random.many(random.chance(0.95) ? 1 : 0, 4, () => quantified(random, depth, parts)).join('') + end;
}

function quantified(random, depth, parts) {
  const one = atom(random, depth, parts);
  if (random.chance(0.7)) return one;
  const lazy = random.chance(0.2) ? '?' : '';
  return one + random.pick(['*', '+', '?', '{2}', '{1,2}', '{2,}', '{0}']) + lazy;
}

function atom(random, depth, parts) {
  const letter = () => {
    const one = random.pick(LETTERS);
    parts.push(one);
    return one;
  };
  const group = opening => `${opening}${alternation(random, depth - 1, parts)})`;
  return random.weighted([
    [45, letter],
    [12, () => random.pick(ESCAPES)],
    [12, () => random.pick(CLASSES)],
    [8, () => '.'],
    [4, () => random.pick(ANCHORS)],
    [2, () => random.pick(RARE)],
    [depth > 0 ? 12 : 0, () => group(random.pick(['(', '(?:', '(?i:', '(?-i:', '(?<n>', '(?s:', '(?m:', '(?|']))],
    [depth > 0 ? 4 : 0, () => group(random.pick(['(?=', '(?!']))],
    [depth > 0 ? 3 : 0, () => `${random.pick(['(?<=', '(?<!'])}${random.pick(['a', '\\b', 'ab|c', '[ab]', '^', '\\d\\d'])})`],
    [1, () => random.pick(['(?i)', '(?-i)', '(?m)', '(?s)', '(?x)', '(?^)', '(?#note)'])],
  ])();
}

/** A text of letters, most of them those of the pattern in their order. */
function sample(random, parts) {
  const kept = parts.filter(() => random.chance(0.85)).flatMap(one => (random.chance(0.15) ? [one, random.pick(LETTERS)] : [one]));
  const around = () => random.many(0, random.chance(0.5) ? 0 : 2, () => random.pick(LETTERS));
  const letters = [...around(), ...kept, ...around()].map(one => (random.chance(0.1) ? one.toUpperCase() : one));
  return letters.join('') + (random.chance(0.15) ? '\n' : '');
}
