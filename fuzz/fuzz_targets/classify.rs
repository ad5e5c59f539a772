//! A clause and both sides of a change: the library answers as the reference interpreter does.
#![no_main]

mod input;
#[path = "../../tests/suite/reference/mod.rs"]
mod reference;

use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::{Object, Query, Verdict};

use self::input::Input;
use self::reference::Answer;

fuzz_target!(|input: Input| -> Corpus {
    let Ok(query) = input.clause.parse::<Query>() else {
        return Corpus::Reject;
    };
    let mut said = false;
    for side in [&input.old, &input.new] {
        let object: Object = side.parse().expect("an object was made");
        let expected = match reference::verdict(&input.clause, side) {
            Some(Answer::Match) => Verdict::Match,
            Some(Answer::NoMatch) => Verdict::NoMatch,
            Some(Answer::Fault) => Verdict::Fault,
            None => continue,
        };
        assert_eq!(query.verdict(&object), expected, "{side}");
        said = true;
    }
    if said { Corpus::Keep } else { Corpus::Reject }
});
