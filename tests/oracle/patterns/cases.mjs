// The patterns of ../data/patterns.jsonl: every construct of JavaScript's regular expressions, each with the flags that
// can change its meaning, on texts that tell the answers apart.

const groups = [
  {
    of: 'literals and anchors',
    flags: ['', 'i', 'm', 'y', 'u'],
    patterns: ['', 'a', 'ab', '^a', 'b$', '^ab$', '^$', '^', '$', 'a$b', 'a^b', '^^a', 'a$$', '\\^a', 'a\\$', '(?:)', '()', 'a|b', '|a', 'a|', '^a|b$', '(^a)', '(a$)', 'A', 'É', 'ß', 'ſ', 'K', 'ı', 'İ', 'ᾳ', 'ς', 'Σ', 'k', 's'],
    texts: ['', 'a', 'A', 'b', 'ab', 'ba', 'AB', 'a\nb', 'b\na', 'a\rb', 'a\u2028b', '^a', 'a$', 'é', 'É', 'ß', 'ẞ', 's', 'S', 'ſ', 'k', 'K', '\u212a', 'i', 'I', 'ı', 'İ', 'ᾳ', 'ᾼ', 'σ', 'ς', 'Σ'],
  },
  {
    of: 'the dot and line ends',
    flags: ['', 's', 'm', 'u', 'su', 'ms'],
    patterns: ['.', '^.$', '^..$', 'a.b', '.*', '^.*$', '[^]', '^[^]$', '[]', 'a[]|b', '.\\n.', '^b', 'a$', '^$', '\\n^', '$\\n', '(?:^|x)b'],
    texts: ['', 'a', '\n', '\r', '\r\n', '\u2028', '\u2029', '\u0085', '😀', 'a\nb', 'a\rb', 'a\u2028b', 'axb', 'a😀b', 'b\na', 'x\nb'],
  },
  {
    of: 'classes',
    flags: ['', 'i', 'u', 'iu'],
    patterns: ['[abc]', '[^abc]', '[a-c]', '[^a-c]', '[a-]', '[-a]', '[\\]]', '[\\\\]', '[a\\-c]', '[\\d]', '[\\w]', '[\\s]', '[^\\d]', '[^\\w]', '[^\\s]', '[\\D\\d]', '[^\\D\\d]', '[\\b]', '[\\n]', '[\\x61]', '[\\u0061-\\u0063]', '[k]', '[^k]', '[K]', '[s]', '[ſ]', '[A-Z]', '[^A-Z]', '[é-ü]', '[ß]', '[ς]', '[\\uD83D]', '[😀]', '[^😀]', '[a-z&&b]', '[[a]', '[a--b]', '[\\w-a]', '[a-\\d]', '[.]', '[$^]', '[*+?]'],
    texts: ['a', 'B', 'c', 'd', '-', ']', '\\', '\b', '\n', ' ', '5', '_', 'é', 'É', 'ü', 'k', 'K', '\u212a', 's', 'S', 'ſ', 'ß', 'ẞ', 'σ', 'ς', 'Σ', '😀', '&', '[', '.', '$', '*', '\ufeff', '\u0085', '\u00a0', 'a]', 'a-]'],
  },
  {
    of: 'escapes',
    flags: ['', 'u', 'i'],
    patterns: ['\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\t', '\\n', '\\v', '\\f', '\\r', '\\0', '\\x41', '\\x4', '\\u0041', '\\u004', '\\u{41}', '\\u{1F600}', '\\ud83d\\ude00', '\\cA', '\\c', '\\ca', '[\\ca]', '[\\c]', '[\\c_]', '[\\c1]', '\\a', '\\A', '\\z', '\\Z', '\\h', '\\R', '\\e', '\\q', '\\-', '\\/', '\\.', '\\8', '\\9', '\\12', '\\101', '\\400', '[\\12]', '[\\8]', '\\01', '\\k', '\\k<a>', '\\p', '\\p{L}', '\\P{L}', '\\x{41}', '\\Q', '\\E'],
    texts: ['A', 'a', 'é', '5', '_', ' ', '\t', '\n', '\v', '\f', '\r', '\0', '\x01', '\x1f', '\x11', '\\c', '\\', 'c', 'x4', 'u004', 'u'.repeat(41), 'z', 'Z', 'h', 'R', 'e', 'q', '-', '/', '.', '8', '9', 'k', 'k<a>', 'p', 'p{L}', 'P{L}', 'Q', 'E', ' 0', '\u00a0', '\ufeff', '\u2028', '\u0085', '\u180e', '😀', '1'],
  },
  {
    of: 'quantifiers',
    flags: ['', 'u', 'y'],
    patterns: ['^a*$', '^a+$', '^a?$', '^a{2}$', '^a{2,}$', '^a{1,3}$', '^a{0}$', '^a{0,1}b$', 'a*?b', 'a+?b', 'a??b', 'a{2,3}?b', '^(ab)*$', '^(ab){2}$', '^(?:a|b){3}$', '^(a*)*$', '^(a*)+$', '^(a?){3}$', '^(?:){9}a$', '^(a|ab)(c|bcd)$', 'a{', 'a{2', 'a{,2}', 'a{2,1}', 'a{a}', '{', '}', '{2}', 'x{2}{3}', 'a**', 'a++', 'a?*', '*a', '+', '?', '(*)', '^*', '$*', '\\b*', '\\b+', '(?=a)*', '(?=a)+b', '(?<=a)*', '(?!a){2}', '^(a+)+$', '^(?:a{2}){2}$'],
    texts: ['', 'a', 'aa', 'aaa', 'aaaa', 'b', 'ab', 'aab', 'abab', 'aba', 'abc', 'abcd', 'abbcd', 'a{', 'a{2', 'a{,2}', 'a{a}', '{', '}', '{2}', 'xxxxxx', '+', '*', '?'],
  },
  {
    of: 'groups and back-references',
    flags: ['', 'i', 'u'],
    patterns: ['(a)\\1', '(a)(b)\\2\\1', '^(.)(.)\\2\\1$', '\\1(a)', '(a\\1)', '(a)|\\1b', '(?:(a)|b)\\1', '^(?:(a)|b)*\\1$', '(?<x>a)\\k<x>', '\\k<x>(?<x>a)', '(?<x>a)\\k<y>', '(?<x>a)(?<x>b)', '(?<x>a)|(?<x>b)', '(?<1>a)', '(?<a', '(?<a>', '(a)\\2', '(a)\\10', '(?:a)\\1', '((a)b)\\2', '^(a*)\\1$', '^(a+)b\\1$', '(?<=(a))\\1', '(?=(a))\\1', '(?!(a))\\1', '^(?=(a+))\\1b', '(?<é>a)', '(?<$>a)\\k<$>', '(?<\\u0061>a)', '(', ')', '(?', '(?a)', '(?i)a', '(?i:a)', '(?P<n>a)', '(?>a)', '(?#c)a', '(?:a', 'a)'],
    texts: ['', 'a', 'aa', 'aA', 'b', 'ab', 'ba', 'abba', 'aab', 'aaa', 'aaaa', 'aba', 'aabaa', 'A', 'a\b', 'a\x02', 'abb', 'b\x01', 'a0', 'é'],
  },
  {
    of: 'look-around',
    flags: ['', 'u', 'm', 'i'],
    patterns: ['(?=a)', 'a(?=b)', 'a(?!b)', '(?!a).', '^(?!.*b)', '(?<=a)b', '(?<!a)b', '(?<=^a)b', '(?<!^)b', '(?<=a|b)c', '(?<=a{2})b', '(?<=a*)b', '^(?=.*a)(?=.*b)', '(?=(?!a).)', '(?!(?=a)).', '(?<=(?<!a)b)c', '(?=a)b', '(?!)', '(?<!)', '(?=)', '(?<=)', 'a(?=$)', '(?<=\\b)a', '(?=\\B)a', '(?<=😀)a', '(?<=.)a', '(?<=\\n)b', '(?<=[^]$)'],
    texts: ['', 'a', 'b', 'c', 'ab', 'ba', 'ac', 'bc', 'abc', 'bbc', 'aab', 'cb', 'b\na', 'a\nb', '😀a', '\ude00a', 'A', 'AB'],
  },
  {
    of: 'word boundaries',
    flags: ['', 'i', 'u', 'iu'],
    patterns: ['\\b', '\\B', '\\ba', 'a\\b', '\\Ba', 'a\\B', '\\ba\\b', '^\\b', '\\b$', '^\\B$', '\\bé', '\\Bé', 'é\\b', '\\b_', '\\b\\u212a', '\\bſ', '\\b5', '(?:\\b|x)a', '\\b\\B', '\\bk\\b'],
    texts: ['', 'a', ' ', 'ab', 'a b', 'ba', ' a ', 'é', 'aé', 'éa', '_', '5', '\u212a', 'ſ', 'aſ', 'k', 'x', '-a-'],
  },
  {
    of: 'units and code points',
    flags: ['', 'u', 's', 'v'],
    patterns: ['^.$', '^..$', '😀', '^😀$', '^[😀]$', '^[^a]$', '\\ud83d', '\\ude00', '^\\ud83d', '\\ude00$', '^\\S$', '^\\W$', '😀{2}', '(?:😀){2}', '^[\\ud83d\\ude00]$', '[😀-😂]', '\\u{1f600}', '^\\ud83d\\ude00$', '[\\u{1f600}-\\u{1f602}]', '^[^]$', '^[^]{2}$', '😀?$'],
    texts: ['😀', '😁', '😀😀', '😀\ude00', '\ud83d', '\ude00', '\ude00\ud83d', 'a', 'aa', '', 'u{1f600}'],
  },
  {
    of: 'Unicode properties',
    flags: ['u', 'iu', 'v', ''],
    patterns: ['^\\p{L}$', '^\\P{L}$', '^\\p{Lu}$', '^\\P{Lu}$', '^\\p{Ll}$', '^\\p{Letter}$', '^\\p{gc=L}$', '^\\p{General_Category=Uppercase_Letter}$', '^\\p{Script=Greek}$', '^\\p{sc=Grek}$', '^\\p{scx=Grek}$', '^\\p{Script_Extensions=Latin}$', '^\\p{ASCII}$', '^\\p{Any}$', '^\\p{Alphabetic}$', '^\\p{White_Space}$', '^\\p{Emoji}$', '^\\p{ID_Start}$', '^\\p{Uppercase}$', '^[\\p{L}\\p{N}]$', '^[^\\p{L}]$', '^\\p{N}$', '^\\p{Sc}$', '\\p{l}', '\\p{letter}', '\\p{Nope}', '\\p{}', '\\p', '\\pL', '\\p{Script}', '\\p{Script=nope}', '\\p{^L}', '\\p{In_Greek}'],
    texts: ['a', 'A', 'é', 'É', 'α', 'Α', '5', '٥', ' ', '\u00a0', '😀', '€', '_', 'ǅ', 'ß', 'p{L}', 'pL', 'p'],
  },
  {
    of: 'what Unicode 17 has added',
    flags: ['', 'i', 'u', 'iu', 'iv'],
    patterns: ['^\\p{L}$', '^\\P{L}$', '^\\p{Lu}$', '^\\p{Cn}$', '^\\p{Ideographic}$', '^\\p{Script=Sidetic}$', '^\\p{scx=Sidt}$', '^\\p{sc=Berf}$', '^\\p{sc=Tayo}$', '^\\p{Script=Tolong_Siki}$', '^\\p{sc=Zzzz}$', '^\\p{CWKCF}$', '^\\p{Changes_When_NFKC_Casefolded}$', '^\\ua7ce$', '^[\\ua7cf]$', '^\\u{16ea0}$', '^[\\u{16ebb}]$', '^\\ua7d2$', '(?<\\u{10940}>a)', '(?<\\u{323b0}>a)'],
    texts: ['\u{10940}', '\u{16ea0}', '\u{16ebb}', '\u{1e6c0}', '\u{11db0}', '\u{323b0}', '\u{33479}', '\u{3347a}', '\ua7ce', '\ua7cf', '\ua7d2', '\ua7d3', '\ua7d4', '\ua7d5', '\u{1f6d8}', '\u20c1', 'a', 'ﬀ'],
  },
  {
    of: 'class sets',
    flags: ['v', 'iv'],
    patterns: ['[a-z&&[aeiou]]', '[a-z--[aeiou]]', '[[a-c][x-z]]', '[^[a-c]]', '[\\w--\\d]', '[\\p{L}&&\\p{ASCII}]', '[\\q{abc|d}]', '^[\\q{abc|d|}]$', '[\\q{ab}--\\q{ab}]', '[a&&&b]', '[a--b&&c]', '[a-z&&]', '[(]', '[a|b]', '[&&]', '[a!!b]', '[\\&]', '[k--K]', '[[^a]&&a]', '[^\\q{ab}]'],
    texts: ['a', 'b', 'e', 'k', 'K', 'x', 'abc', 'd', '', '5', 'é', '(', '|', '&', 'ab'],
  },
  {
    of: 'flags for a part',
    flags: ['', 'i', 'm', 's', 'u', 'iu', 'iv', 'ims', 'y'],
    patterns: ['(?i:a)b', 'a(?i:b)', '(?-i:a)b', '(?-i:A)b', '(?i:k)', '(?i:s)', '(?-i:k)s', '(?i:[k])', '(?i:[^k])', '(?-i:[a-c])B', '(?i:é)a', '(?i:ß)', '(?i-s:.)B', '(?s:.)', '(?-s:.)', '(?s-i:.)b', '(?m:^)b', '(?-m:^)b', 'a(?m:$)', 'a(?-m:$)', '(?m-is:^b$)', '(?i:a(?-i:b)a)', '(?-i:a(?i:b)a)', '(?i:(?<=a)b)', '(?-i:(?=a)).', '(?i:\\bk)', '(?i:\\b)\\u212a', '(?-i:\\b)\\u212a', '(?i:\\w)', '(?-i:\\w)', '(?i:\\W)', '(?i:[^\\w])', '(?i:\\p{Lu})', '(?-i:\\p{Lu})', '(?i:\\P{Lu})', '(?i:\\P{Ll}\\p{Ll})', '(a)(?i:\\1)', '(?i:(a))\\1', '(?-i:(a)\\1)', '(?i:(?<x>a))\\k<x>', '(?i:a|b)c|d', '(?i:a)*b', '(?i:ab){2}', '(?i:)', '(?i-:a)', '(?-:a)', '(?ii:a)', '(?i-i:a)', '(?-ii:a)', '(?i-s-m:a)', '(?I:a)', '(?u:a)', '(?g:a)', '(?i:a', '(?i', '(?i-', '(?-', '(?i)', '(?i)a', '(?-i)', '(?^i:a)', '(?i :a)', '[(?i:]'],
    texts: ['', 'a', 'A', 'b', 'B', 'ab', 'aB', 'Ab', 'AB', 'aba', 'ABA', 'aBa', 'AbA', 'k', 'K', '\u212a', 's', 'S', 'ſ', 'KS', 'ks', 'kS', 'é', 'É', 'éa', 'éA', 'Éa', 'ß', 'ẞ', '\n', '\nb', '\nB', 'a\nb', 'A\nB', 'a\n', 'aa', 'aA', 'AA', 'Aa', 'ac', 'Bc', 'aC', 'd', 'D', 'abAB', '\u0345', 'ǅ', '1', '-', '(', '?', ':'],
  },
  {
    of: 'one name for several groups',
    flags: ['', 'i', 'u', 'v'],
    patterns: ['(?:(?<x>a)|(?<x>b))\\k<x>', '\\k<x>(?:(?<x>a)|(?<x>b))', '(?:(?<x>a)|(?<x>b)|c)\\k<x>', '(?:(?<x>a)|(?<x>b))*\\k<x>', '(?:(?<x>a)\\k<x>|(?<x>b)\\k<x>)', '(?:(?<x>a)|(?<x>b))+?c\\k<x>', '(?<=(?:(?<x>a)|(?<x>b)))\\k<x>', '(?<=\\k<x>(?:(?<x>a)|(?<x>b)))c', '(?:(?<x>a)|(?<x>b))\\1', '(?:(?<x>a)|(?<x>b))\\2', '(?<x>a)|(?:(?<x>b)|(?<x>c))\\k<x>', '(?:(?<x>a)|(?<y>b))(?:(?<y>c)|d)', '(?:(?<x>a)|b(?:c|(?<x>d)))', '(?<x>a)(?:(?<x>b)|c)', '(?:(?<x>a)|b)(?<x>c)', '(?:a|(?<x>b))(?<x>c)', '(?<x>(?<x>a))', '(?<x>a|(?<x>b))', '(?=(?<x>a)|b)(?<x>a)', '(?!(?<x>a))(?<x>b)', '(?<x>a)|(?!(?<x>b))c', '(?<x>a)|(?<\\u0078>b)', '(?<x>a)|(?<x>b)\\k<y>', '(?:(?<x>a)|(?<x>B))(?i:\\k<x>)'],
    texts: ['', 'a', 'b', 'c', 'd', 'aa', 'bb', 'ab', 'ba', 'cc', 'aabb', 'abb', 'aba', 'bab', 'aca', 'bcb', 'acb', 'abcb', 'aac', 'bbc', 'bbb', 'ac', 'ad', 'bd', 'bc', 'AA', 'Aa', 'Bb', 'BB', 'a\x02', 'cb'],
  },
  {
    of: 'flags',
    flags: ['', 'g', 'd', 'gd', 'gimsuy', 'dgimsvy', 'x', 'gg', 'uv', 'I', ' ', 'a'],
    patterns: ['a', '^b'],
    texts: ['a', 'A', 'ba', 'a\nb'],
  },
  {
    of: 'what SDKs send, rewritten',
    flags: ['', 'i'],
    patterns: ['^a\\.b', 'a\\.b$', 'a\\ b', '\\[', '\\(', '\\😀', '^\\😀', '\\é', '\\-', '\\,', '\\\\', '^(?=.*foo)(?=.*bar)', '(?:red|green|blue)$', 'foo.*bar', '.*foo.*bar', '^[\\w.]+@[\\w.]+\\.\\w{2,}$', '^\\d{4}-\\d\\d-\\d\\d$', '^\\+?[0-9 ()-]{7,}$'],
    texts: ['a.b', 'axb', 'A.B', 'xa.b', 'a b', '[', '(', '😀', 'é', '-', ',', '\\', 'foo bar', 'barfoo', 'fooBAR', 'green', 'GREEN', 'blueish', 'ada@example.org', 'ada@', '2024-01-31', '2024-1-31', '+49 (30) 1234567', '12345'],
  },
];

/** What V8 11 answers wrongly, by the specification and by later releases; the ledger has them. */
const WRONG = ['/^[^]{2}$/v', '/[k--K]/iv'];

/** Each pattern with each of its flags and the texts of its group. */
export function cases() {
  const all = groups.flatMap(({ flags, patterns, texts }) =>
    patterns.flatMap(pattern => flags.map(letters => ({ pattern, flags: letters, texts }))),
  );
  return all.filter(({ pattern, flags }) => !WRONG.includes(`/${pattern}/${flags}`));
}
