"""Answers {"pattern", "options", "text"} lines: 1 matches, 0 does not, e the pattern cannot be compiled.

PCRE2 as MongoDB uses it: UTF, without Unicode properties for \\w and its like, and none of the additions that the
binding switches on by itself.
"""

import json
import sys
from functools import lru_cache

import pcre2
from pcre2 import _cy

ALT_BSUX = 0x00000002
OFF = _cy.CompileOption.UCP | ALT_BSUX
LETTERS = {
    "i": _cy.CompileOption.CASELESS,
    "m": _cy.CompileOption.MULTILINE,
    "s": _cy.CompileOption.DOTALL,
    "x": _cy.CompileOption.EXTENDED,
    "u": 0,
}


@lru_cache(maxsize=4096)
def compiled(pattern, options):
    bits = 0
    for letter in options:
        bits |= LETTERS[letter]
    try:
        code = _cy.compile(pattern, bits, OFF)
    except pcre2.PatternError:
        return None
    return pcre2.Pattern(code, pattern, pcre2.RegexFlag(0), False, None)


def answer(line):
    asked = json.loads(line)
    pattern = compiled(asked["pattern"], asked["options"])
    if pattern is None:
        return "e"
    try:
        return "1" if pattern.search(asked["text"]) else "0"
    except pcre2.LibraryError:
        return "l"  # a limit of the library


if __name__ == "__main__":
    with open(sys.argv[1]) as questions, open(sys.argv[2], "w") as answers:
        for line in questions:
            answers.write(answer(line))
            answers.flush()
