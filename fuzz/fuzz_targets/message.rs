//! Any bytes as a published message: it is read or refused, and no secret of a user comes out.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::{Change, ChangeErrorKind, ChangeKind, Object, Query, Watch};

/// Members that no object of a user or of a session may show.
const SECRETS: [&str; 5] = ["sessionToken", "password", "authData", "_hashed_password", "_session_token"];

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let mut keep = false;
    for kind in [ChangeKind::Save, ChangeKind::Delete] {
        match Change::from_slice(kind, bytes) {
            Ok(change) => {
                check(&change);
                keep = true;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                keep |= error.kind() != ChangeErrorKind::Unreadable;
            }
        }
    }
    if keep { Corpus::Keep } else { Corpus::Reject }
});

fn check(change: &Change) {
    let everything: Query = "{}".parse().expect("the empty clause");
    let sides = [change.old(), change.new_object()];
    for object in sides.into_iter().flatten() {
        if ["_User", "_Session"].contains(&change.class_name()) {
            assert!(SECRETS.iter().all(|name| object.get(name).is_none()), "{object}");
        }
        assert!(everything.matches(object));
        let again: Object = object.to_string().parse().expect("its own text");
        assert_eq!(again.to_string(), object.to_string());
    }
    if let Some(new) = change.new_object() {
        let watch = Watch::new(new.keys());
        let _ = watch.touched(change.old(), new);
    }
}
