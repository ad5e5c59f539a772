//! Any bytes as a clause: it compiles or says why not and where; what compiled compiles again from its own text, to
//! the same query.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::{ErrorKind, Query};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    let query = match text.parse::<Query>() {
        Ok(query) => query,
        Err(error) => {
            let pointer = error.pointer();
            assert!(pointer.is_empty() || pointer.starts_with('/'), "{error}");
            assert!(!error.message().is_empty());
            return if error.kind() == ErrorKind::Json { Corpus::Reject } else { Corpus::Keep };
        }
    };
    let again: Query = query.clause_text().parse().expect("the text of a query compiles");
    assert_eq!(query.fingerprint(), again.fingerprint());
    for warning in query.warnings() {
        assert!(warning.pointer().starts_with('/'), "{warning}");
    }
    assert!(query.pointers().iter().all(|pointer| pointer.starts_with('/')));
    Corpus::Keep
});
