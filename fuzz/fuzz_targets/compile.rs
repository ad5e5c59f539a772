//! No text panics: it compiles and can be asked everything, or the error says what and where.
#![no_main]

use std::fmt;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::{ErrorKind, Level, Object};
use livematch_fuzz::clause::{Clause, Dialect};
use livematch_fuzz::json::Fields;

#[derive(Arbitrary)]
struct Input<'a> {
    dialect: Dialect,
    source: Source<'a>,
}

#[derive(Arbitrary)]
enum Source<'a> {
    Bytes(&'a [u8]),
    /// A clause with some of its bytes changed.
    Edited(Clause, Vec<(u16, u8)>, Fields),
}

impl Source<'_> {
    fn text(&self) -> String {
        match self {
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::Edited(clause, edits, _) => {
                let mut text = clause.to_string().into_bytes();
                for (at, byte) in edits {
                    let at = usize::from(*at) % text.len();
                    text[at] = *byte;
                }
                String::from_utf8_lossy(&text).into_owned()
            }
        }
    }

    fn object(&self) -> Object {
        let object = match self {
            Self::Bytes(_) => r#"{"a":"ab","b":[1,{"__type":"Date","iso":"2020-01-01"}]}"#.into(),
            Self::Edited(_, _, object) => object.to_string(),
        };
        object
            .parse()
            .unwrap_or_else(|_| "{}".parse().expect("an object"))
    }
}

/// Prints an input as a case of `tests/data/cases`, if it is JSON.
impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"{{"id":"fuzz/","dialect":"{}","where":{},"new":{}}}"#,
            self.dialect.name(),
            self.source.text(),
            self.source.object()
        )
    }
}

fuzz_target!(|input: Input<'_>| -> Corpus {
    let builder = input.dialect.builder();
    let text = input.source.text();
    let query = match builder.compile_str(&text) {
        Ok(query) => query,
        Err(error) => {
            assert!(
                error.pointer().is_empty() || error.pointer().starts_with('/'),
                "{error}"
            );
            assert!(!error.message().is_empty() && !error.kind().as_str().is_empty());
            assert!(error.to_string().ends_with(error.message()));
            let is_json = error.kind() != ErrorKind::Json;
            return if is_json {
                Corpus::Keep
            } else {
                Corpus::Reject
            };
        }
    };
    let object = input.source.object();
    let verdict = query.verdict(&object);
    assert_eq!(query.explain(&object).verdict(), verdict);
    // What is kept of the clause is a clause again, and the same one.
    let again = builder.compile_str(query.clause_text());
    let again = again.expect("the text of a query compiles");
    assert_eq!(again.fingerprint(), query.fingerprint());
    assert_eq!(again.verdict(&object), verdict);
    for pointer in query.pointers() {
        assert!(pointer.starts_with('/'), "{pointer}");
    }
    let warnings = query.warnings();
    let strict = builder.strict(true).compile_str(&text);
    let is_alarming = warnings.iter().any(|warning| warning.level() > Level::Hint);
    assert_eq!(strict.is_ok(), !is_alarming, "{warnings:?}");
    Corpus::Keep
});
