//! What compiles answers as the reference of its dialect does, the event follows from both answers, and what
//! is explained is so.
#![no_main]

use std::fmt;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::{Comparison, Held, Object, Outcome, Query, Verdict, classify};
use livematch_fuzz::clause::{Clause, Dialect};
use livematch_fuzz::json::Fields;

#[path = "../../tests/suite/reference/mod.rs"]
mod reference;

use reference::Answer;

#[derive(Arbitrary)]
struct Input {
    dialect: Dialect,
    clause: Clause,
    old: Fields,
    new: Fields,
}

impl Input {
    /// What the reference of the dialect answers, if it knows.
    fn expected(&self, object: &Fields) -> Option<Verdict> {
        let (clause, object) = (self.clause.to_string(), object.to_string());
        let answer = match self.dialect {
            Dialect::LiveQuery => reference::verdict(&clause, &object),
            Dialect::Find => reference::find::verdict(&clause, &object),
        };
        Some(match answer? {
            Answer::Match => Verdict::Match,
            Answer::NoMatch => Verdict::NoMatch,
            Answer::Fault => Verdict::Fault,
        })
    }
}

/// Prints an input as a case that can be pasted into a file of `tests/data/cases`, or of `tests/data/find/cases`.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            clause, old, new, ..
        } = self;
        write!(
            f,
            r#"{{"id":"fuzz/","dialect":"{}","where":{clause},"old":{old},"new":{new}}}"#,
            self.dialect.name()
        )
    }
}

fn check_explanation(query: &Query, object: &Object, verdict: Verdict) {
    let explanation = query.explain(object);
    assert_eq!(explanation.verdict(), verdict, "{explanation}");
    for tested in explanation.decisive() {
        let faults = tested.held() == Held::Fault;
        assert_eq!(faults, verdict == Verdict::Fault, "{explanation}");
        assert_ne!(tested.held(), Held::NotReached, "{explanation}");
    }
}

fuzz_target!(|input: Input| -> Corpus {
    let clause = input.clause.to_string();
    let Ok(query) = input.dialect.builder().compile_str(&clause) else {
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
    check_explanation(&query, &old, before);
    check_explanation(&query, &new, after);
    let other = input.dialect.other().builder();
    let comparison = Comparison::compile_str(&clause, &input.dialect.builder(), &other);
    let compared = comparison.compare(Some(&old), Some(&new));
    assert_eq!(compared.served_outcome(), Some(query.outcome(Some(&old), Some(&new))));
    let event = Outcome::new(Some(before), Some(after)).event();
    assert_eq!(classify(&query, Some(&old), Some(&new)), event);
    Corpus::Keep
});
