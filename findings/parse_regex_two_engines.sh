#!/usr/bin/env bash
# One `$regex` of a Parse query: find() gives it to MongoDB, which asks PCRE2 (UTF, no Unicode properties); LiveQuery gives it to JavaScript
# (`new RegExp`, no flag u). PCRE2 as the Python package pcre2 0.7.1 has it, Node 20.20.2.
#
# Guessed: on the everyday patterns the two agree, and differ in rare syntax that one of them refuses (possessive quantifiers, recursion).
# Seen: both accept all of these and answer otherwise: `^abc$` on a text that ends in a newline, `^.$` on an emoji and on a carriage
# return, `\s` on a no-break space, `^k$` with `i` on the Kelvin sign, `\Aabc`.
# Follows: an object can be in what find() gives and never be told of, or the other way round; the SDKs' startsWith, endsWith and contains are
# safe but for endsWith before a newline.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent node@20.20.2 || exit 2
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check pcre2==0.7.1 || exit 2
cat >cases.json <<'JSON'
[["^abc$", "", "abc\n"], ["^.$", "", "\ud83d\ude00"], ["^.$", "", "\r"], ["\\s", "", "\u00a0"], ["^k$", "i", "\u212a"], ["\\Aabc", "", "abc"]]
JSON
cat >ask.py <<'PYTHON'
import json
import pcre2
from pcre2 import _cy

# What the package switches on by itself and MongoDB does not: Unicode properties, JavaScript's escapes.
OFF = _cy.CompileOption.UCP | 2
for pattern, options, text in json.load(open("cases.json")):
    code = _cy.compile(pattern, _cy.CompileOption.CASELESS if options else 0, OFF)
    found = pcre2.Pattern(code, pattern, pcre2.RegexFlag(0), False, None).search(text)
    print(1 if found else 0, end="")
PYTHON
pcre2=$(venv/bin/python ask.py)
javascript=$(node_modules/node/bin/node -p 'require("./cases.json").map(([pattern, flags, text]) => Number(new RegExp(pattern, flags).test(text))).join("")')
echo "PCRE2 $pcre2, JavaScript $javascript"
[ "$pcre2" = 111011 ] && [ "$javascript" = 000100 ]
