//! A pattern, flags and a text: wherever more than one engine can answer, they agree.
#![no_main]

use std::fmt;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::PatternEdition;
use livematch::pattern_testing::Probe;

/// What patterns are made of: bytes that are no index stand for themselves.
const PIECES: [&str; 46] = [
    "a", "b", "A", "é", "ſ", "😀", "0", "_", " ", "\n", "\u{2028}", ".", "^", "$", "|", "(", ")", "(?:", "(?=", "(?!",
    "(?<=", "(?<!", "[", "]", "[^", "-", "*", "+", "?", "{2}", "{1,}", "\\b", "\\B", "\\d", "\\W", "\\s", "\\1",
    "\\u0061", "\\p{L}", "\\k<a>", "(?<a>", "(?i:", "(?-i:", "(?m-s:", "(?s:", "(?-m:",
];

const FLAGS: [&str; 10] = ["", "i", "m", "s", "u", "iu", "im", "y", "v", "ius"];

#[derive(Arbitrary)]
struct Input {
    pattern: Vec<u8>,
    flags: u8,
    text: Vec<u8>,
}

impl Input {
    fn flags(&self) -> &'static str {
        FLAGS[usize::from(self.flags) % FLAGS.len()]
    }
}

fn made_of(bytes: &[u8], pieces: &[&str]) -> String {
    bytes.iter().map(|byte| pieces[usize::from(*byte) % pieces.len()]).collect()
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = made_of(&self.pattern, &PIECES);
        let text = made_of(&self.text, &PIECES[..11]);
        write!(f, "new RegExp({pattern:?}, {:?}).test({text:?})", self.flags())
    }
}

fuzz_target!(|input: Input| -> Corpus {
    if input.pattern.len() > 24 || input.text.len() > 24 {
        return Corpus::Reject;
    }
    let pattern: Vec<u16> = made_of(&input.pattern, &PIECES).encode_utf16().collect();
    let text = made_of(&input.text, &PIECES[..11]);
    let units: Vec<u16> = text.encode_utf16().collect();
    let Ok(probe) = Probe::new(&pattern, input.flags(), PatternEdition::Es2025) else {
        return Corpus::Reject;
    };
    let Some(answer) = probe.answer(&units) else {
        return Corpus::Reject;
    };
    for (route, other) in probe.answers(&units) {
        assert_eq!(other, answer, "{route:?} differs: {}", probe.describe());
    }
    if answer {
        probe.check_facts(&text).expect("what is required of a text is in it");
    }
    Corpus::Keep
});
