//! What compiles answers as the reference does, and the event follows from both answers.
#![no_main]

use std::fmt;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::{Object, Outcome, Query, Verdict, classify};
use livematch_fuzz::clause::Clause;
use livematch_fuzz::json::Fields;

#[path = "../../tests/suite/reference/mod.rs"]
mod reference;

use reference::Answer;

#[derive(Arbitrary)]
struct Input {
    clause: Clause,
    old: Fields,
    new: Fields,
}

impl Input {
    fn expected(&self, object: &Fields) -> Option<Verdict> {
        let answer = reference::verdict(&self.clause.to_string(), &object.to_string())?;
        Some(match answer {
            Answer::Match => Verdict::Match,
            Answer::NoMatch => Verdict::NoMatch,
            Answer::Fault => Verdict::Fault,
        })
    }
}

/// Prints an input as a case that can be pasted into a file of `tests/data/cases`.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clause, old, new } = self;
        write!(
            f,
            r#"{{"id":"fuzz/","where":{clause},"old":{old},"new":{new}}}"#
        )
    }
}

fuzz_target!(|input: Input| -> Corpus {
    let Ok(query) = input.clause.to_string().parse::<Query>() else {
        return Corpus::Reject;
    };
    let read = |object: &Fields| object.to_string().parse::<Object>();
    let (Ok(old), Ok(new)) = (read(&input.old), read(&input.new)) else {
        return Corpus::Reject;
    };
    let (before, after) = (query.verdict(&old), query.verdict(&new));
    for (object, verdict) in [(&input.old, before), (&input.new, after)] {
        if let Some(expected) = input.expected(object) {
            assert_eq!(verdict, expected, "on {object}");
        }
    }
    let event = Outcome::new(Some(before), Some(after)).event();
    assert_eq!(classify(&query, Some(&old), Some(&new)), event);
    Corpus::Keep
});
